"""Pushes main of a clone through the driver, and prints what the server answers for the ref."""
import sys

from dulwich.client import SubprocessGitClient
from dulwich.repo import Repo

repository = Repo(sys.argv[1])
client = SubprocessGitClient()
client.git_command = [sys.argv[2]]
head = repository.refs[b"refs/heads/main"]
result = client.send_pack(
    "unused",
    lambda refs: {b"refs/heads/main": head},
    lambda have, want, **more: repository.generate_pack_data(have, want, **more),
    progress=lambda text: sys.stdout.buffer.write(text),
)
for ref, status in (result.ref_status or {}).items():
    print(ref.decode(), status)
