"""First and family names by origin, and people who bear them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from streamdeid.training.values.lists import Lists, faker_values, lexicon, pairs
from streamdeid.training.values.pieces import Share, pick, plain, weighted

_FIRST: Final = ("first_names", "first_names_female", "first_names_male", "first_names_nonbinary")
_LAST: Final = ("last_names", "last_names_female", "last_names_male", "unisex_last_names", "male_last_names")
#: Faker's locales and how often each is drawn from.
_LOCALES: Final[Mapping[str, int]] = (
    dict.fromkeys(("en_US", "en_GB", "en_IE", "en_NZ", "es_MX", "es_ES"), 6)
    | dict.fromkeys(("de_DE", "fr_FR", "it_IT", "nl_NL", "pl_PL", "en_IN", "pt_BR", "en_KE", "en_PK", "es_CL"), 3)
    | dict.fromkeys(("cs_CZ", "hu_HU", "ro_RO", "tr_TR", "sv_SE", "fi_FI", "da_DK", "no_NO", "ga_IE", "vi_VN"), 2)
    | dict.fromkeys(("id_ID", "fr_CA", "fr_BE", "nl_BE", "de_AT", "de_CH", "hr_HR", "es_CO", "fr_DZ", "en_NG"), 1)
    | dict.fromkeys(("az_AZ", "et_EE", "lt_LT", "lv_LV", "sk_SK", "sl_SI", "is_IS", "uk_UA", "ru_RU", "bg_BG"), 1)
    | dict.fromkeys(("el_GR", "ka_GE", "hy_AM", "yo_NG", "zu_ZA", "tw_GH", "ha_NG", "ig_NG", "uz_UZ", "pt_PT"), 1)
)
#: Origins of our own word list, and how often each is drawn from; those with family names only lend first names.
_OWN: Final[Mapping[str, int]] = {
    "chinese": 5, "korean": 3, "japanese": 3, "vietnamese": 3, "indian": 6, "muslim": 6, "persian": 2, "hmong": 2,
    "west_african": 3, "east_african": 3, "filipino": 3, "jewish": 3, "greek": 2, "armenian": 1, "hawaiian": 2,
    "native": 2, "slavic": 3, "turkic": 2, "irish": 5, "welsh": 3, "dutch": 4, "latin": 6, "word": 7, "eponym": 4,
}  # fmt: skip
_FAMILY_FIRST: Final = frozenset({"chinese", "korean", "vietnamese", "hu_HU", "vi_VN", "japanese", "hmong"})
_DOUBLE: Final = frozenset({"latin", "es_MX", "es_ES", "es_CL", "es_CO", "pt_BR", "filipino", "pt_PT"})
_LISTED_WEIGHT: Final = 70
_BORROWED_GIVEN: Final = 0.2  # a first name of one origin with a family name of another
_SUFFIXES: Final = ("Jr.", "Jr", "Sr.", "Sr", "II", "III", "IV", "3rd")


class Origin(NamedTuple):
    """Names that go together; `name` is that of the word list or the locale."""

    name: str
    given: tuple[str, ...]
    family: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name. `middle` may be several names; `style` is a number by which the person's forms agree."""

    given: str
    middle: tuple[str, ...]
    family: str
    suffix: str
    nick: str
    family_first: bool
    style: float


class Origins:
    """All people of one share; `lists` adds names as frequent as the census has them, and as rare."""

    def __init__(self, lists: Lists, share: Share) -> None:
        own = lexicon("names")
        western = share.of(faker_values("person", "en", *_FIRST) + faker_values("person", "en_GB", *_FIRST))
        origins: list[tuple[Origin, int]] = []
        for name, weight in _OWN.items():
            given, family = share.of(own.get(f"{name}.given", ())), share.of(own.get(f"{name}.family", ()))
            if family:
                origins.append((Origin(name, given or western, family), weight))
        for locale, weight in _LOCALES.items():
            given = share.of(faker_values("person", locale, *_FIRST))
            family = share.of(faker_values("person", locale, *_LAST))
            if given and family:
                origins.append((Origin(locale, given, family), weight))
        listed = _listed(lists, share)
        if listed.given and listed.family:
            origins.append((listed, _LISTED_WEIGHT))
        self._origins = weighted(origins)
        self._nicks = _nicks(own["nick"], share)
        self._free_nicks = share.of(own["nick.free"])

    def family(self, rng: random.Random) -> str:
        """A family name."""
        return _family(rng, pick(rng, self._origins))

    def given(self, rng: random.Random) -> str:
        """A first name."""
        return pick(rng, pick(rng, self._origins).given)

    def person(self, rng: random.Random, family: str = "") -> Person:
        """Somebody, of the family name `family` unless it is empty."""
        origin = pick(rng, self._origins)
        givens = pick(rng, self._origins).given if rng.random() < _BORROWED_GIVEN else origin.given
        given = _given(rng, givens)
        family = family or _family(rng, origin)
        if rng.random() < 0.35:
            given, family = plain(given), plain(family)
        return Person(
            given=given,
            middle=_middle(rng, origin, givens),
            family=family,
            suffix=pick(rng, _SUFFIXES) if rng.random() < 0.04 else "",
            nick=self._nick(rng, given),
            family_first=origin.name in _FAMILY_FIRST and rng.random() < 0.35,
            style=rng.random(),
        )

    def _nick(self, rng: random.Random, given: str) -> str:
        known = self._nicks.get(given)
        if known:
            return pick(rng, known)
        chance = rng.random()
        if chance < 0.04 and given[0].isupper():
            return f"{given[0]}J"
        return pick(rng, self._free_nicks) if chance < 0.4 else _shortened(rng, given)


def _listed(lists: Lists, share: Share) -> Origin:
    given = share.of(map(_cased, lists.given_names()))
    return Origin("listed", given, share.of(map(_cased_family, lists.surnames())))


def _cased(name: str) -> str:
    return name.title() if name.islower() or name.isupper() else name


def _cased_family(name: str) -> str:
    cased = _cased(name)
    return f"Mc{cased[2:].title()}" if cased.startswith("Mc") and len(cased) > 4 else cased


def _nicks(values: Iterable[str], share: Share) -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    nicks = pairs(values)
    allowed = set(share.of(nick for _, nick in nicks))
    for given, nick in nicks:
        if nick in allowed:
            known[given] = (*known.get(given, ()), nick)
    return known


def _shortened(rng: random.Random, given: str) -> str:
    end = re.search(r"[^aeiouy -](?=[aeiouy -]|$)", given[1:])
    stem = given[: end.end() + 1] if end else given
    return stem + pick(rng, ("", "y", "ie", "i", "o")) if 2 < len(stem) < 7 else given


def _given(rng: random.Random, names: tuple[str, ...]) -> str:
    name = pick(rng, names)
    chance = rng.random()
    if chance < 0.02 and " " not in name:
        return f"{name} {pick(rng, names)}"
    if chance < 0.035 and "-" not in name:
        return f"{name}-{pick(rng, names)}"
    return name


def _family(rng: random.Random, origin: Origin) -> str:
    name = pick(rng, origin.family)
    chance = rng.random()
    if origin.name in _DOUBLE and chance < 0.35:
        return pick(rng, _JOINS)(name, pick(rng, origin.family))
    if chance < 0.04 and "-" not in name:
        return f"{name}-{pick(rng, origin.family)}"
    return name


def _joined(between: str, first: str, second: str) -> str:
    return f"{first}{between}{second}"


_JOINS: Final[tuple[Callable[[str, str], str], ...]] = tuple(partial(_joined, text) for text in (" ", " ", "-", " y "))


def _middle(rng: random.Random, origin: Origin, givens: tuple[str, ...]) -> tuple[str, ...]:
    chance = rng.random()
    if chance < 0.5:
        return ()
    first = pick(rng, givens) if chance < 0.9 else pick(rng, origin.family)
    return (first, pick(rng, givens)) if chance > 0.95 else (first,)
