#!/usr/bin/env python3
"""Measures the git host against fcgiwrap and plain git, on private servers on loopback.

    swift build -c release --static-swift-stdlib
    Benchmarks/host/run.py [DIRECTORY OF THE RELEASE PROGRAMS]

Needs nginx, fcgiwrap, spawn-fcgi, ab (apache2-utils), curl, redis-server and PostgreSQL. Prints Markdown.
"""

import glob, os, pwd, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PROGRAMS = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else f"{ROOT}/.build/release")
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
    child = subprocess.Popen(words, stdin=options.pop("stdin", subprocess.DEVNULL), stdout=log, stderr=log, **options)
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


def nginx(port, sock, wrap, data):
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
    configuration = f"""{"user www-data;" if IS_ROOT else ""} daemon off; worker_processes 1; pid {HOME}/nginx.pid;
        error_log {HOME}/nginx.log; events {{}} http {{ access_log off; {temporary}
        server {{ listen 127.0.0.1:{port}; {ours} {peer} }} }}"""
    with open(f"{HOME}/nginx.conf", "w") as file:
        file.write(configuration)
    start("nginx", "-c", f"{HOME}/nginx.conf", "-e", f"{HOME}/nginx.log")


def resident(process):
    for line in open(f"/proc/{process}/smaps_rollup"):
        if line.startswith("Rss:"):
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


def timed(action, rounds=7):
    return compared({"": action}, rounds)[""]


def compared(actions, rounds):
    """Best and median of each action; in turns, so that other work on the machine meets all of them alike."""
    times = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            begin = time.perf_counter()
            action()
            times[name].append(time.perf_counter() - begin)
    return {name: (min(all), statistics.median(all)) for name, all in times.items()}


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
    responder = start("env", "-i", "MALLOC_ARENA_MAX=2", f"{programs}/docmost-git-fcgi", "--socket", sock, "--env-file", f"{HOME}/env", user="www-data")
    start("fcgiwrap", "-c", "8", "-s", f"unix:{wrap}", user="www-data")
    wait_for(lambda: os.path.exists(sock) and os.path.exists(wrap))
    nginx(port, sock, wrap, data)
    base, peer = f"http://127.0.0.1:{port}/git/{SPACE}.git", f"http://127.0.0.1:{port}/plain/{SPACE}.git"
    refs = "/info/refs?service=git-upload-pack"
    wait_for(lambda: run("curl", "-sf", "-u", LOGIN, base + refs))
    wait_for(lambda: run("curl", "-sf", peer + refs))
    if IS_ROOT:
        process = int(run("pgrep", "-n", "-f", f"{programs}/docmost-git-fcgi").split()[0])
    else:
        process = responder.pid

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

    body = f"{HOME}/fetch"
    def packet(text): return f"{len(text) + 4:04x}{text}"
    with open(body, "w") as file:
        file.write(packet("command=fetch") + "0001" + packet("ofs-delta") + packet(f"want {tip}\n") + packet("done\n") + "0000")
    common = ["-s", "-f", "-o", "/dev/null", "-H", "Git-Protocol: version=2", "--data-binary", f"@{body}",
              "-H", "Content-Type: application/x-git-upload-pack-request"]
    environment = dict(os.environ, GIT_PROTOCOL="version=2", GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="safe.directory", GIT_CONFIG_VALUE_0="*")
    pipe = lambda: subprocess.run(f"git upload-pack --stateless-rpc {path} < {body} | cat > /dev/null", shell=True, check=True, env=environment)
    table = compared({
        "`git upload-pack` over a pipe": pipe,
        "docmost-git-fcgi": lambda: run("curl", *common, "-u", LOGIN, base + "/git-upload-pack"),
        "fcgiwrap": lambda: run("curl", *common, peer + "/git-upload-pack"),
    }, 15)
    plain = table["`git upload-pack` over a pipe"][0]
    print(f"| clone of {MEGABYTES} MB with bitmaps, server side | best of 15 (s) | median | ratio |\n|---|---|---|---|")
    for name, (best, middle) in table.items():
        print(f"| {name} | {best:.3f} | {middle:.3f} | {best / plain:.2f} |")

    before = resident(process)
    slow = [subprocess.Popen(["curl", *common, "--limit-rate", "1M", "-u", LOGIN, base + "/git-upload-pack"]) for _ in range(8)]
    peak = before
    for _ in range(20):
        time.sleep(0.25)
        peak = max(peak, resident(process))
    for child in slow:
        child.kill()
        child.wait()
    print(f"\nMemory: {before} KiB resident after the load above, {peak} KiB with 8 clones at 1 MB/s: "
          f"{(peak - before) / 8:.0f} KiB each.\n")

    cgi = dict(DOCMOST_GIT_ENV_FILE=f"{HOME}/env", REQUEST_METHOD="GET", REQUEST_URI=f"/git/{SPACE}.git{refs}",
               REMOTE_ADDR="127.0.0.1", HTTP_GIT_PROTOCOL="version=2", PATH=os.environ["PATH"],
               HTTP_AUTHORIZATION="Basic " + __import__("base64").b64encode(LOGIN.encode()).decode())
    backend = dict(environment, GIT_PROJECT_ROOT=data, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=f"/{SPACE}.git/info/refs",
                   QUERY_STRING="service=git-upload-pack", REQUEST_METHOD="GET")
    as_user = pwd.getpwnam("www-data").pw_uid if IS_ROOT else None
    def once(words, variables):
        subprocess.run(words, env=variables, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=as_user)
    ours = timed(lambda: once([f"{programs}/docmost-git-fcgi"], cgi), 30)
    alone = timed(lambda: once(["git", "http-backend"], backend), 30)
    connect = timed(lambda: run("psql", url, "-Atc", "select 1"), 10)
    empty = timed(lambda: run("psql", "--version"), 10)
    print("| plain CGI, `info/refs` | best of 30 (ms) | median |\n|---|---|---|")
    for name, (best, middle) in [("docmost-git-fcgi (with a hash of cost 4 and a database connection)", ours), ("git http-backend alone", alone)]:
        print(f"| {name} | {best * 1000:.1f} | {middle * 1000:.1f} |")
    print(f"\nOver http-backend alone: {(ours[1] - alone[1]) * 1000:.1f} ms (median); a database connection and a query cost psql "
          f"{(connect[1] - empty[1]) * 1000:.1f} ms of that order.\n")

    handed = start("spawn-fcgi", "-n", "-s", f"{HOME}/run/one.sock", "--", f"{programs}/docmost-git-fcgi", "--env-file", f"{HOME}/env", user="www-data", env={"PATH": os.environ["PATH"], "MALLOC_ARENA_MAX": "2"})
    wait_for(lambda: os.path.exists(f"{HOME}/run/one.sock"))
    time.sleep(1)
    print(f"A process that was handed its socket, as under mod_fcgid: {resident(handed.pid)} KiB resident when idle, "
          f"{resident(process)} KiB after all of the above.")


try:
    main()
finally:
    for child in reversed(children):
        child.send_signal(signal.SIGTERM)
    for child in children:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
    shutil.rmtree(HOME, ignore_errors=True)
