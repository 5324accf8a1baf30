"""Whether two patients ever get one false identity: counted over as many made-up patients as are wanted.

Patients are made and counted one by one. What is kept of each is eight bytes for each thing that is counted, so that a
million of them take 32 megabytes: two different ones have the same eight bytes once in millions of such runs, and what
is counted could only be too high.
"""

from __future__ import annotations

import hashlib
import time
from array import array
from typing import Final, NamedTuple

import numpy as np

from streamdeid.bench.engine import SECRET
from streamdeid.transform.dates import days_for, shift_hl7
from streamdeid.transform.lexicon import FAMILY, GIVEN
from streamdeid.transform.operators import Transformer
from streamdeid.transform.prf import Prf
from streamdeid.types import Entity

_CENTURY: Final = 36_525
_MOST: Final = 10**8


class Patient(NamedTuple):
    """A made-up patient: no two have one medical record number, and many share a name or a birth date."""

    mrn: str
    family: str
    given: str
    birth: str


class Count(NamedTuple):
    """How many patients; how many of them have the false record number, and the false identity (family name, given
    name, birth date, days of the shift and record number), of an earlier one; how many values stand for themselves; how
    many false identities without the number are not the only ones, and how many true ones were not; and seconds."""

    patients: int
    numbers_twice: int
    identities_twice: int
    unchanged: int
    persons_twice: int
    true_persons_twice: int
    seconds: float


def patient(number: int) -> Patient:
    """The made-up patient of this number, below 10**8."""
    mrn = f"{number * 61_803_399 % _MOST:08d}"  # has no divisor in common with 10**8, so all are distinct
    day = number * 7919 % _CENTURY
    year, rest = divmod(day, 365)
    birth = f"{1924 + year % 100:04d}{rest // 31 + 1:02d}{rest % 28 + 1:02d}"
    names = GIVEN["FM"[number % 2]]
    return Patient(mrn, FAMILY[number * 31 % len(FAMILY)], names[number * 17 % len(names)], birth)


def count(patients: int) -> Count:
    """Give so many made-up patients of one assigning authority their false identities, and count those that meet."""
    prf = Prf(SECRET)
    replace = Transformer(prf).surrogates.replace
    numbers, identities, persons, true_persons = (array("Q") for _ in range(4))
    unchanged = 0
    start = time.perf_counter()
    for one in map(patient, range(patients)):
        scope = prf.digest("", "patient", one.mrn).hex()[:32]
        days = days_for(prf, scope)
        mrn = replace(scope, Entity("ID/MRN", one.mrn), one.mrn) or ""
        family = replace(scope, Entity("NAME/FAMILY", one.family), one.family) or ""
        given = replace(scope, Entity("NAME/GIVEN", one.given), one.given) or ""
        birth = shift_hl7(one.birth, days) or ""
        unchanged += (mrn == one.mrn) + (family == one.family) + (given == one.given) + (birth == one.birth)
        numbers.append(int(mrn))
        identities.append(_mark(family, given, birth, str(days), mrn))
        persons.append(_mark(family, given, birth))
        true_persons.append(_mark(one.family, one.given, one.birth))
    twice = (_twice(numbers), _twice(identities), _twice(persons), _twice(true_persons))
    return Count(patients, twice[0], twice[1], unchanged, twice[2], twice[3], time.perf_counter() - start)


def _twice(marks: array[int]) -> int:
    """How many of these are equal to an earlier one."""
    return len(marks) - len(np.unique(np.frombuffer(marks, dtype=np.uint64))) if marks else 0


def _mark(*parts: str) -> int:
    return int.from_bytes(hashlib.blake2b("\n".join(parts).encode(), digest_size=8).digest(), "big")
