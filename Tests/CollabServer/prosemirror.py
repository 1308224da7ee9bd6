"""A Yjs document as ProseMirror JSON, and that as the text Docmost keeps for search."""

import json
import re

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

INLINE = {"text", "hardBreak", "mention", "mathInline", "status", "footnoteReference"}


def fragment(doc: Doc) -> XmlFragment:
    return doc.get("default", type=XmlFragment)


def plain(value):
    """Numbers as JavaScript prints them: whole floats are integers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def mark(name: str, attributes):
    if isinstance(attributes, str):
        try:
            attributes = json.loads(attributes)
        except ValueError:
            attributes = {}
    name = re.sub(r"--[A-Za-z0-9+/=]{8}$", "", name)
    return {"type": name, "attrs": plain(attributes) if isinstance(attributes, dict) else {}}


def text_nodes(node: XmlText) -> list:
    result = []
    for chunk, attributes in node.diff():
        entry = {"type": "text", "text": chunk}
        marks = [mark(name, value) for name, value in (attributes or {}).items() if value is not None]
        if marks:
            entry["marks"] = marks
        result.append(entry)
    return result


def element(node: XmlElement) -> dict:
    result = {"type": node.tag}
    attributes = {name: plain(value) for name, value in dict(node.attributes).items() if value is not None}
    if attributes:
        result["attrs"] = attributes
    content = children(node)
    if len(node.children):
        result["content"] = content
    return result


def children(node) -> list:
    result = []
    for child in node.children:
        if isinstance(child, XmlText):
            result.extend(text_nodes(child))
        else:
            result.append(element(child))
    return result


def document(doc: Doc) -> dict:
    return {"type": "doc", "content": children(fragment(doc))}


def build(doc: Doc, json_document: dict) -> None:
    """Fills an empty document from JSON, as the server does for a row without a Yjs state."""

    def add(parent, nodes):
        run = None
        for node in nodes or []:
            if node["type"] == "text":
                if run is None:
                    run = XmlText()
                    parent.children.append(run)
                    run = parent.children[len(parent.children) - 1]
                attributes = {item["type"]: item.get("attrs") or {} for item in node.get("marks", [])}
                run.insert(len(run), node["text"], attributes)
            else:
                run = None
                attributes = {key: value for key, value in (node.get("attrs") or {}).items() if value is not None}
                parent.children.append(XmlElement(node["type"], attributes))
                add(parent.children[len(parent.children) - 1], node.get("content"))

    root = fragment(doc)
    with doc.transaction():
        add(root, json_document.get("content"))


def search_text(json_document: dict, shortened: bool) -> str:
    parts = []

    def walk(nodes, at_start):
        for node in nodes or []:
            kind = node["type"]
            if kind not in INLINE and not at_start:
                parts.append("\n\n")
            at_start = False
            if kind == "text":
                parts.append(node["text"])
            elif kind == "hardBreak":
                parts.append("\n")
            elif kind == "mention":
                parts.append("@" + str(node.get("attrs", {}).get("label", "")))
            else:
                walk(node.get("content"), False)

    walk(json_document.get("content"), True)
    text = "".join(parts)
    return re.sub(r"\n{2,}", "\n\n", text) if shortened else text
