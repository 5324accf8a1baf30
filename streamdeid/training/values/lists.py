"""Where values come from: our own word lists, the tuples that Faker ships (MIT licence), and lists read at run time.

A word list is a file of the folder ``lexicon``: sections such as ``[county]``, each followed by values between
semicolons.
" *8" after a value makes it eight times as likely. Comments stand before the first section.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

from streamdeid.training.values.transliterate import latin

_LEXICON: Final = Path(__file__).with_name("lexicon")
_HEADER: Final = re.compile(r"\[([a-z._]+)\]")
_FUND: Final = re.compile(
    r"\b(?:ETFS?|MSCI|UCITS|ISHARES|XTRACKERS|FTSE|S&P|TRUST|FUND)\b|%|\bPRF\b|/(?:USD|EUR|GBP|D)\b", re.IGNORECASE
)
_WEIGHT: Final = re.compile(r" \*(\d+)$")


@cache
def lexicon(name: str) -> dict[str, tuple[str, ...]]:
    """The sections of the word list `name`, in order; a value as often as its weight says.

    Raises:
        FileNotFoundError: there is no such list.
    """
    sections: dict[str, list[str]] = {}
    for line in (_LEXICON / f"{name}.txt").read_text("utf-8").splitlines():
        header = _HEADER.fullmatch(line)
        if header:
            sections[header[1]] = []
        elif sections:
            values = next(reversed(sections.values()))
            values.extend(value for part in line.split(";") for value in _weighed(part.strip()))
    return {section: tuple(values) for section, values in sections.items()}


def held_too(sections: Mapping[str, tuple[str, ...]], name: str, held_out: bool) -> tuple[str, ...]:
    """The shapes of section `name`; in the held-out share half of them are such as training lacks."""
    usual = sections[name]
    if not held_out:
        return usual
    own = sections[f"{name}.held"]
    return usual + own * max(1, len(usual) // len(own))


def _weighed(value: str) -> list[str]:
    weight = _WEIGHT.search(value)
    return [value[: weight.start()]] * int(weight[1]) if weight else [value] * bool(value)


@cache
def _letters() -> dict[str, str]:
    return dict(pairs(value for values in lexicon("transliteration").values() for value in values))


def pairs(values: Iterable[str]) -> list[tuple[str, str]]:
    """Values such as "a=b" in their two parts."""
    return [(first, second) for first, _, second in (value.partition("=") for value in values)]


@cache
def faker_values(provider: str, locale: str, *attributes: str) -> tuple[str, ...]:
    """The values of `attributes` of a Faker provider, in Latin letters, sorted: Faker makes some of them sets, whose
    order is another one in each process. Those that it lacks are empty."""
    try:
        module = import_module(f"faker.providers.{provider}.{locale}" if locale else f"faker.providers.{provider}")
    except ModuleNotFoundError:
        return ()
    names: list[str] = []
    letters = _letters()
    for attribute in attributes:
        found = getattr(module.Provider, attribute, ())
        if isinstance(found, (tuple, list, dict)):
            names.extend(latin(value, letters) for value in found if isinstance(value, str))
    return tuple(sorted({name.strip() for name in names if name.strip()}))


class Town(NamedTuple):
    """A town with what stands beside it in an address; empty where it is not known."""

    city: str
    state: str
    state_name: str
    county: str
    zip: str


class Lists:
    """The lists of a folder; every file may be missing, and its values are then empty.

    The files are lists that others publish: census names, hospitals, zip codes, companies, street names.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def _lines(self, name: str) -> Iterator[str]:
        path = self._folder / name if self._folder else None
        if path is None or not path.is_file():
            return
        for line in path.read_text("utf-8", "replace").splitlines():
            if line.strip() and not line.startswith("#"):
                yield line

    def _rows(self, name: str) -> Iterator[list[str]]:
        return csv.reader(self._lines(name))

    def surnames(self) -> list[str]:
        """Family names of the United States census, the rare as likely as the frequent, and of Camden."""
        census = [line.strip() for line in self._lines("us_census_surnames_phileas.txt")]
        return census + [line.strip() for line in self._lines("simhospital_surnames.txt")]

    def given_names(self) -> list[str]:
        """First names of the United States and of England and Wales over a hundred years."""
        names = [line.strip() for line in self._lines("first-names_phileas.txt")]
        names += [row[2] for row in self._rows("us_firstnames_decade_sex_count_tide.csv") if len(row) > 2]
        for sex in ("boys", "girls"):
            rows = list(self._rows(f"simhospital_historicname_tcm77-254032-{sex}.csv"))
            names += [name for row in rows[1:] for name in row[1:]]
        return names

    def towns(self) -> list[Town]:
        """Towns of the United States with state, county and zip code."""
        rows = self._rows("us_zipcode_city_state_county_tide.csv")
        return [Town(row[3], row[4], row[5], row[7], row[0]) for row in rows if len(row) > 7]

    def cities(self) -> list[str]:
        """Names of towns of the United States."""
        return [line.strip() for line in self._lines("cities_phileas.txt")]

    def counties(self) -> list[str]:
        """Names of counties of the United States, without the word County."""
        return [line.strip() for line in self._lines("counties_phileas.txt")]

    def hospitals(self) -> list[str]:
        """Names of hospitals of the United States, many in capitals."""
        names = [line.strip() for line in self._lines("hospitals_phileas.txt")]
        return names + [row[1] for row in list(self._rows("cms_hospital_general_information.csv"))[1:] if len(row) > 1]

    def companies(self) -> list[str]:
        """Names of companies; funds traded on exchanges, for which nobody works, are left out."""
        rows = list(self._rows("companies_and_organizations_presidio_research.csv"))[1:]
        return [row[0].strip() for row in rows if row and len(row[0]) < 60 and not _FUND.search(row[0])]

    def streets(self) -> list[str]:
        """Names of streets of the United States with their kind: "Heather Heights Rd"."""
        rows = self._rows("us_street_addresses_tide.csv")
        return [f"{row[0]} {row[3]}".strip() for row in rows if len(row) > 3]
