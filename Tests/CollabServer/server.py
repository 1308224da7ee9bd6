"""One collaboration server. Read README.md first."""

import argparse
import base64
import hashlib
import hmac
import json
import os
import random
import time

import frames
import msgpack
import prosemirror
import psycopg
import redis
from control import Control
from pycrdt import Doc

LOCK_MILLISECONDS = 10_000
REFRESH_SECONDS = 5.0
OWNER_CACHE_SECONDS = 5.0


def verify(token: str, secret: str) -> dict:
    head, body, signature = token.split(".")
    wanted = hmac.new(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()

    def decode(part):
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    if not hmac.compare_digest(wanted, decode(signature)):
        raise PermissionError("signature")
    claims = json.loads(decode(body))
    if claims.get("type") != "collab" or claims["exp"] < time.time():
        raise PermissionError("claims")
    return claims


class Page:
    """A document in memory."""

    def __init__(self, name: str):
        self.name = name
        self.doc = Doc()
        self.connections = {}
        self.first_change = None
        self.last_change = None
        self.last_editor = None
        self.editors = set()
        self.updates = []
        self.refresh_at = 0.0


class Connection:
    """One browser's interest in one document."""

    def __init__(self, socket: str, reply_to: str):
        self.socket = socket
        self.reply_to = reply_to
        self.user = None
        self.read_only = True
        self.refused = False
        self.waiting = []
        self.pinged = None
        self.heard = time.monotonic()


class Server:
    def __init__(self, options):
        self.options = options
        self.id = options.id
        self.redis = redis.Redis.from_url(options.redis)
        self.database = psycopg.connect(options.database, autocommit=True)
        self.control = Control(options.redis, self.id)
        self.pages = {}
        self.strangers = {}
        self.owners = {}
        self.listener = self.redis.pubsub(ignore_subscribe_messages=True)
        self.listener.subscribe("socket.io-request#/#")
        self.listener.subscribe(f"sim:browser:{self.id}")
        if options.redis_sync:
            self.listener.subscribe("collabMsg", f"collabMsg:{self.id}")
        self.redis.set(f"sim:pid:{self.id}", os.getpid())

    # -- the loop

    def run(self):
        while True:
            message = self.listener.get_message(timeout=0.02)
            while message:
                try:
                    self.receive(message["channel"].decode(), message["data"])
                except Exception as error:  # a real server logs and lives on
                    print("error:", repr(error), flush=True)
                message = self.listener.get_message(timeout=0)
            self.tick()

    def tick(self):
        now = time.monotonic()
        command = self.control.next()
        if command:
            self.command(command)
        for page in list(self.pages.values()):
            if self.options.redis_sync and now >= page.refresh_at:
                self.redis.set(f"collabLock:{page.name}", self.id, px=LOCK_MILLISECONDS)
                page.refresh_at = now + REFRESH_SECONDS
            quiet = page.last_change and now - page.last_change >= self.options.debounce
            overdue = page.first_change and now - page.first_change >= self.options.max_debounce
            if quiet or overdue:
                self.store(page)
            if not page.connections and page.first_change is None:
                self.unload(page)
        if self.options.generation == "v0.95":
            self.ping(now)

    def command(self, command):
        if command["do"] == "store":
            for page in list(self.pages.values()):
                self.store(page)
            self.control.answer(command, "stored")
        elif command["do"] == "documents":
            self.control.answer(command, {name: prosemirror.document(page.doc) for name, page in self.pages.items()})
        elif command["do"] == "forget":
            page = self.pages.get(command["document"])
            if page:
                for connection in page.connections.values():
                    self.dismiss(connection)
                self.unload(page)
            self.control.answer(command, "forgotten")

    # -- messages

    def receive(self, channel: str, payload: bytes):
        if channel == f"sim:browser:{self.id}":
            message = msgpack.unpackb(payload)
            self.from_browser(message["socket"], message.get("frame"))
            return
        if not channel.startswith("collabMsg"):
            return
        message = msgpack.unpackb(payload)
        kind = message["type"]
        if kind == "proxy":
            socket = message["serializedHTTPRequest"]["headers"]["sec-websocket-key"]
            self.frame(socket, message["replyTo"], message["message"])
        elif kind == "send":
            self.to_browser(message["socketId"], message["message"])
        elif kind == "close":
            self.to_browser(message["socketId"], None)
        elif kind == "closeProxy":
            self.disconnect(message["socketId"])
        elif kind == "unload":
            self.owners.pop(message["documentName"], None)
        elif kind == "ping":
            if self.options.generation == "v0.95":
                self.publish(message["replyTo"], {"type": "pong", "socketId": message["socketId"]})
        elif kind == "pong":
            for page in self.pages.values():
                if message["socketId"] in page.connections:
                    page.connections[message["socketId"]].pinged = None
        elif kind == "customEventStart":
            self.custom(message)

    def publish(self, channel: str, message: dict) -> int:
        return self.redis.publish(channel, msgpack.packb(message))

    def custom(self, message):
        if message["eventName"] != "alterState":
            raise ValueError("unknown event")
        self.publish(
            message["replyTo"],
            {"type": "customEventComplete", "replyId": message["replyId"], "payload": None},
        )

    # -- as the server that a browser is connected to

    def to_browser(self, socket: str, frame):
        self.redis.publish(f"sim:socket:{socket}", msgpack.packb({"frame": frame}))

    def from_browser(self, socket: str, frame):
        if frame is None:
            self.disconnect(socket)
            for owner, _ in set(self.owners.values()):
                self.publish(f"collabMsg:{owner}", {"type": "closeProxy", "socketId": socket})
            return
        name = frames.Reader(frame).text()
        owner = self.owner(name)
        if owner == self.id:
            self.frame(socket, f"collabMsg:{self.id}", frame)
            return
        request = {
            "method": "GET",
            "url": "/collab",
            "headers": {"sec-websocket-key": socket, "sec-websocket-protocol": ""},
            "socket": {"remoteAddress": "127.0.0.1"},
        }
        message = {
            "type": "proxy",
            "replyTo": f"collabMsg:{self.id}",
            "message": frame,
            "serializedHTTPRequest": request,
        }
        self.publish(f"collabMsg:{owner}", message)

    def owner(self, name: str) -> str:
        if not self.options.redis_sync or name in self.pages:
            return self.id
        known = self.owners.get(name)
        if known and known[1] > time.monotonic():
            return known[0]
        found = self.redis.set(f"collabLock:{name}", self.id, px=LOCK_MILLISECONDS, nx=True, get=True)
        owner = found.decode() if found else self.id
        if owner != self.id:
            self.owners[name] = (owner, time.monotonic() + OWNER_CACHE_SECONDS)
        return owner

    # -- as the owner

    def frame(self, socket: str, reply_to: str, frame: bytes):
        reader = frames.Reader(frame)
        name = reader.text()
        page = self.pages.get(name)
        connection = page.connections.get(socket) if page else None
        connection = connection or self.strangers.get((socket, name))
        if connection is None:
            connection = self.strangers[(socket, name)] = Connection(socket, reply_to)
        connection.heard = time.monotonic()
        kind = reader.number()
        if kind == frames.AUTH:
            self.authenticate(name, connection, reader)
        elif connection.user is None:
            connection.waiting.append(frame)
        else:
            self.act(self.pages[name], connection, kind, reader)

    def send(self, connection: Connection, frame: bytes):
        if connection.reply_to == f"collabMsg:{self.id}":
            self.to_browser(connection.socket, frame)
        else:
            self.publish(connection.reply_to, {"type": "send", "socketId": connection.socket, "message": frame})

    def dismiss(self, connection: Connection):
        if connection.reply_to == f"collabMsg:{self.id}":
            self.to_browser(connection.socket, None)
        else:
            self.publish(connection.reply_to, {"type": "close", "socketId": connection.socket})

    def authenticate(self, name: str, connection: Connection, reader):
        if connection.refused and self.options.generation == "v0.95":
            return
        reader.number()
        page_id = name.split(".", 1)[1]
        try:
            claims = verify(reader.text(), self.options.secret)
            row = self.database.execute(
                """SELECT p.deleted_at, (SELECT max(CASE role WHEN 'admin' THEN 3 WHEN 'writer' THEN 2 ELSE 1 END)
                     FROM space_members m WHERE m.space_id = p.space_id AND m.user_id = %s)
                   FROM pages p WHERE p.id = %s""",
                (claims["sub"], page_id),
            ).fetchone()
            if row is None or row[1] is None:
                raise PermissionError("permission-denied")
        except Exception as error:
            connection.refused = True
            self.send(connection, frames.denied(name, str(error)))
            return
        connection.user = claims["sub"]
        connection.read_only = row[0] is not None or row[1] < 2
        page = self.pages.get(name) or self.load(name)
        page.connections[connection.socket] = connection
        self.strangers.pop((connection.socket, name), None)
        self.send(connection, frames.authenticated(name, "readonly" if connection.read_only else "read-write"))
        for frame in connection.waiting:
            reader = frames.Reader(frame)
            reader.text()
            self.act(page, connection, reader.number(), reader)
        connection.waiting = []

    def act(self, page: Page, connection: Connection, kind: int, reader):
        if kind in (frames.SYNC, frames.SYNC_REPLY):
            step = reader.number()
            payload = reader.data()
            if step == frames.STEP1:
                self.send(connection, frames.sync(page.name, frames.STEP1, page.doc.get_state(), frames.SYNC_REPLY))
                self.send(connection, frames.sync(page.name, frames.STEP2, page.doc.get_update(payload)))
            elif connection.read_only:
                self.send(connection, frames.status(page.name, False))
            else:
                self.change(page, connection, payload)
                self.send(connection, frames.status(page.name, True))
        elif kind == frames.CLOSE:
            self.disconnect(connection.socket, page.name)

    def change(self, page: Page, connection: Connection, update: bytes):
        page.updates = []
        try:
            page.doc.apply_update(update)
        except Exception as error:
            print("unreadable update:", repr(error), flush=True)
            return
        for change in page.updates:
            if change == b"\x00\x00":
                continue
            now = time.monotonic()
            page.first_change = page.first_change or now
            page.last_change = now
            page.last_editor = connection.user
            page.editors.add(connection.user)
            for other in page.connections.values():
                if other is not connection:
                    self.send(other, frames.sync(page.name, frames.UPDATE, change))

    def disconnect(self, socket: str, name: str | None = None):
        for page in self.pages.values():
            if name is None or page.name == name:
                page.connections.pop(socket, None)
        for key in [key for key in self.strangers if key[0] == socket]:
            self.strangers.pop(key)

    def ping(self, now):
        for page in self.pages.values():
            for connection in list(page.connections.values()):
                if connection.reply_to == f"collabMsg:{self.id}":
                    continue
                if connection.pinged and now - connection.pinged >= self.options.ping_interval:
                    page.connections.pop(connection.socket)
                elif not connection.pinged and now - connection.heard >= self.options.ping_interval:
                    connection.pinged = now
                    self.publish(
                        connection.reply_to,
                        {"type": "ping", "socketId": connection.socket, "replyTo": f"collabMsg:{self.id}"},
                    )

    # -- load and store hooks

    def load(self, name: str) -> Page:
        page = Page(name)
        time.sleep(self.options.load_pause)
        row = self.database.execute(
            "SELECT ydoc, content FROM pages WHERE id = %s", (name.split(".", 1)[1],)
        ).fetchone()
        if row and row[0]:
            page.doc.apply_update(bytes(row[0]))
        elif row and row[1]:
            page.doc = Doc(client_id=random.getrandbits(32))
            prosemirror.build(page.doc, row[1])
        prosemirror.fragment(page.doc)
        page.subscription = page.doc.observe(lambda event: page.updates.append(bytes(event.update)))
        self.pages[name] = page
        return page

    def store(self, page: Page):
        if page.first_change is None:
            return
        page.first_change = page.last_change = None
        content = prosemirror.document(page.doc)
        page_id = page.name.split(".", 1)[1]
        with self.database.transaction():
            row = self.database.execute(
                "SELECT content, contributor_ids, creator_id FROM pages WHERE id = %s FOR UPDATE", (page_id,)
            ).fetchone()
            if row is None or row[0] == content:
                return
            people = [str(person) for person in row[1] or []]
            for person in [*sorted(page.editors), str(row[2]) if row[2] else None]:
                if person and person not in people:
                    people.append(person)
            self.database.execute(
                """UPDATE pages SET content = %s, text_content = %s, ydoc = %s, last_updated_by_id = %s,
                     contributor_ids = %s::uuid[], updated_at = date_trunc('milliseconds', clock_timestamp())
                   WHERE id = %s""",
                (
                    json.dumps(content),
                    prosemirror.search_text(content, self.options.generation == "head"),
                    page.doc.get_update(),
                    page.last_editor,
                    people,
                    page_id,
                ),
            )
        if page.editors:
            self.redis.sadd(f"history:contributors:{page_id}", *page.editors)
        page.editors = set()
        note = json.dumps({"type": "page.updated", "lastUpdatedById": page.last_editor})
        for connection in page.connections.values():
            self.send(connection, frames.stateless(page.name, note))

    def unload(self, page: Page):
        self.pages.pop(page.name, None)
        if self.options.redis_sync:
            self.redis.delete(f"collabLock:{page.name}")
            self.publish("collabMsg", {"type": "unload", "documentName": page.name})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--redis", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--id", required=True)
    parser.add_argument("--generation", choices=["v0.95", "head"], default="head")
    parser.add_argument("--debounce", type=float, default=10.0)
    parser.add_argument("--max-debounce", type=float, default=45.0)
    parser.add_argument("--ping-interval", type=float, default=30.0)
    parser.add_argument("--load-pause", type=float, default=0.0, help="seconds between the lock and reading the row")
    parser.add_argument("--without-redis-sync", dest="redis_sync", action="store_false")
    Server(parser.parse_args()).run()


if __name__ == "__main__":
    main()
