-- The people and the space of the demo. Every password is "lantern" (bcrypt, cost 12, as Docmost writes it).
INSERT INTO workspaces (id, name, hostname) VALUES ('0198c6a2-0000-7000-8000-000000000001', 'Lantern', 'lantern');
INSERT INTO users (id, name, email, password, role, workspace_id, email_verified_at) VALUES
  ('0198c6a2-0000-7000-8000-0000000000a1', 'Ada Admin', 'ada@example.org', '$2b$12$jDJXpAZ8ygQnAJ5vMrLT.Op5uAEhWYv8rKE3.7bm3eRseG.DC4sui', 'owner', '0198c6a2-0000-7000-8000-000000000001', now()),
  ('0198c6a2-0000-7000-8000-0000000000a2', 'Wren Writer', 'wren@example.org', '$2b$12$jDJXpAZ8ygQnAJ5vMrLT.Op5uAEhWYv8rKE3.7bm3eRseG.DC4sui', 'member', '0198c6a2-0000-7000-8000-000000000001', now()),
  ('0198c6a2-0000-7000-8000-0000000000a3', 'Rita Reader', 'rita@example.org', '$2b$12$jDJXpAZ8ygQnAJ5vMrLT.Op5uAEhWYv8rKE3.7bm3eRseG.DC4sui', 'member', '0198c6a2-0000-7000-8000-000000000001', now()),
  ('0198c6a2-0000-7000-8000-0000000000a5', 'Git Sync', 'git-sync@example.org', NULL, 'member', '0198c6a2-0000-7000-8000-000000000001', now());
INSERT INTO spaces (id, name, slug, workspace_id, creator_id, settings) VALUES
  ('0198c6a2-0000-7000-8000-0000000000b1', 'Handbook', 'handbook', '0198c6a2-0000-7000-8000-000000000001',
   '0198c6a2-0000-7000-8000-0000000000a1', '{"gitSync":{"enabled":true}}');
INSERT INTO space_members (user_id, space_id, role) VALUES
  ('0198c6a2-0000-7000-8000-0000000000a1', '0198c6a2-0000-7000-8000-0000000000b1', 'admin'),
  ('0198c6a2-0000-7000-8000-0000000000a2', '0198c6a2-0000-7000-8000-0000000000b1', 'writer'),
  ('0198c6a2-0000-7000-8000-0000000000a3', '0198c6a2-0000-7000-8000-0000000000b1', 'reader'),
  ('0198c6a2-0000-7000-8000-0000000000a5', '0198c6a2-0000-7000-8000-0000000000b1', 'writer');
