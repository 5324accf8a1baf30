"""Writes the word lists under ``lexicon/``: ``python -m streamdeid.transform.generate_lexicon [--cities FILE]``.

Names come from faker's locale providers (MIT licence). A false name must not be a frequent one, an ordinary word, a
place or a medical eponym, or it would be read as something else in the text that it is put into: so every name that
faker lists for the United States, Great Britain or New Zealand is left out of the false names, and so is everything
in ``lexicon/excluded.txt``, which is kept by hand. ``--cities`` takes GeoNames' places of 5,000 and more
inhabitants (CC BY 4.0) as a JSON object of objects with ``name``, ``countrycode``, ``admin1code``, ``population``.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path

from streamdeid.formats.fhir_tables import RELEASES, load

FOLDER = Path(__file__).parent / "lexicon"

_FAMILY_LOCALES = re.findall(
    r"\w+",
    "de_DE de_AT de_CH it_IT es_ES es_MX nl_NL nl_BE fr_FR fr_BE fr_CA fr_CH sv_SE no_NO da_DK fi_FI pt_PT pt_BR "
    "hr_HR ro_RO hu_HU lv_LV et_EE sl_SI sk_SK cs_CZ",
)
_GIVEN_LOCALES = (*_FAMILY_LOCALES, "en_IE", "ga_IE", "pl_PL")
_FREQUENT_LOCALES = ("en_US", "en_GB", "en_NZ", "en")
_SPELLED_OUT = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "æ": "ae",
        "Æ": "Ae",
        "đ": "d",
        "Đ": "D",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "œ": "oe",
    }
)
_USABLE = re.compile(r"[A-Z][a-z]{3,9}")
_LARGE_CITY = 100_000

_STREET_HEADS = re.findall(
    r"\w+",
    "Alder Amber Apple Arbor Ash Aspen Autumn Bay Beech Birch Bramble Briar Bridge Brook Butter Cedar Cherry Clover "
    "Copper Coral Crest Crystal Dell Dove Elder Elm Ever Fair Falcon Fern Flint Forest Fox Glen Gold Grand Green Grove "
    "Hawk Hazel Heather Heron Hickory Holly Honey Iron Ivy Juniper Lark Laurel Linden Maple Meadow Mill Moss Myrtle "
    "North Oak Olive Orchard Otter Pebble Pine Plum Quail Raven Red River Robin Rose Rowan Sage Sand Shady Silver "
    "Sparrow Spring Stone Summer Sun Swan Sycamore Thorn Timber Vale Violet Walnut Willow Wind Winter Wood Wren",
)
_STREET_TAILS = re.findall(
    r"\w+",
    "berry bluff bough brook burn combe crest croft dale fen field ford garth glade grove haven heath holm hurst land "
    "lea mead mere moor mont ridge shaw thorpe vale view water wick wold worth",
)


def main() -> None:
    """Write all lists; the cities only when their source is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=Path, help="GeoNames' places as JSON")
    options = parser.parse_args()
    excluded = set(_read("excluded.txt"))
    frequent = _frequent()
    sexes = _sexes_by_given_name()
    given = {sex: _false_given(sex, excluded | frequent) for sex in ("female", "male")}
    for sex, names in given.items():
        _write(f"given_{sex}.txt", f"False given names, {sex}. Source: faker {_version()} (MIT licence).", names)
    family = _false_family(excluded | frequent | {name.lower() for name in sexes})
    _write("family.txt", f"False family names. Source: faker {_version()} (MIT licence).", family)
    _write(
        "given_sex.txt",
        f"Given names and the sex they are given to (F, M, U either). Source: faker {_version()} (MIT licence).",
        (f"{name}\t{sex}" for name, sex in sorted(sexes.items())),
    )
    _write("streets.txt", "False street names, put together from English words.", _streets())
    _write("professions.txt", f"Occupations. Source: faker {_version()} (MIT licence).", _professions())
    _write("resource_types.txt", "Names of resource types, FHIR STU3 to R5. Source: HL7 FHIR (CC0).", _resource_types())
    if options.cities:
        _write(
            "cities.txt",
            "US places by state, the most populous first; + marks those of 100,000 inhabitants and more.\n"
            "# Source: GeoNames (geonames.org), licence CC BY 4.0; reduced to name and state.",
            _cities(json.loads(options.cities.read_text(encoding="utf-8"))),
        )


def _read(name: str) -> list[str]:
    lines = (FOLDER / name).read_text(encoding="ascii").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _write(name: str, header: str, lines: Iterable[str]) -> None:
    (FOLDER / name).write_text(f"# {header}\n" + "".join(f"{line}\n" for line in lines), encoding="ascii")


def _version() -> str:
    return str(import_module("faker").VERSION)


def _names(locale: str, kind: str) -> list[str]:
    """A locale's names of one kind (`last_names`, `first_names_female`, ..), in ASCII."""
    provider = import_module(f"faker.providers.person.{locale}").Provider
    return [_ascii(name) for name in getattr(provider, kind, ())]


def _ascii(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.translate(_SPELLED_OUT))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _frequent() -> set[str]:
    kinds = ("last_names", "first_names", "first_names_female", "first_names_male")
    return {name.lower() for locale in _FREQUENT_LOCALES for kind in kinds for name in _names(locale, kind)}


def _false_family(unwanted: set[str]) -> list[str]:
    names = {name for locale in _FAMILY_LOCALES for name in _names(locale, "last_names")}
    return sorted(name for name in names if _USABLE.fullmatch(name) and name.lower() not in unwanted)


def _false_given(sex: str, unwanted: set[str]) -> list[str]:
    """The names of one sex in every locale that has them."""
    other = {"female": "male", "male": "female"}[sex]
    ours, theirs = (
        {name for locale in _GIVEN_LOCALES for name in _names(locale, f"first_names_{which}")} for which in (sex, other)
    )
    return sorted(name for name in ours - theirs if _USABLE.fullmatch(name) and name.lower() not in unwanted)


def _sexes_by_given_name() -> dict[str, str]:
    """F, M or U for every known given name, lower-cased: what the United States say, or else most locales."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for locale in (*_FREQUENT_LOCALES, *_GIVEN_LOCALES):
        for sex in ("female", "male"):
            for name in set(_names(locale, f"first_names_{sex}")):
                if name.isalpha() and name.isascii():
                    votes[name.lower()][sex[0].upper()] += 100 if locale == "en_US" else 1
    return {name: _verdict(count) for name, count in votes.items()}


def _verdict(votes: Counter[str]) -> str:
    if votes["F"] == votes["M"]:
        return "U"
    return "F" if votes["F"] > votes["M"] else "M"


def _streets() -> list[str]:
    return sorted(head + tail for head in _STREET_HEADS for tail in _STREET_TAILS if head[-1].lower() != tail[0])


def _professions() -> list[str]:
    jobs = import_module("faker.providers.job.en_US").Provider.jobs
    return sorted({job.lower() for job in jobs if re.fullmatch(r"[A-Za-z]+(?: [a-z]+)?", job)})


def _resource_types() -> list[str]:
    return sorted({name for release in RELEASES for name in load(release).resources})


def _cities(places: Mapping[str, Mapping[str, object]]) -> list[str]:
    rows = []
    for place in places.values():
        name, population = _ascii(str(place["name"])), int(str(place["population"]))
        if place["countrycode"] == "US" and re.fullmatch(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?", name):
            rows.append((-population, str(place["admin1code"]), name))
    unique = dict.fromkeys((state, name, -size >= _LARGE_CITY) for size, state, name in sorted(rows))
    return [f"{state}\t{name}" + ("\t+" if large else "") for state, name, large in unique]


if __name__ == "__main__":
    main()
