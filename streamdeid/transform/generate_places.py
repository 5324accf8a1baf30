"""The lists of places and area codes: ``python -m streamdeid.transform.generate_places ZIPS.csv GEODATA_FOLDER``.

``ZIPS.csv`` are GeoNames' postal codes of the United States (CC BY 4.0) with the columns zip, city, state_abbr and
county. ``GEODATA_FOLDER`` holds the package phonenumbers (Apache-2.0), which says what area codes are for.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

from streamdeid.transform.generate_lexicon import read_list, write_list
from streamdeid.transform.generate_names import in_ascii
from streamdeid.transform.whereabouts import SMALL_ZIP_AREAS

_TOWN: Final = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?")
_PER_AREA: Final = 12
_ZIPS_EACH: Final = 4
#: What phonenumbers does not say of area codes as a whole.
_ALSO: Final = {"203": "CT", "310": "CA", "713": "TX", "718": "NY"}


class _Zip(NamedTuple):
    code: str
    city: str
    state: str
    county: str


def main() -> None:
    """Write the lists of towns with their ZIP codes, of cities with their ZIP3 area, and of area codes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("zips", type=Path)
    parser.add_argument("geodata", type=Path)
    options = parser.parse_args()
    zips = list(_zips(options.zips))
    known = [tuple(line.split("\t")) for line in read_list("cities.txt")]
    geonames = "Source: GeoNames (geonames.org), licence CC BY 4.0"
    write_list(
        "cities.txt",
        "US places by state, the most populous first; + marks those of 100,000 inhabitants and more; the ZIP3 area that"
        f"\n# most of it lies in. {geonames}; reduced to name, state and area.",
        _cities(known, zips),
    )
    write_list(
        "localities.txt",
        "Towns with ZIP codes of theirs, for false addresses: area, state, town, county, last digits.\n"
        f"# {geonames}; a few towns of each ZIP3 area.",
        _localities(known, zips),
    )
    write_list("zip_areas.txt", f"The state that most of a ZIP3 area lies in. {geonames}.", _areas(zips, known))
    write_list(
        "area_codes.txt",
        "Telephone area codes in use in the United States (North American Numbering Plan), and their state.\n"
        "# Source of the states: phonenumbers (Apache-2.0 licence).",
        _area_codes(options.geodata),
    )


def _zips(file: Path) -> Iterator[_Zip]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            yield _Zip(row["zip"], in_ascii(row["city"]), row["state_abbr"], in_ascii(row["county"]))


def _cities(known: Sequence[tuple[str, ...]], zips: Iterable[_Zip]) -> Iterator[str]:
    areas: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in zips:
        areas[one.state, one.city.casefold()][one.code[:3]] += 1
    for state, city, *rest in known:
        found = areas.get((state, city.casefold().removeprefix("the ")))
        area = min(found, key=lambda one: (-found[one], one)) if found else ""
        yield f"{state}\t{city}\t{'+' if rest[:1] == ['+'] else ''}\t{area}".rstrip("\t")


def _localities(known: Sequence[tuple[str, ...]], zips: Iterable[_Zip]) -> Iterator[str]:
    """The more populous towns first, but none of 100,000, and none that is called as a person may be."""
    order = {(state, city): number for number, (state, city, *_) in enumerate(known)}
    large = {(state, city) for state, city, *rest in known if rest[:1] == ["+"]}
    states = {state for state, *_ in known}
    persons = {line.partition("\t")[0] for line in read_list("given_sex.txt")}
    towns: dict[tuple[str, str], dict[str, list[_Zip]]] = defaultdict(dict)
    for one in zips:
        is_usable = _TOWN.fullmatch(one.city) and one.city.casefold() not in persons and one.county
        is_large = (one.state, one.city) in large
        if is_usable and not is_large and one.state in states and one.code[:3] not in SMALL_ZIP_AREAS:
            towns[one.code[:3], one.state].setdefault(one.city, []).append(one)
    for (area, state), found in sorted(towns.items()):
        chosen = sorted(found, key=lambda city: (order.get((state, city), len(order)), city))[:_PER_AREA]
        for city in sorted(chosen):
            codes = sorted(one.code for one in found[city])[:_ZIPS_EACH]
            yield f"{area}\t{state}\t{city}\t{found[city][0].county}\t{' '.join(code[3:] for code in codes)}"


def _areas(zips: Iterable[_Zip], known: Sequence[tuple[str, ...]]) -> Iterator[str]:
    states = {state for state, *_ in known}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in zips:
        if one.state in states:
            found[one.code[:3]][one.state] += 1
    for area, count in sorted(found.items()):
        yield f"{area}\t{min(count, key=lambda state: (-count[state], state))}"


def _area_codes(folder: Path) -> Iterator[str]:
    sys.path.insert(0, str(folder))
    said: Mapping[str, Mapping[str, str]] = import_module("phonenumbers.geodata").GEOCODE_DATA
    states = dict(line.split("\t") for line in read_list("states.txt"))
    for code in (line.partition("\t")[0] for line in read_list("area_codes.txt")):
        place = said.get(f"1{code}", {}).get("en", "")
        name = place.removesuffix(" State").replace("D.C.", "DC").casefold()
        state = place[-2:] if re.search(r", [A-Z]{2}$", place) else states.get(name) or _ALSO.get(code, "")
        yield f"{code}\t{'DC' if 'washington dc' in name else state}"


if __name__ == "__main__":
    main()
