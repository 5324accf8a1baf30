"""What has to come of messages, worked out by an engine without a stream."""

from made_up import FakeEngine, Message

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.engine import Deidentifier, Request
from streamdeid.types import Format, Released

_FORMATS = {"raw.hl7v2": Format.HL7V2, "raw.fhir": Format.FHIR}


class Expected:
    """The output of each message; None for a quarantined one. Messages of a patient are in order."""

    def __init__(self, engine: str, secret: bytes, messages: list[Message]) -> None:
        deidentifier = _engine(engine, secret)
        requests = [
            Request(message.content, _FORMATS[message.topic], number) for number, message in enumerate(messages)
        ]
        outcomes = deidentifier.process(requests, {})
        self._outputs = {
            message.content: outcome.content if isinstance(outcome, Released) else None
            for message, outcome in zip(messages, outcomes, strict=True)
        }

    def __call__(self, message: Message) -> bytes | None:
        return self._outputs[message.content]


def _engine(name: str, secret: bytes) -> Deidentifier | FakeEngine:
    if name == "fake":
        return FakeEngine(secret, patient=False)
    return build_deidentifier(load_policy(), secret)
