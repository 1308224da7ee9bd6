"""Times docmost-git-sync from outside: from a change that is committed in the database or the repository until its
effect can be seen on the other side. Run by Benchmarks/sync/run.

The daemon probes every 5 ms here (GIT_SYNC_DEBOUNCE_MS=5), so that a figure is the work and not the debounce; a wiki
edit is committed after one quiet probe, so about 10 ms of its figure are waiting.
"""

import glob, json, os, random, resource, shutil, socket, statistics, subprocess, sys, tempfile, time, uuid

import psycopg

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORKSPACE = "0198c6a2-0000-7000-8000-000000000001"
USER = "0198c6a2-0000-7000-8000-0000000000a2"
ROBOT = "0198c6a2-0000-7000-8000-0000000000a5"
WORDS = "lamp glow dusk bench hub fade sense report night quiet repair box garden window paper ink thread".split()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Servers:
    """A private PostgreSQL and Redis; ended with the program."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="docmost-git-bench.")
        os.chmod(self.folder, 0o755)
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.getuid() == 0 else []
        data = self.folder + "/postgres"
        os.mkdir(data)
        if user:
            shutil.chown(data, "postgres")
        run = dict(cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run(user + [programs + "/initdb", "-D", data + "/db", "-A", "trust", "-U", "docmost", "-E", "UTF8"], check=True, **run)
        self.port, self.redis_port = free_port(), free_port()
        self.processes = [
            subprocess.Popen(user + [programs + "/postgres", "-D", data + "/db", "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
                                     "-c", "unix_socket_directories=" + data, "-c", "shared_buffers=256MB"], **run),
            subprocess.Popen(["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", ""], **run),
        ]
        self.started = time.monotonic()
        wait(lambda: subprocess.run([programs + "/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0)

    def url(self, database):
        return f"postgresql://docmost@127.0.0.1:{self.port}/{database}"

    def stop(self):
        for process in self.processes:
            process.send_signal(2 if process is self.processes[0] else 15)
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def wait(condition, seconds=600):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("waited in vain")
        time.sleep(0.001)


def document(generator):
    def text():
        return {"type": "text", "text": " ".join(generator.choices(WORDS, k=generator.randint(8, 30))) + "."}

    blocks = [{"type": "heading", "attrs": {"level": 2}, "content": [text()]}]
    blocks += [{"type": "paragraph", "content": [text()]} for _ in range(10)]
    item = lambda: {"type": "listItem", "content": [{"type": "paragraph", "content": [text()]}]}
    blocks += [{"type": "bulletList", "content": [item() for _ in range(4)]}]
    blocks += [{"type": "codeBlock", "attrs": {"language": "sh"}, "content": [{"type": "text", "text": "lamp --fade 3"}]}]
    blocks += [{"type": "paragraph", "content": [text()]} for _ in range(2)]
    return {"type": "doc", "content": blocks}


def make_wiki(servers, pages, flat):
    """A space with so many pages of 15 blocks, in three levels or in one."""
    name = "docmost_" + uuid.uuid4().hex[:8]
    with psycopg.connect(servers.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = servers.url(name)
    subprocess.run(["psql", "-q", "-d", url, "-f", ROOT + "/Tests/Fixtures/schema/docmost.sql"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["psql", "-q", "-d", url, "-f", ROOT + "/scripts/demo-data/workspace.sql"], check=True, stdout=subprocess.DEVNULL)
    generator = random.Random(1)
    ids = []
    with psycopg.connect(url) as connection:
        space = connection.execute("SELECT id FROM spaces").fetchone()[0]
        with connection.cursor().copy(
            "COPY pages (id, slug_id, title, content, text_content, parent_page_id, space_id, workspace_id, creator_id,"
            " last_updated_by_id, position, created_at, updated_at) FROM STDIN"
        ) as copy:
            for number in range(pages):
                page = str(uuid.UUID(int=(0x0198C6A27E1B7000 << 64) | (0x9A44 << 48) | number))
                level = 0 if flat or number < 20 else 1 if number < 20 + pages // 20 else 2
                parent = None if level == 0 else ids[generator.randrange(20)] if level == 1 else ids[20 + generator.randrange(max(1, pages // 20))] if pages > 40 else ids[0]
                ids.append(page)
                day = f"2026-0{1 + number % 9}-{1 + number % 28:02d} 10:00:00+00"
                copy.write_row((page, f"p{number:09d}", f"Page {number}", json.dumps(document(generator)), "", parent, space, WORKSPACE, USER, USER, f"a{number:08d}", day, day))
        connection.execute("ANALYZE")
    return url, space, ids


class Daemon:
    def __init__(self, program, servers, url, folder, debounce):
        self.environment = {
            "PATH": os.environ["PATH"], "DATABASE_URL": url, "REDIS_URL": f"redis://127.0.0.1:{servers.redis_port}/0",
            "APP_URL": "http://127.0.0.1", "GIT_SYNC_ENABLED": "true", "GIT_SYNC_DATA_DIR": folder,
            "GIT_SYNC_SERVICE_USER_ID": ROBOT, "GIT_SYNC_DEBOUNCE_MS": str(debounce), "GIT_SYNC_POLL_INTERVAL_MS": "3600000",
            "APP_SECRET": "0123456789abcdef0123456789abcdef",
        }
        self.process = subprocess.Popen([program, "run"], env=self.environment, stderr=open(folder + ".log", "w"))

    def memory(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024

    def processor(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return sum(int(fields[index]) for index in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def ref(repository, name):
    try:
        return open(f"{repository}/{name}").read()
    except FileNotFoundError:
        return None


def measure(program, servers, pages, flat):
    url, space, ids = make_wiki(servers, pages, flat)
    folder = f"{servers.folder}/{pages}-{flat}"
    os.mkdir(folder)
    repository = f"{folder}/{space}.git"
    start = time.monotonic()
    daemon = Daemon(program, servers, url, folder, 5)
    wait(lambda: ref(repository, "refs/docmost/wiki"))
    result = {"first export": time.monotonic() - start, "memory": daemon.memory()}
    connection = psycopg.connect(url, autocommit=True)

    # Idle: processor time of the daemon and its children, at the probe interval of the documentation.
    edits = []
    for index in range(20):
        page = ids[(index * 37) % len(ids)]
        before = ref(repository, "refs/heads/main")
        started = time.monotonic()
        connection.execute(
            "UPDATE pages SET content = jsonb_set(content, '{content,1,content,0,text}', to_jsonb(%s::text)), updated_at = now(),"
            " last_updated_by_id = %s WHERE id = %s", (f"edit {index}", USER, page))
        wait(lambda: ref(repository, "refs/heads/main") != before)
        edits.append(time.monotonic() - started)
        time.sleep(0.1)
    result["wiki edit"] = statistics.median(edits)

    time.sleep(max(0, 16 - (time.monotonic() - servers.started)))
    clone = folder + ".clone"
    subprocess.run(["git", "clone", "-q", repository, clone], check=True)
    git = ["git", "-C", clone, "-c", "user.name=Wren", "-c", "user.email=wren@example.org"]
    files = subprocess.run(git + ["ls-files", "*.md"], check=True, capture_output=True, text=True).stdout.split("\n")[:-1]

    def push(chosen, word):
        for file in chosen:
            with open(f"{clone}/{file}", "a") as text:
                text.write(f"\n{word}\n")
        subprocess.run(git + ["commit", "-qam", word], check=True)
        subprocess.run(git + ["pull", "-q", "--rebase"], check=True)
        subprocess.run(git + ["push", "-q"], check=True, env=dict(os.environ, GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="core.hooksPath", GIT_CONFIG_VALUE_0="/dev/null"))
        started = time.monotonic()
        wait(lambda: connection.execute("SELECT count(*) FROM pages WHERE text_content LIKE %s", (f"%{word}%",)).fetchone()[0] == len(chosen))
        return time.monotonic() - started

    pushes = [push([files[(index * 13) % len(files)]], f"pushed{index}word") for index in range(10)]
    result["pushed edit"] = statistics.median(pushes)
    result["100 pages"] = push(random.Random(2).sample(files, 100), "hundredfold")
    result["memory"] = daemon.memory()
    daemon.stop()

    daemon = Daemon(program, servers, url, folder, 2000)
    time.sleep(8)
    before, children = daemon.processor(), count_children(daemon.process.pid)
    commits = ref(repository, "refs/heads/main")
    seconds = 30
    time.sleep(seconds)
    result["idle cpu"] = (daemon.processor() - before) / seconds
    result["idle changes"] = int(ref(repository, "refs/heads/main") != commits) + count_children(daemon.process.pid) - children
    daemon.stop()
    connection.close()
    return result


def count_children(pid):
    return len(open(f"/proc/{pid}/task/{pid}/children").read().split())


def main():
    program, sizes = sys.argv[1], [int(word) for word in sys.argv[2:]] or [500, 5000, 20000]
    servers = Servers()
    try:
        print("| pages | first export | one wiki edit → commit | one pushed edit → row | 100 pages pushed | idle, of one core | peak memory |")
        print("|---|---|---|---|---|---|---|", flush=True)
        for pages in sizes:
            for flat in (False, True):
                r = measure(program, servers, pages, flat)
                print(f"| {pages} {'flat' if flat else 'nested'} | {r['first export']:.2f} s | {r['wiki edit'] * 1000:.0f} ms | {r['pushed edit'] * 1000:.0f} ms"
                      f" | {r['100 pages']:.2f} s | {r['idle cpu'] * 100:.2f} %, {r['idle changes']} changes | {r['memory']:.0f} MB |", flush=True)
    finally:
        servers.stop()


main()
