"""A model tried out: does it load, what does it find in a sentence, how fast is it here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from streamdeid.models.detector import NerDetector
from streamdeid.models.loading import Description
from streamdeid.models.opening import open_model
from streamdeid.models.session import providers
from streamdeid.types import Span

#: Nobody of this name lives there; the telephone number is of a range that nobody has.
SENTENCE = (
    "Mrs. Johanna Doemann, 64, was seen by Dr. Ambrose Roessner at Fabledorf General Hospital on 03/14/2024;"
    " her daughter Quilla can be reached at (614) 555-0143."
)
_TEXTS, _REPEATED = 24, 10


class Trial(NamedTuple):
    """What came of it on one provider. `seconds` were needed to load it, the first batch included."""

    provider: str
    seconds: float
    spans: list[Span]
    tokens_per_second: float


def trials(description: Description, text: str = SENTENCE, threads: int = 0) -> Iterator[Trial]:
    """Try a model on every provider that this machine has; `threads` as in `Session`.

    Raises:
        UsageError: it cannot be loaded.
        DetectorError: it fails on the text.
    """
    for provider in providers():
        started = time.perf_counter()
        model = open_model(description, provider, threads)
        loaded = time.perf_counter() - started
        detector = NerDetector(model)
        spans = detector(text)
        texts = [f"{number}. " + f"{text} " * _REPEATED for number in range(_TEXTS)]
        tokens = sum(len(model.encoder(one).ids) for one in texts)
        started = time.perf_counter()
        detector.prefetch(texts)
        yield Trial(model.session.provider, loaded, spans, tokens / (time.perf_counter() - started))
