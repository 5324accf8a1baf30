"""The forms in which a person's name is written: in full, reversed, by initials, short, spelled out."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

from streamdeid.training.values.lists import lexicon, pairs
from streamdeid.training.values.origins import Person
from streamdeid.training.values.pieces import pick, plain

_CAPITALS: Final = 0.05
_LOWER: Final = 0.015
_TYPING_ERROR: Final = 0.01
_LETTER_WORDS: Final = pairs(lexicon("spoken")["letter"])
_WORDS_OF: Final = {letter: tuple(word for key, word in _LETTER_WORDS if key == letter) for letter, _ in _LETTER_WORDS}

Form = Callable[[random.Random, Person], str]


def any_form(rng: random.Random, person: Person) -> str:
    """The whole name, the first name, or the family name."""
    return pick(rng, (full, full, family, family, given))(rng, person)


def staff_form(rng: random.Random, person: Person) -> str:
    """As `any_form`, of somebody who is mostly called by the family name."""
    return pick(rng, (full, full, full, family, family, family, family, initial, given))(rng, person)


def full(rng: random.Random, person: Person) -> str:
    """First name, what stands between, and family name."""
    first = _first_and_middle(person)
    chance = rng.random()
    if chance < 0.02:
        first = f"{first} {pick(rng, _QUOTES).format(person.nick)}"
    elif chance < 0.08:
        first = person.given
    last = person.family
    if person.suffix and chance > 0.3:
        last += pick(rng, (", ", " ")) + person.suffix
    if rng.random() < 0.025:
        last = last.upper()
    name = f"{last} {first}" if person.family_first else f"{first} {last}"
    return _typed(rng, name)


_QUOTES: Final = ('"{}"', "'{}'", "({})", "\u201c{}\u201d", "\u2018{}\u2019")


def _first_and_middle(person: Person) -> str:
    middle, style = person.middle, person.style
    if not middle or style < 0.25:
        return person.given
    if style < 0.65:
        return f"{person.given} {' '.join(f'{first_letter(name)}.' for name in middle)}"
    if style < 0.78:
        return f"{person.given} {' '.join(map(first_letter, middle))}"
    if style < 0.95:
        return f"{person.given} {' '.join(middle)}"
    return f"{first_letter(person.given)}. {' '.join(middle)}"


def first_letter(name: str) -> str:
    """The capital that stands for `name`, which may begin with an apostrophe."""
    return next(filter(str.isalpha, name), name[0]).upper()


def given(rng: random.Random, person: Person) -> str:
    """The first name."""
    return _typed(rng, person.given)


def family(rng: random.Random, person: Person) -> str:
    """The family name."""
    return _typed(rng, person.family)


def reversed_form(rng: random.Random, person: Person) -> str:
    """The family name first, as in lists."""
    first = person.given
    if person.middle and person.style < 0.7:
        first += " " + (person.middle[0] if person.style < 0.15 else first_letter(person.middle[0]))
        first += "." if 0.15 < person.style < 0.4 else ""
    last = person.family
    chance = rng.random()
    if chance < 0.2:
        last = last.upper()
    if chance < 0.12 or 0.9 < chance < 0.97:
        first, last = first.upper(), last.upper()
    if person.suffix:
        last += pick(rng, (" ", ", ")) + person.suffix
    return f"{last}{pick(rng, _COMMAS)}{first}"


_COMMAS: Final = (*(", ",) * 14, *(",",) * 4, " ", "^", " , ")


def initials(rng: random.Random, person: Person) -> str:
    """The first letters: "MKS", "M.K.S."."""
    letters = [first_letter(name) for name in (person.given, *person.middle[:1], person.family)]
    if person.style < 0.3:
        del letters[1:-1]
    text = pick(rng, _INITIALS)(letters)
    return text.upper() if rng.random() > 0.03 else text.lower()


_INITIALS: Final[tuple[Callable[[list[str]], str], ...]] = (
    "".join,
    "".join,
    "".join,
    lambda letters: ".".join(letters) + ".",
    ".".join,
    lambda letters: ". ".join(letters) + ".",
    " ".join,
    "/".join,
)


def initial(rng: random.Random, person: Person) -> str:
    """Initials of the first names with the family name: "M. Smith", "Smith MK"."""
    first = first_letter(person.given)
    second = first_letter(person.middle[0]) if person.middle and person.style < 0.6 else ""
    dotted = f"{first}.{second}." if second else f"{first}."
    last = person.family
    return pick(rng, _INITIAL_FORMS).format(dotted=dotted, bare=first + second, first=first, last=last)


_INITIAL_FORMS: Final = (
    *("{dotted} {last}",) * 6,
    *("{bare} {last}",) * 3,
    "{dotted}{last}",
    "{first}.{last}",
    "{last} {bare}",
    "{last} {bare}",
    "{last}, {dotted}",
    "{last}, {bare}",
    "{last} {dotted}",
)


def short(rng: random.Random, person: Person) -> str:
    """The first name with the first letter of the family name, or the other way round."""
    first, letter = person.given, first_letter(person.family)
    return pick(
        rng, (f"{first} {letter}.", f"{first} {letter}.", f"{first} {letter}", f"{first_letter(first)}. {letter}.")
    )


def nick(_rng: random.Random, person: Person) -> str:
    """What friends call the person."""
    return person.nick


def spelled(rng: random.Random, person: Person) -> str:
    """A name letter by letter, as it is spoken."""
    name = plain(pick(rng, (person.family, person.family, person.given)))
    letters = [char for char in name.lower() if char.isalpha()]
    chance = rng.random()
    if chance < 0.12:
        return ", ".join(f"{char} {pick(rng, _AS_IN)} {_letter_word(rng, char)}" for char in letters)
    if chance < 0.3:
        return ", ".join(_doubled(letters))
    if chance < 0.45:
        return "-".join(char.upper() for char in letters)
    if chance < 0.6:
        return " ".join(char.upper() for char in letters)
    return " ".join(letters) if chance < 0.85 else " ".join(_doubled(letters))


_AS_IN: Final = ("as in", "for", "like")


def _letter_word(rng: random.Random, char: str) -> str:
    return pick(rng, _WORDS_OF.get(char, (char,)))


def _doubled(letters: list[str]) -> list[str]:
    said: list[str] = []
    for char in letters:
        if said and said[-1] == char:
            said[-1] = f"double {char}"
        else:
            said.append(char)
    return said


def _typed(rng: random.Random, name: str) -> str:
    """`name` as it comes from a keyboard: now and then in capitals, in small letters, or with an error."""
    chance = rng.random()
    if chance < _CAPITALS:
        return name.upper()
    if chance < _CAPITALS + _LOWER:
        return name.lower()
    if chance > 1 - _TYPING_ERROR and len(name) > 4:
        place = 1 + int(rng.random() * (len(name) - 2))
        if name[place : place + 2].isalpha():
            return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return name


FORMS: Final[Mapping[str, Form]] = {
    "": any_form,
    "full": full,
    "given": given,
    "family": family,
    "reversed": reversed_form,
    "initials": initials,
    "initial": initial,
    "short": short,
    "nick": nick,
    "spelled": spelled,
}
