"""One front for all values: a text has one `Scope`, and every slot of it is filled from there."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from streamdeid.training.values import people, spoken
from streamdeid.training.values.contacts import Contacts
from streamdeid.training.values.dates import Dates, day_between, event_day
from streamdeid.training.values.fillers import Fillers
from streamdeid.training.values.geography import Geography
from streamdeid.training.values.institutions import Institutions
from streamdeid.training.values.lists import Lists
from streamdeid.training.values.numbers import Numbers
from streamdeid.training.values.origins import Origins, Person
from streamdeid.training.values.pieces import Piece, Share, pick
from streamdeid.training.values.professions import Professions

#: The people that a text may speak of, and the class of their names.
PEOPLE: Final[Mapping[str, str]] = {
    "patient": "PATIENT",
    "doctor": "DOCTOR",
    "nurse": "DOCTOR",
    "relative": "NAME",
    "person": "NAME",
}
_SAME_FAMILY: Final = 0.65
#: Numbers that a person has one of: they stay the same through a text.
_PERSONAL: Final = frozenset({"mrn", "ssn", "nhs", "account", "policy"})
_COMPOUND: Final = frozenset({"hospital", "clinic", "facility", "employer", "school", "church", "prison", "org"})
#: How often an institution named again is the one named before: letterheads and footers repeat it.
_SAME_INSTITUTION: Final = 0.5
_CONTACT_LABELS: Final = {"ip": "URL"}
_OLDEST: Final = 104

_Draw = Callable[[random.Random], list[Piece]]


class Values:
    """Draws values for the slots of texts.

    `lists` is a folder of public lists, read at once; any of its files may be missing. With `held_out` values come from
    the share that training never sees, and some shapes of numbers and dates too.
    """

    def __init__(self, lists: Path | None, held_out: bool) -> None:
        share, sources = Share(held_out), Lists(lists)
        self.origins = Origins(sources, share)
        self.geography = Geography(sources, share, self.origins)
        self.institutions = Institutions(sources, share, self.origins, self.geography)
        self.numbers, self.dates = Numbers(held_out), Dates(held_out)
        self.contacts = Contacts(share)
        professions, fillers = Professions(share), Fillers(share)
        places, institutions = self.geography, self.institutions
        self.draws: Mapping[str, _Draw] = {
            **{kind: _one(draw, "ID") for kind, draw in self.numbers.kinds.items()},
            **{kind: _one(draw, _CONTACT_LABELS.get(kind, "PHONE")) for kind, draw in self.contacts.kinds.items()},
            **{kind: _one(draw, "") for kind, draw in fillers.kinds.items()},
            **{kind: getattr(institutions, kind) for kind in _COMPOUND},
            "ward": _one(institutions.ward, "ROOM"),
            "room": _one(institutions.room, "ROOM"),
            "street": _one(places.street, "STREET"),
            "city": _one(places.city, "CITY"),
            "county": _one(places.county, "COUNTY"),
            "state": _one(places.state, "STATE"),
            "country": places.country,
            "zip": _one(places.zip, "ZIP"),
            "address": places.address,
            "place": places.place,
            "profession": _one(professions.profession, "PROFESSION"),
            "spoken.phone": _one(spoken.phone, "PHONE"),
            "spoken.id": _one(spoken.number, "ID"),
            "spoken.zip": lambda rng: [Piece(spoken.zip_code(rng, places.zip(rng)), "ZIP")],
            "spoken.address": lambda rng: spoken.address(rng, places.address(rng)),
        }

    def text(self, rng: random.Random) -> Scope:
        """A new text, of which the people and their numbers agree."""
        return Scope(self, rng)


def _one(draw: Callable[[random.Random], str], label: str) -> _Draw:
    return lambda rng: [Piece(draw(rng), label)]


class Scope:
    """The people, days and numbers of one text; equal seeds and equal slots in equal order give equal pieces."""

    __slots__ = ("_ages", "_days", "_kept", "_people", "_rng", "_values")

    def __init__(self, values: Values, rng: random.Random) -> None:
        self._values, self._rng = values, rng
        self._people: dict[str, Person] = {}
        self._days: dict[str, dt.date] = {}
        self._ages: dict[str, int] = {}
        self._kept: dict[str, list[Piece]] = {}

    def fill(self, slot: str) -> list[Piece]:
        """The pieces for `slot`, such as "patient.full", "date2.numeric", "address", "drug"; at least one, none empty.

        Raises:
            KeyError: there is no such slot.
        """
        name, _, form = slot.partition(".")
        kind = name.rstrip("0123456789")
        if kind in PEOPLE:
            return [Piece(self._name(kind, name, form), PEOPLE[kind])]
        if kind in ("date", "dob"):
            forms = self._values.dates.forms
            return forms["dob" if kind == "dob" else form](self._rng, self._day(name))
        if kind == "age":
            return [Piece(self._age(name, form), "AGE")]
        if kind == "spoken":
            return self._spoken(form)
        return self._other(kind, name)

    def _other(self, kind: str, name: str) -> list[Piece]:
        if kind in ("email", "url", "handle"):
            return [Piece(self._personal_address(kind), {"email": "EMAIL", "url": "URL", "handle": "USER"}[kind])]
        kept = self._kept.get(name)
        if kept and (kind in _PERSONAL or self._rng.random() < _SAME_INSTITUTION):
            return kept
        pieces = self._values.draws[kind](self._rng)
        if kind in _PERSONAL or kind in _COMPOUND:
            self._kept[name] = pieces
        return pieces

    def _name(self, kind: str, name: str, form: str) -> str:
        if not form and kind in ("doctor", "nurse"):
            return people.staff_form(self._rng, self._person(name))
        return people.FORMS[form](self._rng, self._person(name))

    def _person(self, name: str) -> Person:
        person = self._people.get(name)
        if person is None:
            related = name.startswith("relative") and self._rng.random() < _SAME_FAMILY
            family = self._person("patient").family if related else ""
            person = self._people[name] = self._values.origins.person(self._rng, family)
        return person

    def _day(self, name: str) -> dt.date:
        day = self._days.get(name)
        if day is None:
            rng = self._rng
            if name.startswith("dob"):
                day = day_between(rng, 1920, 2022)
            else:
                near = self._days.get("date")
                close = near is not None and rng.random() < 0.6
                day = near + dt.timedelta(int(rng.random() * 60) - 40) if near and close else event_day(rng)
            self._days[name] = day
        return day

    def _age(self, name: str, form: str) -> str:
        rng = self._rng
        years = self._years(name)
        if form == "words":
            words = spoken.cardinal(years)
            return words.replace(" ", "-") if years < 100 and rng.random() < 0.9 else words
        return str(years)

    def _years(self, name: str) -> int:
        known = self._ages.get(name)
        if known is None:
            born = self._days.get("dob")
            if name == "age" and born:
                known = max(1, min(_OLDEST, 2024 - born.year))
            else:
                chance = self._rng.random()
                known = 1 + int(self._rng.random() * (_OLDEST if chance < 0.35 else 89 if chance < 0.8 else 18))
            self._ages[name] = known
        return known

    def _personal_address(self, kind: str) -> str:
        rng, contacts = self._rng, self._values.contacts
        known = tuple(self._people.values())
        person = pick(rng, known) if known and rng.random() < 0.7 else self._values.origins.person(rng)
        return getattr(contacts, kind)(rng, person)  # type: ignore[no-any-return]

    def _spoken(self, form: str) -> list[Piece]:
        rng = self._rng
        if form in ("date", "dob"):
            return spoken.date(rng, self._day(form), form == "dob")
        if form == "age":
            return [Piece(spoken.age(rng, self._years("age")), "AGE")]
        if form == "email":
            return [Piece(spoken.email(rng, self._personal_address("email")), "EMAIL")]
        return self._values.draws[f"spoken.{form}"](rng)
