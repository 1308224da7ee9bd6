"""A farm of simulated editors. Read README.md first."""

import argparse
import base64
import hashlib
import hmac
import json
import os
import time

import frames
import msgpack
import prosemirror
import redis
from control import Control
from pycrdt import Doc, XmlElement, XmlText


def token(secret: str, user: str, workspace: str) -> str:
    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    now = int(time.time())
    claims = {"sub": user, "workspaceId": workspace, "type": "collab", "iat": now, "exp": now + 86400}
    unsigned = part({"alg": "HS256", "typ": "JWT"}) + "." + part({**claims, "iss": "Docmost"})
    signature = hmac.new(secret.encode(), unsigned.encode(), hashlib.sha256).digest()
    return unsigned + "." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


class Editor:
    """One browser tab: the document it holds survives going offline, as IndexedDB makes it."""

    def __init__(self, farm, name: str):
        self.farm = farm
        self.name = name
        self.doc = Doc()
        prosemirror.fragment(self.doc)
        self.subscription = self.doc.observe(lambda event: self.changed(bytes(event.update)))
        self.socket = None
        self.synced = False
        self.is_remote = False
        self.script = ""
        self.typed = ""
        self.interval = 0.1
        self.next_key = 0.0
        self.problem = None
        self.reconnects = 0

    # -- the wire

    def connect(self, page: str, server: str, user: str, workspace: str):
        self.page, self.server, self.user, self.workspace = f"page.{page}", server, user, workspace
        self.online()

    def online(self):
        self.socket = base64.b64encode(os.urandom(16)).decode()
        self.synced = False
        self.heard = time.monotonic()
        self.farm.listener.subscribe(f"sim:socket:{self.socket}")
        self.post(frames.token(self.page, token(self.farm.secret, self.user, self.workspace)))
        self.post(frames.sync(self.page, frames.STEP1, self.doc.get_state()))

    def offline(self):
        if self.socket:
            self.post(None)
            self.farm.listener.unsubscribe(f"sim:socket:{self.socket}")
        self.socket = None
        self.synced = False

    def post(self, frame):
        message = msgpack.packb({"socket": self.socket, "frame": frame})
        self.farm.redis.publish(f"sim:browser:{self.server}", message)

    def changed(self, update: bytes):
        if not self.is_remote and self.socket and self.synced and update != b"\x00\x00":
            self.post(frames.sync(self.page, frames.UPDATE, update))

    def receive(self, frame):
        self.heard = time.monotonic()
        if frame is None:
            # The server closed the web socket: the provider connects again.
            self.socket = None
            self.reconnects += 1
            self.online()
            return
        reader = frames.Reader(frame)
        reader.text()
        kind = reader.number()
        if kind == frames.AUTH and reader.number() == frames.DENIED:
            self.problem = "denied: " + reader.text()
        elif kind == frames.CLOSE:
            self.offline()
            self.online()
        elif kind == frames.STATUS and reader.number() == 0:
            self.problem = "read-only"
        elif kind in (frames.SYNC, frames.SYNC_REPLY):
            step, payload = reader.number(), reader.data()
            if step == frames.STEP1:
                self.post(frames.sync(self.page, frames.STEP2, self.doc.get_update(payload)))
            else:
                self.is_remote = True
                self.doc.apply_update(payload)
                self.is_remote = False
                if step == frames.STEP2 and not self.synced:
                    self.synced = True
                    # What was typed between our step 1 and now is not known to the server yet.
                    self.post(frames.sync(self.page, frames.STEP1, self.doc.get_state()))

    # -- the person

    def type(self, script: str, rate: float):
        self.script, self.typed, self.interval = script, "", 1.0 / rate
        self.next_key = time.monotonic()

    def tick(self):
        now = time.monotonic()
        if self.socket and not self.synced and now - self.heard > self.farm.patience:
            self.offline()
            self.reconnects += 1
            self.online()
        if self.script and now >= self.next_key and (self.synced or self.socket is None):
            self.key(self.script[0])
            self.script = self.script[1:]
            self.next_key = now + self.interval

    def key(self, character: str):
        """Types behind what was typed before, or in a paragraph of its own at first."""
        root = prosemirror.fragment(self.doc)
        if not self.typed:
            with self.doc.transaction():
                root.children.append(XmlElement("paragraph"))
                paragraph = root.children[len(root.children) - 1]
                paragraph.children.append(XmlText(character))
            self.typed = character
            return
        # Its own paragraph is the last that starts with what it typed; other people's words may start alike.
        for text in reversed(list(self.texts(root))):
            plain = "".join(chunk for chunk, _ in text.diff())
            if plain.startswith(self.typed):
                text.insert(len(self.typed.encode()), character)
                self.typed += character
                return
        self.problem = "lost: " + self.typed
        self.script = ""

    def texts(self, node):
        for child in node.children:
            if isinstance(child, XmlText):
                yield child
            else:
                yield from self.texts(child)


class Farm:
    def __init__(self, options):
        self.secret = options.secret
        self.patience = options.patience
        self.redis = redis.Redis.from_url(options.redis)
        self.listener = self.redis.pubsub(ignore_subscribe_messages=True)
        self.listener.subscribe("sim:nothing")
        self.control = Control(options.redis, options.name)
        self.editors = {}
        self.redis.set(f"sim:pid:{options.name}", os.getpid())

    def run(self):
        while True:
            message = self.listener.get_message(timeout=0.005)
            while message:
                socket = message["channel"].decode().removeprefix("sim:socket:")
                for editor in list(self.editors.values()):
                    if editor.socket == socket:
                        editor.receive(msgpack.unpackb(message["data"])["frame"])
                message = self.listener.get_message(timeout=0)
            command = self.control.next()
            if command:
                self.control.answer(command, self.command(command))
            for editor in self.editors.values():
                editor.tick()

    def command(self, command: dict):
        name = command["editor"]
        editor = self.editors.setdefault(name, Editor(self, name))
        what = command["do"]
        if what == "open":
            editor.connect(command["page"], command["server"], command["user"], command["workspace"])
        elif what == "type":
            editor.type(command["text"], command.get("rate", 10))
        elif what == "offline":
            editor.offline()
        elif what == "online":
            editor.online()
        elif what == "close":
            editor.offline()
            self.editors.pop(name)
        return {
            "synced": editor.synced,
            "left": len(editor.script),
            "typed": editor.typed,
            "problem": editor.problem,
            "reconnects": editor.reconnects,
            "document": prosemirror.document(editor.doc) if what == "read" else None,
        }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--redis", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--name", default="browsers")
    parser.add_argument("--patience", type=float, default=30.0, help="seconds of silence before connecting again")
    Farm(parser.parse_args()).run()


if __name__ == "__main__":
    main()
