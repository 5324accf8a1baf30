"""What it costs to choose a surrogate, by kind of value: the first time, and when it has been chosen before.

Times are of the processor. Each value is another one, about a made-up patient, and eight of them share a patient; lists
have been read before.
"""

from __future__ import annotations

import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from streamdeid.bench.engine import SECRET
from streamdeid.demo.people import npi
from streamdeid.transform import dates, written_dates
from streamdeid.transform.operators import Operator, Request, Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.transform.strategy import Strategy
from streamdeid.types import Entity, Format

_BATCH: Final = 200
_PER_PATIENT: Final = 8
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_DAYS: Final = 60_000


class Kind(NamedTuple):
    """A kind of value: what it is called, its label, and one value for each number."""

    name: str
    label: str
    value: Callable[[int], str]


class Cost(NamedTuple):
    """Microseconds for one choice: the least of the means over batches, which other processes disturb least, and the
    median of them; and for one that is remembered."""

    name: str
    choices: int
    uncached_us: float
    uncached_median_us: float
    cached_us: float


def _word(number: int) -> str:
    """Another name for each number up to 26**4."""
    return "".join(_LETTERS[(number // 26**place + place * 7) % 26] for place in (0, 1, 2, 3, 0, 1)).title()


def _day(number: int) -> dt.date:
    return dt.date(1900, 1, 1) + dt.timedelta(number * 7919 % _DAYS)


KINDS: Final = (
    Kind("family name", "NAME/FAMILY", _word),
    Kind("given name", "NAME/GIVEN", _word),
    Kind("full name", "NAME/FULL", lambda n: f"{_word(n)} {_word(n * 7)}"),
    Kind("MRN, 8 digits", "ID/MRN", lambda n: f"{n * 7919 % 10**8:08d}"),
    Kind("account, letters and digits", "ID/ACCOUNT", lambda n: f"AC{n * 7919 % 10**8:08d}"),
    Kind("NPI, with check digit", "ID/NPI", lambda n: npi(n * 7919 % 10**8)),
    Kind("SSN", "ID/SSN", lambda n: f"{n % 665 + 1:03d}-{n % 98 + 1:02d}-{n % 9999 + 1:04d}"),
    Kind("UUID", "ID/RESOURCE", lambda n: f"{n * 7919:08x}-1234-4abc-89ab-{n * 104729:012x}"),
    Kind("date, HL7 v2", "DATE", lambda n: f"{_day(n):%Y%m%d}{n % 24:02d}{n // 24 % 60:02d}"),
    Kind("date, FHIR", "DATE", lambda n: f"{_day(n):%Y-%m-%d}T{n % 24:02d}:{n // 24 % 60:02d}:00Z"),
    Kind("date, 03/05/2024", "DATE", lambda n: f"{_day(n):%m/%d/%Y}"),
    Kind("date, March 5, 2024", "DATE", lambda n: f"{_day(n):%B %d, %Y}"),
    Kind("telephone", "CONTACT/PHONE", lambda n: f"({201 + n % 700}) {200 + n // 700 % 700}-{n % 10**4:04d}"),
    Kind("e-mail", "CONTACT/EMAIL", lambda n: f"{_word(n)}.{_word(n * 3)}@example.org"),
    Kind("URL", "CONTACT/URL", lambda n: f"https://example.org/{n}"),
    Kind("IP address", "CONTACT/IP", lambda n: f"10.{n // 65536 % 256}.{n // 256 % 256}.{n % 256}"),
    Kind("street", "LOCATION/STREET", lambda n: f"{n % 9999 + 1} {_word(n)} Street"),
    Kind("town", "LOCATION/CITY", _word),
    Kind("ZIP code", "LOCATION/ZIP", lambda n: f"{43000 + n % 1000:05d}-{n // 1000 % 10**4:04d}"),
    Kind(
        "address in one line",
        "LOCATION/ADDRESS",
        lambda n: f"{n % 999 + 1} {_word(n)} St, {_word(n)}, OH 43{n % 999:03d}",
    ),
    Kind("hospital", "LOCATION/HOSPITAL", lambda n: f"{_word(n)} General Hospital"),
    Kind("room", "LOCATION/ROOM", lambda n: f"Room {n % 10**4}"),
    Kind("profession", "PROFESSION", _word),
)


def costs(seconds: float) -> Iterator[Cost]:
    """Measure each kind for about this many seconds."""
    for kind in KINDS:
        yield _measured(kind, seconds)


def _measured(kind: Kind, seconds: float) -> Cost:
    strategy = Operator.SURROGATE.strategy()
    transformer = Transformer(Prf(SECRET))
    _forget()
    _spent(transformer, strategy, _requests(kind, 0))
    first: list[float] = []
    again: list[float] = []
    end = time.process_time() + seconds
    while not first or time.process_time() < end:
        requests = _requests(kind, (len(first) + 1) * _BATCH)
        first.append(_spent(transformer, strategy, requests))
        again.append(_spent(transformer, strategy, requests))
    return Cost(kind.name, len(first) * _BATCH, min(first), statistics.median(first), min(again))


def _requests(kind: Kind, start: int) -> Sequence[Request]:
    made = []
    for number in range(start, start + _BATCH):
        value = kind.value(number)
        subject = Subject(f"made-up patient {number // _PER_PATIENT}", -31 - number // _PER_PATIENT % 300)
        is_fhir = kind.name.endswith("FHIR")
        datatype = ("dateTime" if is_fhir else "DTM") if kind.name.endswith(("FHIR", "HL7 v2")) else "ST"
        format = Format.FHIR if is_fhir else Format.HL7V2
        made.append(Request(Entity(kind.label, value), subject, value, datatype, format))
    return made


def _spent(transformer: Transformer, strategy: Strategy, requests: Sequence[Request]) -> float:
    """Microseconds for one of these requests."""
    start = time.process_time()
    for request in requests:
        transformer.replace(strategy, request)
    return (time.process_time() - start) / len(requests) * 1e6


def _forget() -> None:
    """Empty the caches of dates, which all transformers share."""
    for cached in (dates.shift_hl7, dates.shift_fhir, written_dates.shift_written):
        cached.cache_clear()
