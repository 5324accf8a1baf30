"""Hospitals, clinics, homes, wards, rooms, employers, schools, churches, prisons; and other organisations."""

from __future__ import annotations

import random
from typing import Final

from streamdeid.training.values.geography import Geography
from streamdeid.training.values.lists import Lists, held_too, lexicon
from streamdeid.training.values.origins import Origins
from streamdeid.training.values.pieces import Piece, Share, pick

_SMALL_WORDS: Final = frozenset({"Of", "The", "And", "At", "For", "De", "La", "Del", "In"})


class Institutions:
    """Draws institutions of one share; many are composed of a founder, a saint, a town or a family name and a kind."""

    def __init__(self, lists: Lists, share: Share, origins: Origins, geography: Geography) -> None:
        words = lexicon("institutions")
        self._origins, self._geography = origins, geography
        self._hospitals = share.of(words["hospital"])
        self._listed = share.of(lists.hospitals())
        self._listed_companies = share.of(lists.companies())
        self._saints, self._founders = share.of(words["saint"]), share.of(words["founder"])
        self._hospital_kinds, self._clinic_kinds = words["hospital.kind"], words["clinic.kind"]
        self._facility_kinds, self._facilities = words["facility.kind"], share.of(words["facility"])
        self._ward_names, self._ward_codes = share.of(words["ward.name"]), words["ward.code"]
        self._schools, self._school_kinds = share.of(words["school"]), words["school.kind"]
        self._church_names, self._church_kinds = share.of(words["church.name"]), words["church.kind"]
        self._prisons, self._prison_kinds = share.of(words["prison"]), words["prison.kind"]
        self._companies, self._company_kinds = share.of(words["company"]), words["company.kind"]
        self._public, self._orgs = words["public"], share.of(words["org"])
        self._rooms = held_too(words, "room", share.held_out)
        self._wards = held_too(words, "ward", share.held_out)

    def hospital(self, rng: random.Random) -> list[Piece]:
        """A hospital, of a list or composed; an article is no part of it."""
        chance = rng.random()
        if chance < 0.3:
            return _named(pick(rng, self._hospitals), "HOSPITAL")
        if chance < 0.6 and self._listed:
            return [Piece(_listed(rng, pick(rng, self._listed)), "HOSPITAL")]
        name = f"{self._founder(rng)} {pick(rng, self._hospital_kinds)}"
        if chance > 0.955:
            name = "".join(word[0] for word in name.replace("-", " ").split() if word[0].isalpha()).upper()
        elif chance > 0.93:
            name = f"Hospital {pick(rng, ('San', 'Santa', 'Nuestra Señora de', 'de'))} {self._origins.given(rng)}"
        elif chance > 0.88:
            name = f"University of {self._geography.city(rng)} {pick(rng, self._hospital_kinds)}"
        elif chance > 0.8:
            name = name.rsplit(" ", 1)[0] if " " in name.strip() else name
        return _named(_cased(rng, name), "HOSPITAL")

    def _founder(self, rng: random.Random) -> str:
        chance = rng.random()
        if chance < 0.25:
            return f"{pick(rng, ('St.', 'St', 'Saint', 'St.'))} {pick(rng, self._saints)}"
        if chance < 0.5:
            return pick(rng, self._founders)
        if chance < 0.68:
            return self._geography.city(rng)
        if chance < 0.84:
            return f"{self._geography.city(rng)} {pick(rng, self._founders)}"
        name = self._origins.family(rng)
        return f"{self._origins.given(rng)} {name}" if chance > 0.95 else name

    def clinic(self, rng: random.Random) -> list[Piece]:
        """A clinic, practice or surgery by its name."""
        chance = rng.random()
        if chance < 0.3:
            name = f"{self._origins.family(rng)} {pick(rng, self._clinic_kinds)}"
        elif chance < 0.4:
            name = f"{self._origins.family(rng)}{pick(rng, (' & ', ' and ', '-', '/'))}{self._origins.family(rng)}"
            name += f" {pick(rng, self._clinic_kinds)}"
        elif chance < 0.45:
            name = f"The {self._geography.city(rng)} {pick(rng, self._clinic_kinds)}"
        else:
            name = f"{self._founder(rng)} {pick(rng, self._clinic_kinds)}"
        return _named(_cased(rng, name), "HOSPITAL")

    def facility(self, rng: random.Random) -> list[Piece]:
        """A nursing home, hospice, pharmacy or laboratory by its name."""
        chance = rng.random()
        if chance < 0.3:
            return _named(pick(rng, self._facilities), "HOSPITAL")
        first = self._origins.family(rng) + pick(rng, ("", "", "'s")) if chance < 0.5 else self._founder(rng)
        if chance > 0.85:
            first = f"{pick(rng, ('The', 'The', 'Golden', 'Silver', 'Villa', 'Park'))} {pick(rng, self._ward_names)}"
        return _named(_cased(rng, f"{first} {pick(rng, self._facility_kinds)}"), "HOSPITAL")

    def ward(self, rng: random.Random) -> str:
        """A ward by its name, number or code."""
        return self._numbered(rng, pick(rng, self._wards))

    def room(self, rng: random.Random) -> str:
        """A room, bed or bay."""
        return self._numbered(rng, pick(rng, self._rooms))

    def _numbered(self, rng: random.Random, form: str) -> str:
        return form.format(
            n=100 + int(rng.random() ** 2 * 2899),
            b=1 + int(rng.random() * 40),
            c=1 + int(rng.random() * 9),
            l=pick(rng, "ABCDEF"),
            name=pick(rng, self._ward_names),
            code=pick(rng, self._ward_codes),
            person=self._origins.family(rng) if "{person}" in form else "",
        )

    def employer(self, rng: random.Random) -> list[Piece]:
        """A company, shop or authority."""
        chance = rng.random()
        if chance < 0.25:
            name = pick(rng, self._companies)
        elif chance < 0.5 and self._listed_companies:
            name = pick(rng, self._listed_companies)
        elif chance < 0.62:
            name = f"{self._geography.city(rng)} {pick(rng, self._public)}"
        elif chance < 0.85:
            name = (
                f"{self._origins.family(rng)}{pick(rng, ('', '', '', chr(39) + 's'))} {pick(rng, self._company_kinds)}"
            )
        elif chance < 0.9:
            families = [self._origins.family(rng) for _ in range(3)]
            name = pick(rng, ("{}, {} & {}", "{} & {}", "{} {}", "{}, {} and {} LLP", "{}-{}")).format(*families)
        else:
            first = self._geography.city(rng) if rng.random() < 0.5 else pick(rng, self._founders)
            name = f"{first} {pick(rng, self._company_kinds)}"
        return _named(_cased(rng, name), "ORGANIZATION")

    def school(self, rng: random.Random) -> list[Piece]:
        """A school, college or university."""
        chance = rng.random()
        if chance < 0.15:
            return _named(pick(rng, self._schools), "ORGANIZATION")
        if chance < 0.25:
            return _named(f"University of {self._geography.city(rng)}", "ORGANIZATION")
        if chance < 0.32:
            return _named(f"P.S. {1 + int(rng.random() * 380)}", "ORGANIZATION")
        first = self._founder(rng)
        if chance < 0.55:
            first = f"{self._origins.given(rng)} {self._origins.family(rng)}"
        return _named(_cased(rng, f"{first} {pick(rng, self._school_kinds)}"), "ORGANIZATION")

    def church(self, rng: random.Random) -> list[Piece]:
        """A church, mosque, synagogue or temple."""
        chance = rng.random()
        if chance < 0.3:
            name = f"{pick(rng, ('St.', 'St', 'Saint'))} {pick(rng, self._saints)} {pick(rng, self._church_kinds)}"
        elif chance < 0.4:
            name = f"{pick(rng, ('St.', 'St', 'Saint'))} {pick(rng, self._saints)}"
        elif chance < 0.55:
            name = f"{self._geography.city(rng)} {pick(rng, self._church_kinds)}"
        elif chance < 0.65:
            name = f"{pick(rng, self._church_names)} {pick(rng, self._church_kinds)} of {self._geography.city(rng)}"
        else:
            name = f"{pick(rng, self._church_names)} {pick(rng, self._church_kinds)}"
        return _named(_cased(rng, name), "ORGANIZATION")

    def prison(self, rng: random.Random) -> list[Piece]:
        """A prison, jail or police station."""
        if rng.random() < 0.3:
            return _named(pick(rng, self._prisons), "ORGANIZATION")
        first = self._geography.city(rng) if rng.random() < 0.7 else self._origins.family(rng)
        if rng.random() < 0.2:
            return _named(f"HMP {first}", "ORGANIZATION")
        return _named(_cased(rng, f"{first} {pick(rng, self._prison_kinds)}"), "ORGANIZATION")

    def org(self, rng: random.Random) -> list[Piece]:
        """A drug maker, insurer, agency, charity or journal that tells nothing of a person."""
        return _named(pick(rng, self._orgs), "ORG")


def _named(name: str, label: str) -> list[Piece]:
    if name.startswith("the "):
        return [Piece("the ", ""), Piece(name[4:], label)]
    return [Piece(name, label)]


def _listed(rng: random.Random, name: str) -> str:
    """A name of a list in capitals, mostly as text has it."""
    if not name.isupper() or rng.random() < 0.12:
        return name
    first, *rest = name.title().replace("'S", "'s").split()
    return " ".join((first, *(word.lower() if word in _SMALL_WORDS else word for word in rest)))


def _cased(rng: random.Random, name: str) -> str:
    chance = rng.random()
    if chance < 0.035:
        return name.upper()
    return name.lower() if chance < 0.045 else name
