#!/usr/bin/env python3
"""Measures the git host against fcgiwrap and plain git, on private servers on loopback.

    swift build -c release --static-swift-stdlib
    Benchmarks/host/run.py [--only PART] [--rounds N] [DIRECTORY OF THE RELEASE PROGRAMS]

The parts: requests, clone, memory, cgi, worker. The memory of the large process is meant after the load of the others.
Needs nginx, fcgiwrap, spawn-fcgi, ab (apache2-utils), curl, redis-server and PostgreSQL. Prints Markdown.
"""

import argparse, base64, glob, os, pwd, resource, shutil, signal, socket, statistics, subprocess, tempfile, time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
OPTIONS = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
OPTIONS.add_argument("--only", choices=["requests", "clone", "memory", "cgi", "worker"], help="measure this part alone")
OPTIONS.add_argument("--rounds", type=int, default=31, help="how often what is measured in turns is repeated")
OPTIONS.add_argument("programs", nargs="?", default=f"{ROOT}/.build/release")
OPTIONS = OPTIONS.parse_args()
PROGRAMS, ROUNDS = os.path.abspath(OPTIONS.programs), OPTIONS.rounds
SPACE = "0198c6a2-0000-7000-8000-0000000000b1"
WORKSPACE = "0198c6a2-0000-7000-8000-000000000001"
USER = "0198c6a2-0000-7000-8000-0000000000a2"
LOGIN = "wren@example.org:correct horse"
# bcrypt of the password with cost 4: the hash's time is not what is measured here.
HASH = "$2b$04$6rtqLX6Ac8am0fKI6kIsZedC2.zL3/c7FARKAtPw44tD9AwEaZl3C"
MEGABYTES = 80
HOME = tempfile.mkdtemp(prefix="docmost-git-bench.")
IS_ROOT = os.getuid() == 0
children = []


def run(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, **options).stdout


def start(*words, user=None, **options):
    if user and IS_ROOT:
        words = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--") + words
    log = open(f"{HOME}/{len(children)}.log", "wb")
    child = subprocess.Popen(words, stdin=options.pop("stdin", subprocess.DEVNULL), stdout=log, stderr=log, start_new_session=True, **options)
    children.append(child)
    return child


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(check, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        try:
            if check():
                return
        except Exception:
            pass
        time.sleep(0.05)
    raise SystemExit(f"not ready: {check}")


def own(path, user="www-data"):
    if IS_ROOT:
        run("chown", "-R", f"{user}:{user}", path)


def database():
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
    data, port = f"{HOME}/postgres", free_port()
    os.mkdir(data)
    own(data, "postgres")
    as_postgres = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--") if IS_ROOT else ()
    run(*as_postgres, f"{programs}/initdb", "-D", data, "-A", "trust", "-U", "docmost", "--no-sync", cwd="/tmp")
    start(f"{programs}/postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1",
          "-c", f"unix_socket_directories={data}", "-c", "fsync=off", user="postgres")
    url = f"postgresql://docmost@127.0.0.1:{port}/postgres"
    wait_for(lambda: run("psql", url, "-c", "select 1"))
    schema = glob.glob(f"{ROOT}/Tests/Fixtures/schema/docmost.sql")[0]
    run("psql", "-q", url, "-f", schema)
    run("psql", "-q", url, "-c", f"""
        INSERT INTO workspaces (id, name, hostname) VALUES ('{WORKSPACE}', 'Sample', 'sample');
        INSERT INTO users (id, name, email, password, role, workspace_id)
        VALUES ('{USER}', 'Wren', 'wren@example.org', '{HASH}', 'member', '{WORKSPACE}');
        INSERT INTO spaces (id, name, slug, workspace_id, creator_id, settings)
        VALUES ('{SPACE}', 'Handbook', 'handbook', '{WORKSPACE}', '{USER}', '{{"gitSync":{{"enabled":true}}}}');
        INSERT INTO space_members (user_id, space_id, role, added_by_id)
        VALUES ('{USER}', '{SPACE}', 'writer', '{USER}');""")
    return url


def repository(data):
    path = f"{data}/{SPACE}.git"
    seed = f"{HOME}/seed"
    run("git", "init", "-q", "-b", "main", seed)
    for number in range(8):
        with open(f"{seed}/part{number}.bin", "wb") as file:
            file.write(os.urandom((MEGABYTES << 20) // 8))
    for number in range(300):
        with open(f"{seed}/Page {number}.md", "w") as file:
            file.write(f"Text of page {number}.\n" * 20)
    identity = ["-c", "user.name=W", "-c", "user.email=w@example.org"]
    run("git", "-C", seed, "add", "-A")
    run("git", "-C", seed, *identity, "commit", "-q", "-m", "Seed")
    run("git", "clone", "-q", "--bare", seed, path)
    run("git", "-C", path, "config", "http.receivepack", "true")
    run("git", "-C", path, "repack", "-q", "-a", "-d", "-b")
    run("git", "-C", path, "update-ref", "refs/docmost/wiki", "refs/heads/main")
    tip = run("git", "-C", path, "rev-parse", "main").decode().strip()
    shutil.rmtree(seed)
    own(data)
    return path, tip


def shipped(name, **changes):
    text = open(f"{ROOT}/{name}").read()
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def nginx(port, sock, wrap, data, name="nginx"):
    ours = shipped("nginx/docmost-git.conf").replace("/run/docmost-git/fcgi.sock", sock)
    # The same settings for fcgiwrap, which runs git http-backend without asking who calls.
    peer = ours.replace("^~ /git/", "^~ /plain/").replace(sock, wrap).replace(
        "fastcgi_param REQUEST_METHOD", f"""fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
        fastcgi_param GIT_PROJECT_ROOT {data};
        fastcgi_param GIT_HTTP_EXPORT_ALL 1;
        fastcgi_param QUERY_STRING $query_string;
        fastcgi_param GIT_CONFIG_COUNT 1;
        fastcgi_param GIT_CONFIG_KEY_0 safe.directory;
        fastcgi_param GIT_CONFIG_VALUE_0 *;
        fastcgi_param REQUEST_METHOD""", 1)
    peer = peer.replace("fastcgi_pass", "if ($uri ~ ^/plain(/.*)$) { set $path_info $1; }\n fastcgi_param PATH_INFO $path_info;\n fastcgi_pass", 1)
    temporary = "".join(f"{kind}_temp_path {HOME}/{kind};" for kind in ["client_body", "fastcgi", "proxy", "uwsgi", "scgi"])
    configuration = f"""{"user www-data;" if IS_ROOT else ""} daemon off; worker_processes 1; pid {HOME}/{name}.pid;
        error_log {HOME}/nginx.log; events {{}} http {{ access_log off; {temporary}
        server {{ listen 127.0.0.1:{port}; {ours} {peer} }} }}"""
    with open(f"{HOME}/{name}.conf", "w") as file:
        file.write(configuration)
    return start("nginx", "-c", f"{HOME}/{name}.conf", "-e", f"{HOME}/nginx.log")


def workers_of(process):
    return [int(line) for line in run("pgrep", "-P", str(process.pid)).split()]


def resident(process, figure="Rss"):
    for line in open(f"/proc/{process}/smaps_rollup"):
        if line.startswith(f"{figure}:"):
            return int(line.split()[1])


def requests_per_second(url, connections, credentials, count=1500):
    words = ["ab", "-q", "-n", str(count), "-c", str(connections), "-H", "Git-Protocol: version=2"]
    if credentials:
        words += ["-A", LOGIN]
    output = run(*words, url).decode()
    failed = [line for line in output.splitlines() if line.startswith("Non-2xx")]
    if failed:
        raise SystemExit(f"{url}: {failed}")
    line = next(line for line in output.splitlines() if line.startswith("Requests per second"))
    return float(line.split()[3])


def percentile(url, count=2000):
    """The median time of one request in milliseconds, including curl's peer nginx; the answer may be a refusal."""
    output = run("ab", "-q", "-n", str(count), "-c", "1", "-A", LOGIN, url).decode()
    table = [line.split() for line in output.splitlines() if line.strip().startswith(("50%",))]
    mean = next(line for line in output.splitlines() if line.startswith("Time per request"))
    return int(table[0][1]), float(mean.split()[3])


def in_turns(actions, rounds):
    """The times of each action (what it returns, or how long it took), in turns, so that other work meets all alike; the n-th of all of them were taken one after the other."""
    times = [[] for _ in actions]
    for _ in range(rounds):
        for action, all in zip(actions, times):
            begin = time.perf_counter()
            took = action()
            all.append(took or time.perf_counter() - begin)
    return times


def processor_seconds(*processes):
    """Of these, and of the children that they have reaped; in steps of 10 ms."""
    ticks = 0
    for process in processes:
        with open(f"/proc/{process}/stat") as file:
            ticks += sum(map(int, file.read().rsplit(")", 1)[1].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def children_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


BUFFER = bytearray(1 << 18)


def fetch_over_pipe(path, body, environment):
    with open(body) as file, subprocess.Popen(["git", "upload-pack", "--stateless-rpc", path], stdin=file,
                                              stdout=subprocess.PIPE, env=environment, bufsize=0) as child:
        while child.stdout.readinto(BUFFER):
            pass


def fetch_over_http(port, repository, body, login):
    """By a socket of our own: starting curl costs as much as a twentieth of the transfer."""
    with open(body, "rb") as file:
        content = file.read()
    login = f"Authorization: Basic {base64.b64encode(login.encode()).decode()}\r\n" if login else ""
    head = (f"POST {repository}/git-upload-pack HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
            f"Git-Protocol: version=2\r\n{login}Content-Type: application/x-git-upload-pack-request\r\n"
            f"Content-Length: {len(content)}\r\n\r\n")
    received = 0
    with socket.create_connection(("127.0.0.1", port)) as server:
        server.sendall(head.encode() + content)
        while got := server.recv_into(BUFFER):
            received += got
    if received < MEGABYTES << 20:
        raise SystemExit(f"{repository}: only {received} bytes")


def main():
    os.chmod(HOME, 0o755)
    data, programs = f"{HOME}/data", f"{HOME}/bin"
    os.mkdir(data)
    os.mkdir(programs)
    for name in ["docmost-git-fcgi", "docmost-git-hook"]:
        shutil.copy(f"{PROGRAMS}/{name}", programs)
    url, redis_port, port = database(), free_port(), free_port()
    start("redis-server", "--port", str(redis_port), "--save", "", "--appendonly", "no")
    path, tip = repository(data)
    with open(f"{HOME}/env", "w") as file:
        file.write(f"DATABASE_URL={url}\nREDIS_URL=redis://127.0.0.1:{redis_port}\nGIT_SYNC_ENABLED=true\n"
                   f"GIT_SYNC_DATA_DIR={data}\nAPP_SECRET={'x' * 32}\n")
    own(data)
    sock, wrap = f"{HOME}/fcgi.sock", f"{HOME}/wrap.sock"
    os.mkdir(f"{HOME}/run")
    own(f"{HOME}/run")
    sock, wrap = f"{HOME}/run/fcgi.sock", f"{HOME}/run/wrap.sock"
    responder = start("env", "-i", f"{programs}/docmost-git-fcgi", "--socket", sock, "--env-file", f"{HOME}/env", user="www-data")
    start("fcgiwrap", "-c", "8", "-s", f"unix:{wrap}", user="www-data")
    wait_for(lambda: os.path.exists(sock) and os.path.exists(wrap))
    server = nginx(port, sock, wrap, data)
    base, peer = f"http://127.0.0.1:{port}/git/{SPACE}.git", f"http://127.0.0.1:{port}/plain/{SPACE}.git"
    refs = "/info/refs?service=git-upload-pack"
    wait_for(lambda: run("curl", "-sf", "-u", LOGIN, base + refs))
    wait_for(lambda: run("curl", "-sf", peer + refs))
    process = responder.pid
    host = Host(url, data, programs, path, tip, port, process)
    host.nginx = workers_of(server)
    parts = dict(requests=requests, clone=clone, memory=memory, cgi=plain_cgi, worker=one_worker)
    for name, part in parts.items():
        if OPTIONS.only in (None, name):
            part(host)
    if not OPTIONS.only:
        print(f"The process with 16 threads: {resident(process)} KiB after all of the above ({resident(process, 'Pss')} KiB without what it shares).")


REFS = "/info/refs?service=git-upload-pack"


class Host:
    """What the parts measure: the servers that run, and the repository they serve."""

    def __init__(self, url, data, programs, path, tip, port, process):
        self.url, self.data, self.programs, self.path, self.port, self.process = url, data, programs, path, port, process
        self.base, self.peer = f"http://127.0.0.1:{port}/git/{SPACE}.git", f"http://127.0.0.1:{port}/plain/{SPACE}.git"
        self.body = f"{HOME}/fetch"
        def packet(text): return f"{len(text) + 4:04x}{text}"
        with open(self.body, "w") as file:
            file.write(packet("command=fetch") + "0001" + packet("ofs-delta") + packet(f"want {tip}\n") + packet("done\n") + "0000")
        self.environment = dict(os.environ, GIT_PROTOCOL="version=2", GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*")


def requests(host):
    base, peer, refs, port = host.base, host.peer, REFS, host.port
    print("| `info/refs`, protocol 2, requests/s | c=1 | c=4 | c=16 |\n|---|---|---|---|")
    rows = {"docmost-git-fcgi, authenticated": [], "fcgiwrap, no authentication": []}
    for connections in [1, 4, 16]:
        ours, theirs = [], []
        for _ in range(3):
            ours.append(requests_per_second(base + refs, connections, True))
            theirs.append(requests_per_second(peer + refs, connections, False))
        rows["docmost-git-fcgi, authenticated"].append(statistics.median(ours))
        rows["fcgiwrap, no authentication"].append(statistics.median(theirs))
    for name, values in rows.items():
        print(f"| {name} | " + " | ".join(f"{value:.0f}" for value in values) + " |")
    ratios = [a / b for a, b in zip(*rows.values())]
    print("| ratio | " + " | ".join(f"{value:.2f}" for value in ratios) + " |\n")

    median, mean = percentile(f"http://127.0.0.1:{port}/git/nowhere.git{refs}")
    print(f"A warm request that is authenticated and then refused (404), through nginx and ab: mean {mean:.2f} ms, median {median} ms.\n")


def clone(host):
    names = ["`git upload-pack` over a pipe", "docmost-git-fcgi", "fcgiwrap"]
    path, body, environment, port = host.path, host.body, host.environment, host.port
    spent = [[], []]
    def timed(index, action, processor):
        def both():
            before = processor()
            begin = time.perf_counter()
            action()
            took = time.perf_counter() - begin
            spent[index].append(processor() - before)
            return took
        return both
    times = in_turns([
        timed(0, lambda: fetch_over_pipe(path, body, environment), children_seconds),
        timed(1, lambda: fetch_over_http(port, f"/git/{SPACE}.git", body, LOGIN), lambda: processor_seconds(*host.nginx, host.process)),
        lambda: fetch_over_http(port, f"/plain/{SPACE}.git", body, None),
    ], ROUNDS)
    print(f"| clone of {MEGABYTES} MB with bitmaps, server side | best of {ROUNDS} (s) | median | ratio, median of the pairs | processor time (s) |\n|---|---|---|---|---|")
    # fcgiwrap does not reap its children, so that nobody knows their time.
    for name, each, processor in zip(names, times, [f"{statistics.mean(all):.3f}" for all in spent] + [""]):
        ratio = statistics.median(a / b for a, b in zip(each, times[0]))
        print(f"| {name} | {min(each):.3f} | {statistics.median(each):.3f} | {ratio:.2f} | {processor} |")


def memory(host):
    process = host.process
    common = ["-s", "-f", "-o", "/dev/null", "-H", "Git-Protocol: version=2", "--data-binary", f"@{host.body}",
              "-H", "Content-Type: application/x-git-upload-pack-request"]
    before = resident(process)
    slow = [subprocess.Popen(["curl", *common, "--limit-rate", "1M", "-u", LOGIN, host.base + "/git-upload-pack"]) for _ in range(8)]
    peak = before
    for _ in range(20):
        time.sleep(0.25)
        peak = max(peak, resident(process))
    for child in slow:
        child.kill()
        child.wait()
    print(f"\nMemory: {before} KiB resident after the load above, {peak} KiB with 8 clones at 1 MB/s: "
          f"{(peak - before) / 8:.0f} KiB each.\n")


def plain_cgi(host):
    cgi = dict(DOCMOST_GIT_ENV_FILE=f"{HOME}/env", REQUEST_METHOD="GET", REQUEST_URI=f"/git/{SPACE}.git{REFS}",
               REMOTE_ADDR="127.0.0.1", HTTP_GIT_PROTOCOL="version=2", PATH=os.environ["PATH"],
               HTTP_AUTHORIZATION="Basic " + base64.b64encode(LOGIN.encode()).decode())
    backend = dict(host.environment, GIT_PROJECT_ROOT=host.data, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=f"/{SPACE}.git/info/refs",
                   QUERY_STRING="service=git-upload-pack", REQUEST_METHOD="GET")
    as_user = pwd.getpwnam("www-data").pw_uid if IS_ROOT else None
    def once(words, variables):
        """Processor time in seconds, of the process and all that it waited for."""
        child = subprocess.Popen(words, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=as_user)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
        if status:
            raise SystemExit(f"{words}: {status}")
        return usage.ru_utime + usage.ru_stime
    names = ["docmost-git-fcgi (with a hash of cost 4 and a database connection)", "git http-backend alone"]
    spent = [[], []]
    times = in_turns([
        lambda: spent[0].append(once([f"{host.programs}/docmost-git-fcgi"], cgi)),
        lambda: spent[1].append(once(["git", "http-backend"], backend)),
    ], ROUNDS)
    print(f"| plain CGI, `info/refs` | best of {ROUNDS} (ms) | median | processor time, median (ms) |\n|---|---|---|---|")
    for name, each, processor in zip(names, times, spent):
        print(f"| {name} | {min(each) * 1000:.1f} | {statistics.median(each) * 1000:.1f} | {statistics.median(processor) * 1000:.1f} |")
    over = [min(times[0]) - min(times[1]), statistics.median(a - b for a, b in zip(*times)), statistics.median(a - b for a, b in zip(*spent))]
    print("\nOver http-backend alone: {:.1f} ms (best), {:.1f} ms (median of the pairs), {:.1f} ms of processor time.\n".format(*(x * 1000 for x in over)))


def one_worker(host):
    """A process as mod_fcgid starts it: its memory when idle, and after all kinds of requests."""
    sock, port = f"{HOME}/run/one.sock", free_port()
    handed = start("spawn-fcgi", "-n", "-s", sock, "--", f"{host.programs}/docmost-git-fcgi", "--env-file", f"{HOME}/env", user="www-data", env={"PATH": os.environ["PATH"], "DOCMOST_GIT_WORKERS": "1"})
    wait_for(lambda: os.path.exists(sock))
    time.sleep(1)
    idle = resident(handed.pid)
    nginx(port, sock, sock, host.data, "one")
    base = f"http://127.0.0.1:{port}/git/{SPACE}.git"
    wait_for(lambda: run("curl", "-sf", "-u", LOGIN, base + "/info/refs?service=git-upload-pack"))
    for number in range(200):
        service = "git-upload-pack" if number % 2 else "git-receive-pack"
        run("curl", "-s", "-u", LOGIN if number % 70 else "wren@example.org:wrong", f"{base}/info/refs?service={service}")
    fetch_over_http(port, f"/git/{SPACE}.git", host.body, LOGIN)
    clone = f"{HOME}/pushed"
    run("git", "clone", "-q", "--depth", "1", base.replace("//", "//" + LOGIN.replace("@", "%40").replace(" ", "%20") + "@"), clone)
    with open(f"{clone}/large.bin", "wb") as file:
        file.write(os.urandom(100 << 20))
    run("git", "-C", clone, "add", "-A")
    run("git", "-C", clone, "-c", "user.name=W", "-c", "user.email=w@example.org", "commit", "-q", "-m", "Large")
    run("git", "-C", clone, "push", "-q", "origin", "main")
    print(f"A process with one worker, as under mod_fcgid: {idle} KiB resident when idle, {resident(handed.pid)} KiB after 200 "
          f"mixed requests, two clones and a push of 100 MB ({resident(handed.pid, 'Pss')} KiB without what it shares).")


try:
    main()
finally:
    for child in reversed(children):
        try:
            # The whole group: fcgiwrap leaves its workers behind.
            os.killpg(child.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
    for child in children:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
    shutil.rmtree(HOME, ignore_errors=True)
