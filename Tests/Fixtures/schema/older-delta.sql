-- Apply AFTER docmost.sql to get the shape of an older Docmost (about v0.25.3):
-- without page permissions, sessions, watchers, transclusions, bases and personal spaces.

BEGIN;

DROP TABLE IF EXISTS page_transclusion_references, page_transclusions CASCADE;
DROP TABLE IF EXISTS page_permissions, page_access CASCADE;
DROP TABLE IF EXISTS user_sessions CASCADE;
DROP TABLE IF EXISTS watchers, notifications CASCADE;
DROP INDEX IF EXISTS idx_pages_is_base, spaces_personal_creator_unique;
ALTER TABLE pages DROP COLUMN IF EXISTS is_base, DROP COLUMN IF EXISTS base_schema_version;
ALTER TABLE spaces DROP COLUMN IF EXISTS is_personal;
DELETE FROM kysely_migration WHERE name > '20260209T120000-add-contributor_ids-to-page-history';

COMMIT;
