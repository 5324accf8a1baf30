"""Random damage to messages: every outcome is a release or a reasoned quarantine, the same each time."""

import random
import re

from fuzz_seeds import MESSAGES, TOKENS
from fuzzing import damaged, fuzz
from handwritten import process

from streamdeid.engine import Deidentifier
from streamdeid.errors import QUARANTINE_CODES
from streamdeid.types import Quarantined


def message(random: random.Random) -> bytes:
    """A message with damage, a field of another, or its segments in another order."""
    content = random.choice(MESSAGES)
    if random.random() < 0.3:
        fields = content.split(b"|")
        fields[random.randrange(len(fields))] = random.choice(random.choice(MESSAGES).split(b"|"))
        content = b"|".join(fields)
    if random.random() < 0.2:
        header, *segments = content.split(b"\r")
        random.shuffle(segments)
        content = b"\r".join((header, *segments))
    return damaged(random, content, TOKENS, MESSAGES)


def test_damaged_messages_are_released_or_refused_for_a_reason(deidentifier: Deidentifier) -> None:
    def check(random: random.Random) -> str:
        content = message(random)
        outcome = process(deidentifier, content)
        assert process(deidentifier, content) == outcome
        if isinstance(outcome, Quarantined):
            assert outcome.code in QUARANTINE_CODES
            assert outcome.code not in ("message.failure", "verify.structure")
            assert re.fullmatch(r"[A-Za-z0-9 .\[\]-]*", outcome.path)
            return outcome.code
        before, after = (len(re.findall(rb"[\r\n]+", one)) for one in (content, outcome.content))
        assert before == after
        return "released"

    seen = fuzz(check)
    assert 0 < seen["released"] < sum(seen.values())
