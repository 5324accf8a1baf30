"""A detector that asks a model: tokens, windows, batches, scores, spans, and a memory of what was asked."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from streamdeid.detect.ner.decode import Tokens, decode, joined, read_logits
from streamdeid.detect.ner.scheme import Scheme
from streamdeid.detect.ner.windows import Window, windows
from streamdeid.detect.rules.fold import Folded, fold
from streamdeid.errors import DetectorError, UsageError
from streamdeid.models.batching import Row, batch, groups
from streamdeid.models.cache import SpanCache
from streamdeid.models.encoding import Encoded, Encoder
from streamdeid.models.loading import Description
from streamdeid.models.session import Session
from streamdeid.policy.sections import Limits
from streamdeid.types import Span

#: Characters of texts that are read in one go ahead of being asked for, and that are remembered.
_ROUND = 65_536
REMEMBERED = 4_000_000
#: Where nobody says otherwise, a call may take as long as a message of that size.
_USUAL = Limits()
_HAS_WORD = re.compile(r"[^\W_]")
_WARM_UP_SECONDS, _WARM_UP_LENGTH = 60.0, 16


class Model(NamedTuple):
    """A loaded model."""

    description: Description
    encoder: Encoder
    session: Session
    scheme: Scheme


def assemble(description: Description, encoder: Encoder, session: Session) -> Model:
    """A model from its parts, tried with a batch of nothing.

    Raises:
        UsageError: they do not fit together, or a label means nothing to us.
    """
    scheme = Scheme(description.labels, description.meanings(), description.thresholds)
    ids = np.array([*encoder.prefix, 0, *encoder.suffix], np.int32)
    if 4 * description.overlap > description.max_tokens - len(ids) + 1:
        raise UsageError(f"model {description.name}: overlap is too large for max_tokens ({description.max_tokens})")
    try:
        scores = session.run(batch([Row(ids, np.zeros_like(ids))], _WARM_UP_LENGTH, 0), _WARM_UP_SECONDS)
    except DetectorError as fault:
        raise UsageError(f"model {description.name} does not run: {fault.path or fault.code}") from None
    if scores.shape[2] != len(description.labels):
        raise UsageError(
            f"model {description.name} scores {scores.shape[2]} labels, but id2label has {len(description.labels)}"
        )
    return Model(description, encoder, session, scheme)


@dataclass(slots=True, eq=False)
class _Reading:
    """A text on its way through the model; `done` has an entry per window."""

    folded: Folded
    encoded: Encoded
    windows: list[Window]
    done: list[Tokens | None]


class NerDetector:
    """Finds what a model finds; `by` is ``ner.<model>``. What it finds in a text depends on the text alone, not on what
    is read with it. For one thread at a time.

    `time_for` gives the seconds that a call may take which reads so many characters; it raises when it would take
    longer. `clock` gives monotonic seconds, `remembered` is how many characters of texts are kept with their findings.
    """

    def __init__(
        self,
        model: Model,
        time_for: Callable[[int], float] = _USUAL.time,
        clock: Callable[[], float] = time.monotonic,
        remembered: int = REMEMBERED,
    ) -> None:
        self._model = model
        self._time_for = time_for
        self._clock = clock
        self._by = f"ner.{model.description.name}"
        self._known = SpanCache(remembered)
        around = len(model.encoder.prefix) + len(model.encoder.suffix)
        self._body = model.description.max_tokens - around
        padding = model.description.padding
        self._padding = (model.encoder.padding() or 0) if padding is None else padding

    def __call__(self, text: str) -> list[Span]:
        """The findings in `text`, in order; start and end are string indices.

        Raises:
            DetectorError: the model failed, or the time was up. Nothing is known of the text then.
        """
        if not _HAS_WORD.search(text):
            return []
        found = self._known.get(text)
        if found is None:
            found = self._read([text], self._clock() + self._time_for(len(text)))[0]
            self._known.put(text, found)
        return list(found)

    def prefetch(self, texts: Iterable[str]) -> None:
        """Read texts that will be asked for, many at once, as far as that is worth it: no more than are remembered, and
        no longer than one call may take for so much. What cannot be read will say so when it is asked for."""
        for together in self._rounds(texts):
            try:
                found = self._read(together, self._clock() + self._time_for(sum(map(len, together))))
            except Exception:  # it is raised again by the call for the text whose fault it is
                return
            for text, spans in zip(together, found, strict=True):
                self._known.put(text, spans)

    def _rounds(self, texts: Iterable[str]) -> Iterator[list[str]]:
        together: list[str] = []
        size, left = 0, self._known.capacity
        for text in dict.fromkeys(texts):
            left -= self._known.cost(text)
            if left < 0:
                break
            if self._known.get(text) is not None or not _HAS_WORD.search(text):
                continue
            if together and size + len(text) > _ROUND:
                yield together
                together, size = [], 0
            together.append(text)
            size += len(text)
        if together:
            yield together

    def _read(self, texts: Sequence[str], deadline: float) -> list[tuple[Span, ...]]:
        readings = []
        for text in texts:
            readings.append(self._begin(text))
            self._left(deadline)
        places = [(reading, number) for reading in readings for number in range(len(reading.windows))]
        around = self._model.description.max_tokens - self._body
        lengths = [reading.windows[number].end - reading.windows[number].start + around for reading, number in places]
        session = self._model.session
        budget = 1 if session.row_by_row else session.tokens_at_once
        for length, rows in groups(lengths, self._model.description.max_tokens, budget):
            self._run([places[row] for row in rows], length, deadline)
        return [self._finish(reading) for reading in readings]

    def _left(self, deadline: float) -> float:
        left = deadline - self._clock()
        if left <= 0:
            raise DetectorError("message.timeout", self._by)
        return left

    def _begin(self, text: str) -> _Reading:
        folded = fold(text)
        encoded = self._model.encoder(folded.text)
        cut = list(windows(folded.text, encoded.starts, self._body, self._model.description.overlap))
        return _Reading(folded, encoded, cut, [None] * len(cut))

    def _run(self, places: Sequence[tuple[_Reading, int]], length: int, deadline: float) -> None:
        rows = [self._row(reading, reading.windows[number]) for reading, number in places]
        scores = self._model.session.run(batch(rows, length, self._padding), self._left(deadline))
        before = len(self._model.encoder.prefix)
        for (reading, number), logits in zip(places, scores, strict=True):
            window = reading.windows[number]
            tokens = read_logits(logits, self._model.scheme, self._model.description.temperature)
            shift = before - window.start
            reading.done[number] = tokens.part(window.first + shift, window.last + shift)

    def _row(self, reading: _Reading, window: Window) -> Row:
        shown, encoder = slice(window.start, window.end), self._model.encoder
        ids = np.concatenate([encoder.prefix, reading.encoded.ids[shown], encoder.suffix])
        shapes = np.zeros(len(ids), np.int32)
        shapes[len(encoder.prefix) : len(ids) - len(encoder.suffix)] = reading.encoded.shapes[shown]
        return Row(ids.astype(np.int32), shapes)

    def _finish(self, reading: _Reading) -> tuple[Span, ...]:
        parts = [part for part in reading.done if part is not None]
        if not parts:
            return ()
        encoded = reading.encoded
        tokens = joined(parts)
        return tuple(decode(reading.folded, encoded.starts, encoded.ends, tokens, self._model.scheme, self._by))
