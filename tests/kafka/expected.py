"""What the fake engine makes of messages, worked out without a stream."""

import hashlib

from made_up import POISON, Message


class Expected:
    """What the fake engine makes of messages that come in this order."""

    def __init__(self, messages: list[Message]) -> None:
        self._outputs: dict[bytes, bytes | None] = {}
        firsts: dict[tuple[str, str], bytes] = {}
        for message in messages:
            if POISON in message.content:
                self._outputs[message.content] = None
                continue
            first = firsts.setdefault((message.topic, message.patient), message.content)
            digest = hashlib.sha256(first).hexdigest().encode()
            self._outputs[message.content] = message.content.upper() + b" " + digest

    def __call__(self, message: Message) -> bytes | None:
        return self._outputs[message.content]
