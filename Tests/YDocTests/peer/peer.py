#!/usr/bin/env python3
"""An independent Yjs peer for the tests: pycrdt, which is built on yrs, not on our code.

Reads requests from the file named first, one JSON object a line, and writes an answer for each to the file named
second. A request holds a state (`base`), our change to it (`update`) and a seed. The peer changes the same base at
random without knowing of ours, then delivers both changes in both orders.
"""

import base64
import json
import random
import sys

from pycrdt import Doc, XmlElement, XmlFragment, XmlText


def load(*updates, client=None):
    doc = Doc(client_id=client) if client else Doc()
    fragment = doc.get("default", type=XmlFragment)
    for update in updates:
        doc.apply_update(update)
    return doc, fragment


def plain(value):
    """A value as JSON; what is undefined is left out by the caller."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def shown(node):
    """A type as ProseMirror's JSON."""
    if isinstance(node, XmlText):
        result = []
        for text, attributes in node.diff():
            entry = {"type": "text", "text": text}
            # The order of the attributes is that of a hash table: it says nothing.
            marks = [{"type": key, "attrs": plain(value)} for key, value in sorted((attributes or {}).items())]
            marks = [mark for mark in marks if mark["attrs"] is not None]
            if marks:
                entry["marks"] = marks
            if result and result[-1].get("marks", []) == marks:
                result[-1]["text"] += text
            else:
                result.append(entry)
        return result
    entry = {"type": node.tag}
    attributes = {key: plain(value) for key, value in dict(node.attributes).items() if value is not None}
    if attributes:
        entry["attrs"] = attributes
    content = [item for child in node.children for item in as_list(shown(child))]
    if content:
        entry["content"] = content
    return entry


def as_list(value):
    return value if isinstance(value, list) else [value]


def document(fragment):
    return {"type": "doc", "content": [item for child in fragment.children for item in as_list(shown(child))]}


def walk(node, texts, elements):
    stack = [node]
    while stack:
        current = stack.pop()
        for child in current.children:
            if isinstance(child, XmlText):
                texts.append(child)
            else:
                elements.append(child)
                stack.append(child)


def content(text):
    return "".join(piece for piece, _ in text.diff() if isinstance(piece, str))


def clusters(text):
    """Offsets at which text may be cut: never before a combining mark or joiner, never behind a joiner."""
    offsets = [0]
    for index in range(1, len(text)):
        here, before = ord(text[index]), ord(text[index - 1])
        if here in (0x200D, 0xFE0F) or 0x300 <= here < 0x370 or before == 0x200D or 0x1F3FB <= here <= 0x1F3FF:
            continue
        offsets.append(index)
    return offsets + [len(text)]


def bytes_to(text, offset):
    return len(text[:offset].encode())


class Editor:
    """Somebody who types, deletes and formats at random."""

    def __init__(self, base, seed):
        self.random = random.Random(seed)
        self.doc, self.fragment = load(base, client=1_000_000 + seed % 1_000_000)
        self.known = self.doc.get_state()
        self.tokens = []
        self.deletes_blocks = False

    def token(self):
        token = f"⟦p{len(self.tokens)}⟧"
        self.tokens.append(token)
        return token

    def run(self, steps):
        for _ in range(steps):
            texts, elements = [], []
            walk(self.fragment, texts, elements)
            texts = [text for text in texts if getattr(text.parent, "tag", "") != "codeBlock"]
            kind = self.random.random()
            if texts and kind < 0.55:
                self.type(self.random.choice(texts))
            elif texts and kind < 0.7:
                self.erase(self.random.choice(texts))
            elif texts and kind < 0.82:
                self.format(self.random.choice(texts))
            elif kind < 0.9:
                self.add_block()
            elif kind < 0.95 and len(self.fragment.children) > 1:
                self.deletes_blocks = True
                del self.fragment.children[self.random.randrange(len(self.fragment.children))]
            else:
                self.align(elements)
        return self.doc.get_update(self.known)

    def span(self, text):
        string = content(text)
        start, end = sorted(self.random.choice(clusters(string)) for _ in range(2))
        return bytes_to(string, start), bytes_to(string, end)

    def type(self, text):
        start, _ = self.span(text)
        text.insert(start, self.token())

    def erase(self, text):
        start, end = self.span(text)
        if end > start:
            del text[start:end]

    def format(self, text):
        start, end = self.span(text)
        if end > start:
            text.format(start, end, {self.random.choice(["bold", "italic"]): self.random.choice([{}, {}, None])})

    def add_block(self):
        index = self.random.randint(0, len(self.fragment.children))
        paragraph = XmlElement("paragraph")
        self.fragment.children.insert(index, paragraph)
        paragraph.children.append(XmlText(self.token()))

    def align(self, elements):
        paragraphs = [element for element in elements if element.tag == "paragraph"]
        if paragraphs:
            self.random.choice(paragraphs).attributes["textAlign"] = "center"


def answer(request):
    base = base64.b64decode(request["base"])
    ours = base64.b64decode(request["update"])
    editor = Editor(base, request["seed"])
    theirs = editor.run(request["steps"])
    first, first_root = load(base, ours, theirs)
    second, second_root = load(base, theirs, ours)
    rounds = 0
    while document(first_root) != document(second_root) and rounds < 2:
        rounds += 1
        state = first.get_update()
        first.apply_update(second.get_update())
        second.apply_update(state)
    return {
        "peer": base64.b64encode(theirs).decode(),
        "tokens": editor.tokens,
        "deletesBlocks": editor.deletes_blocks,
        "ours": document(load(base, ours)[1]),
        "first": document(first_root),
        "second": document(second_root),
        "state": base64.b64encode(first.get_update()).decode(),
        "rounds": rounds,
    }


def main():
    with open(sys.argv[1]) as requests, open(sys.argv[2], "w") as answers:
        for line in requests:
            json.dump(answer(json.loads(line)), answers, ensure_ascii=False)
            answers.write("\n")


main()
