"""Writes the word lists under ``lexicon/``: ``python -m streamdeid.transform.generate_lexicon [--cities FILE]``.

Names come from faker's locale providers (MIT licence). A false name must not be a frequent one, an ordinary word, a
place or a medical eponym, or it would be read as something else in the text that it is put into: so every name that
faker lists for the United States, Great Britain or New Zealand is left out of the false names, and so is everything
in ``lexicon/excluded.txt``, which is kept by hand (see `generate_names`). ``--cities`` takes GeoNames' places of 5,000
and more inhabitants (CC BY 4.0) as a JSON object of objects with ``name``, ``countrycode``, ``admin1code`` and
``population``; then `generate_places` has to be run.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path

from streamdeid.formats.fhir_tables import RELEASES, load
from streamdeid.transform.generate_names import false_names, in_ascii, known_family_names, known_given_names

FOLDER = Path(__file__).parent / "lexicon"

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
    for name, lines in false_names(set(read_list("excluded.txt"))).items():
        source = f"Source: faker {_version()} (MIT licence), and by hand."
        write_list(f"{name}.txt", f"False names by culture; those of either sex are English. {source}", lines)
    source = f"Source: faker {_version()} (MIT licence), and by hand."
    write_list("family_culture.txt", f"Known family names and their culture. {source}", known_family_names())
    given, endings = known_given_names()
    write_list("given_sex.txt", f"Known given names, their sex (F, M, U either) and culture. {source}", given)
    write_list("sex_endings.txt", f"Endings of given names that tell the sex. {source}", endings)
    write_list("streets.txt", "False street names, put together from English words.", _streets())
    write_list("professions.txt", f"Occupations. Source: faker {_version()} (MIT licence).", _professions())
    source = "Names of resource types, FHIR STU3 to R5. Source: HL7 FHIR (CC0)."
    write_list("resource_types.txt", source, _resource_types())
    if options.cities:
        write_list(
            "cities.txt",
            "US places by state, the most populous first; + marks those of 100,000 inhabitants and more.\n"
            "# Source: GeoNames (geonames.org), licence CC BY 4.0; reduced to name and state.",
            _cities(json.loads(options.cities.read_text(encoding="utf-8"))),
        )


def read_list(name: str) -> list[str]:
    """The lines of a list, without its header."""
    lines = (FOLDER / name).read_text(encoding="ascii").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def write_list(name: str, header: str, lines: Iterable[str]) -> None:
    """Replace a list. `header` names its source."""
    (FOLDER / name).write_text(f"# {header}\n" + "".join(f"{line}\n" for line in lines), encoding="ascii")


def _version() -> str:
    return str(import_module("faker").VERSION)


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
        name, population = in_ascii(str(place["name"])), int(str(place["population"]))
        if place["countrycode"] == "US" and re.fullmatch(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?", name):
            rows.append((-population, str(place["admin1code"]), name))
    unique = dict.fromkeys((state, name, -size >= _LARGE_CITY) for size, state, name in sorted(rows))
    return [f"{state}\t{name}" + ("\t+" if large else "") for state, name, large in unique]


if __name__ == "__main__":
    main()
