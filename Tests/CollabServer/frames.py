"""Frames of the live channel: lib0 numbers, strings and byte arrays."""

SYNC, AWARENESS, AUTH, QUERY_AWARENESS, SYNC_REPLY, STATELESS, CLOSE, STATUS = 0, 1, 2, 3, 4, 5, 7, 8
STEP1, STEP2, UPDATE = 0, 1, 2
TOKEN, DENIED, AUTHENTICATED = 0, 1, 2


def number(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def data(value: bytes) -> bytes:
    return number(len(value)) + value


def text(value: str) -> bytes:
    return data(value.encode())


class Reader:
    def __init__(self, content: bytes):
        self.content = content
        self.offset = 0

    def number(self) -> int:
        value = shift = 0
        while True:
            byte = self.content[self.offset]
            self.offset += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    def data(self) -> bytes:
        length = self.number()
        if self.offset + length > len(self.content):
            raise IndexError("frame is cut")
        value = self.content[self.offset : self.offset + length]
        self.offset += length
        return value

    def text(self) -> str:
        return self.data().decode()


def sync(document: str, step: int, payload: bytes, kind: int = SYNC) -> bytes:
    return text(document) + number(kind) + number(step) + data(payload)


def status(document: str, accepted: bool) -> bytes:
    return text(document) + number(STATUS) + number(1 if accepted else 0)


def token(document: str, jwt: str) -> bytes:
    return text(document) + number(AUTH) + number(TOKEN) + text(jwt)


def authenticated(document: str, scope: str) -> bytes:
    return text(document) + number(AUTH) + number(AUTHENTICATED) + text(scope)


def denied(document: str, reason: str) -> bytes:
    return text(document) + number(AUTH) + number(DENIED) + text(reason)


def stateless(document: str, payload: str) -> bytes:
    return text(document) + number(STATELESS) + text(payload)


def close(document: str, reason: str) -> bytes:
    return text(document) + number(CLOSE) + text(reason)
