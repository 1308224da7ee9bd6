"""Commands of the tests: one Redis list per name, each command names the list that gets its answer."""

import json

import redis


class Control:
    def __init__(self, url: str, name: str):
        self.redis = redis.Redis.from_url(url)
        self.key = f"sim:{name}"

    def next(self):
        raw = self.redis.lpop(self.key)
        return json.loads(raw) if raw else None

    def answer(self, command: dict, value) -> None:
        if "reply" in command:
            self.redis.rpush(command["reply"], json.dumps(value))
            self.redis.expire(command["reply"], 60)
