"""Values as people say them, word by word, and as software that listens writes them."""

from __future__ import annotations

import datetime as dt
import random
import re
from typing import Final

from streamdeid.training.values.dates import MONTHS
from streamdeid.training.values.lists import lexicon, pairs
from streamdeid.training.values.numbers import filled
from streamdeid.training.values.pieces import Piece, pick

_WORDS: Final = lexicon("spoken")
_ONES: Final = _WORDS["one"]
_TENS: Final = ("", "", *_WORDS["ten"])
_ORDINALS: Final = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
} | {
    "twelve": "twelfth",
    "twenty": "twentieth",
    "thirty": "thirtieth",
}
_TIMES: Final = {2: "double", 3: "triple"}
_NATO: Final = _WORDS["nato"]
_DATES: Final = _WORDS["date"]
_BIRTHS: Final = tuple(form for form in _DATES if "year}" in form or "short}" in form)
_ABBREVIATIONS: Final = dict(pairs(_WORDS["abbreviation"]))


def cardinal(number: int) -> str:
    """A number below 1,000 in words."""
    if number >= 100:
        rest = f" {cardinal(number % 100)}" if number % 100 else ""
        return f"{_ONES[number // 100]} hundred{rest}"
    if number < 20:
        return _ONES[number]
    return _TENS[number // 10] + (f" {_ONES[number % 10]}" if number % 10 else "")


def ordinal(number: int) -> str:
    """A number below 100 as one counts: "twenty first"."""
    *front, last = cardinal(number).split()
    return " ".join((*front, _ORDINALS.get(last, f"{last}th")))


def year_words(rng: random.Random, year: int) -> str:
    """A year as it is said."""
    century, rest = divmod(year, 100)
    if year // 1000 == 2 and ((century == 20 and rest < 10) or rng.random() < 0.3):
        return "two thousand" + (f"{pick(rng, (' ', ' and '))}{cardinal(rest)}" if rest else "")
    low = f"{pick(rng, ('oh', 'oh', 'o'))} {_ONES[rest]}" if rest < 10 else cardinal(rest)
    return f"{cardinal(century)} {low if rest else 'hundred'}"


def date(rng: random.Random, day: dt.date, birth: bool) -> list[Piece]:
    """A day as it is said; of a day of birth the year too. A leading article is no part of it."""
    form = pick(rng, _BIRTHS if birth else _DATES)
    rest = day.year % 100
    month = MONTHS[day.month - 1]
    text = form.format(
        th=ordinal(day.day),
        nth=ordinal(day.month),
        card=cardinal(day.day),
        month=month if rng.random() < 0.7 else month.lower(),
        year=year_words(rng, day.year) if rng.random() < 0.85 else day.year,
        short=cardinal(rest) if rest > 9 else f"oh {_ONES[rest]}",
        nm=cardinal(day.month),
        nd=cardinal(day.day),
        zm=_two(rng, day.month),
        zd=_two(rng, day.day),
    )
    lead = re.match(r"(?:um )?(?:the )?", text)
    start = lead.end() if lead else 0
    return [Piece(text[:start], ""), Piece(text[start:], "DATE")] if start else [Piece(text, "DATE")]


def _two(rng: random.Random, number: int) -> str:
    zero = pick(rng, ("oh", "zero", "oh", "o", "nought"))
    return f"{zero} {_ONES[number]}" if number < 10 else cardinal(number)


def digit_words(rng: random.Random, number: str) -> str:
    """`number` digit by digit, in groups; letters of it are said as they are."""
    zero = pick(rng, ("oh", "oh", "zero", "zero", "o"))
    doubling = rng.random() < 0.4
    groups = [_said(group, zero, doubling) for group in re.split(r"[\s./()-]+", number) if group]
    if rng.random() < 0.1:
        groups = [group.replace("double ", "").title() for group in groups]
    return pick(rng, (" ", " ", ", ", ", ", "... ", " - ", "  ", ". ")).join(groups)


def _said(group: str, zero: str, doubling: bool) -> str:
    said: list[str] = []
    place = 0
    while place < len(group):
        char = group[place]
        run = 1
        while doubling and run < 3 and group[place : place + run + 1] == char * (run + 1):
            run += 1
        word = zero if char == "0" else _ONES[int(char)] if char.isdigit() else char.lower()
        said.append(f"{_TIMES[run]} {word}" if run > 1 else word)
        place += run
    return " ".join(said)


_STATES: Final = {short: name for name, short in (state.split(", ") for state in lexicon("places")["state"])}
_LISTENED: Final = 0.15  # what listens often writes figures


def phone(rng: random.Random) -> str:
    """A telephone number as it is said."""
    number = filled(rng, pick(rng, _WORDS["phone"]))
    if rng.random() < _LISTENED:
        return number.replace("+", "").replace("-", pick(rng, (" ", "-", ", ")))
    prefix = "plus " if number.startswith("+") else ""
    return prefix + digit_words(rng, number.removeprefix("+"))


def number(rng: random.Random) -> str:
    """A number of a record or card as it is said."""
    text = filled(rng, pick(rng, _WORDS["number"]))
    if rng.random() < _LISTENED:
        return " ".join(text.replace("-", "").replace(" ", ""))
    if rng.random() < 0.15:
        pairs = [cardinal(int(pair)) for pair in re.findall(r"[1-9]\d", text)]
        return " ".join(pairs) if len(pairs) > 1 else digit_words(rng, text)
    return digit_words(rng, text)


def zip_code(rng: random.Random, code: str) -> str:
    """A postal code as it is said."""
    if code.isdigit() or rng.random() < 0.4:
        return digit_words(rng, code)
    if rng.random() < 0.4:
        return " ".join(
            _NATO[ord(char) - 97] if "a" <= char <= "z" else _digit(char) for char in code.lower() if char != " "
        )
    return " ".join(_digit(char) for char in code.lower() if char != " ")


def _digit(char: str) -> str:
    return _ONES[int(char)] if char.isdigit() else char


def email(rng: random.Random, address: str) -> str:
    """An e-mail address as it is said."""
    text = address.lower()
    text = re.sub(r"\d+", lambda match: f" {_figures(rng, match[0])} ", text)
    signs = {"@": " at ", ".": " dot ", "_": " underscore ", "-": pick(rng, (" dash ", " hyphen ")), "+": " plus "}
    return " ".join("".join(signs.get(char, char) for char in text).split())


def _figures(rng: random.Random, figures: str) -> str:
    if len(figures) == 2 and figures[0] != "0":
        return cardinal(int(figures))
    if len(figures) == 4 and figures[:2] in ("19", "20"):
        return year_words(rng, int(figures))
    return " ".join(_digit(char) for char in figures)


def address(rng: random.Random, pieces: list[Piece]) -> list[Piece]:
    """The pieces of a written address as they are said."""
    said = []
    between = pick(rng, (" ", ", ", " ", ", um, "))
    for text, label in pieces:
        if label == "ZIP":
            said.append(Piece(zip_code(rng, text), label))
        elif label == "STATE" and rng.random() < 0.8:
            said.append(Piece(_STATES.get(text, text), label))
        elif label:
            said.append(Piece(_spelled_out(rng, text), label))
        else:
            said.append(Piece("care of " if "/" in text else between, label))
    return said


def _spelled_out(rng: random.Random, text: str) -> str:
    """A street or town without figures and abbreviations."""
    text = text.replace(" 1/2", " and a half").replace("#", "number ").replace("-", " ")
    text = re.sub(r"(?<=\d)(?=[A-Za-z])(?!st|nd|rd|th)", " ", text)
    text = re.sub(r"\d+(?!\d|st|nd|rd|th)", lambda match: _house(rng, match[0]), text)
    text = re.sub(r"(\d\d?)(?:st|nd|rd|th)\b", lambda match: ordinal(int(match[1])), text)
    words = [_ABBREVIATIONS.get(word.rstrip(".,"), word) if place else word for place, word in enumerate(text.split())]
    return " ".join(words)


def _house(rng: random.Random, figures: str) -> str:
    if len(figures) < 3:
        return cardinal(int(figures))
    if len(figures) < 5 and "0" not in figures and rng.random() < 0.7:
        return f"{cardinal(int(figures[:-2]))} {cardinal(int(figures[-2:]))}"
    return " ".join(_digit(char) for char in figures)


def age(rng: random.Random, years: int) -> str:
    """An age as it is said."""
    words = cardinal(years)
    return words.replace(" ", "-", 1) if " " in words and rng.random() < 0.4 and years < 100 else words
