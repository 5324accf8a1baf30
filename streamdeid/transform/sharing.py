"""One false value for all values of a label: what a policy asks for that does not key surrogates on the value.

The value's place is taken by one that stands for its kind, whose surrogate is the answer; so it agrees with what else
is derived in the scope: the false family name alone is that of the false full name. Identifiers, telephone numbers and
ZIP codes keep their shape. No value stands for itself: one that happens to be the answer gets the next one.
"""

from __future__ import annotations

import re
from typing import Final

from streamdeid.transform import lexicon
from streamdeid.transform.casing import folded, like
from streamdeid.transform.identifiers import stand_in
from streamdeid.transform.shapes import canonical, render
from streamdeid.transform.surrogates import Surrogates
from streamdeid.types import Entity

#: What stands for values that are written in words, by label; for other names, and other places, as for full ones.
_WORDS: Final = {
    "NAME": "Taylor Doe",
    "NAME/FAMILY": "Doe",
    "NAME/GIVEN": "Taylor",
    "LOCATION/ADDRESS": "100 Nonesuch Street, Nonesuch",
    "LOCATION/STREET": "100 Nonesuch Street",
    "LOCATION/CITY": "Nonesuch",
    "LOCATION/COUNTY": "Nonesuch County",
    "LOCATION/HOSPITAL": "Nonesuch Hospital",
    "LOCATION/ORGANIZATION": "Nonesuch",
    "PROFESSION": "nonesuch",
}
#: What is not chosen by the scope, so that it makes no difference what that is keyed on.
_UNKEYED: Final = frozenset(
    {"NAME/PREFIX", "NAME/SUFFIX", "NAME/DEGREE", "LOCATION/STATE", "LOCATION/COUNTRY", "LOCATION/GEO"}
)
_CODE: Final = re.compile(r"[A-Z0-9_.-]{1,20}", re.A)
_ZIP: Final = re.compile(r"(\d{3})(\d\d(?:-?\d{4})?)", re.A)
_TITLES: Final = lexicon.NAME_WORDS["title"]
_FIRST_WORD: Final = re.compile(r"[^\W\d_]+\.?\s+")
_POSSESSIVE: Final = re.compile(r"['\u2019`]s$", re.I)
_EMAIL: Final = re.compile(r"(mailto:)?\s*[^\s@<>]+@[^\s@<>]+", re.I)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://|www\.", re.I)
_IPV4: Final = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}((?:[:/]\d{1,5})?)", re.A)
_IPV6: Final = re.compile(r"(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]+(?:%\w+|/\d+)?", re.I | re.A)
_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/\S*)?", re.I)
_MOST_TRIES: Final = 16


def shared(surrogates: Surrogates, scope: str, entity: Entity, mention: str) -> str | None:
    """What stands for `mention`, a way to write the entity, and for everything else with its label in this scope;
    None where there is nothing to replace. Neither has blanks around it."""
    if entity.label in _UNKEYED:
        return surrogates.replace(scope, entity, mention)
    head, text, tail = _core(entity.label, mention)
    for number in range(_MOST_TRIES):
        turn = f"\n{number}" if number else ""
        new = _chosen(surrogates, scope + turn, entity, text)
        if new is None or _is_another(entity.label, text, new):
            return None if new is None else head + new + tail
    return surrogates.replace(scope, entity, mention)


def _core(label: str, mention: str) -> tuple[str, str, str]:
    """Titles before a name, the name, and an 's after it."""
    if not label.startswith("NAME") or label == "NAME/USER":
        return "", mention, ""
    start = 0
    while (word := _FIRST_WORD.match(mention, start)) and folded(word[0]) in _TITLES:
        start = word.end()
    possessive = _POSSESSIVE.search(mention)
    end = possessive.start() if possessive and possessive.start() > start else len(mention)
    return mention[:start], mention[start:end], mention[end:]


def _chosen(surrogates: Surrogates, scope: str, entity: Entity, text: str) -> str | None:
    label = entity.label if entity.label != "LOCATION" else _kind_of_place(surrogates, text)
    if label in _UNKEYED:
        return surrogates.replace(scope, entity, text)
    words = _in_words(label, text)
    if words:
        new = surrogates.replace(scope, Entity(label, words), words)
        if label.startswith("NAME") and new and len(folded(text)) == 1:
            return like(text, new[:1])
        return None if new is None else like(text, new)
    if label.startswith("ID") and text != entity.value:
        return _number(surrogates, scope, entity, text)
    standing = _in_shape(label, text)
    return surrogates.replace(scope, Entity(label, standing), standing)


def _kind_of_place(surrogates: Surrogates, text: str) -> str:
    """What a place is whose label does not say, by its form."""
    if text.casefold() in lexicon.STATES or text.casefold() in lexicon.COUNTRIES:
        return "LOCATION/STATE"
    if surrogates.places.is_institution(text):
        return "LOCATION/HOSPITAL"
    if _ZIP.fullmatch(text):
        return "LOCATION/ZIP"
    return "LOCATION/ADDRESS" if re.search(r"[\d,\n]", text) else "LOCATION/CITY"


def _in_words(label: str, text: str) -> str:
    """What stands for a value that is written in words; empty for one that has a shape to keep."""
    family = label.partition("/")[0]
    if family in ("ID", "CONTACT") or label in ("NAME/USER", "LOCATION/ZIP", "LOCATION/ROOM"):
        return ""
    general = "LOCATION/ADDRESS" if family == "LOCATION" else family
    is_code = _CODE.fullmatch(text) is not None and any(map(str.isdigit, text))
    if is_code and label in ("LOCATION/HOSPITAL", "LOCATION/ORGANIZATION"):
        return ""
    return _WORDS.get(label) or _WORDS[general]


def _in_shape(label: str, text: str) -> str:
    """What stands for all values of a shape."""
    if label.startswith("CONTACT"):
        return _contact(text)
    if label == "LOCATION/ROOM":
        return re.sub(r"[^\W\d_]{4,}", _room_word, re.sub(r"\d", "1", text))
    found = _ZIP.fullmatch(text) if label == "LOCATION/ZIP" else None
    return found[1] + re.sub(r"\d", "0", found[2]) if found else stand_in(text)


def _room_word(word: re.Match[str]) -> str:
    plain = word[0].casefold()
    is_kept = plain in lexicon.UNIT_WORDS or plain in lexicon.DIRECTIONS
    return word[0] if is_kept else like(word[0], "Nonesuch")


def _contact(text: str) -> str:
    if (email := _EMAIL.fullmatch(text)) is not None:
        return f"{email[1] or ''}nobody@example.com"
    if (ipv4 := _IPV4.fullmatch(text)) is not None:
        return f"10.0.0.1{ipv4[1]}"
    if _IPV6.fullmatch(text) and ("::" in text or text.count(":") >= 5):
        return "fe80::1"
    scheme = _SCHEME.match(text)
    if scheme or _HOST.fullmatch(text):
        return f"{scheme[0] if scheme else ''}nobody.example.com"
    return _phone(text)


def _phone(text: str) -> str:
    """As many digits in the same punctuation; what tells the country stays."""
    digits = "".join(char for char in canonical(text) if char.isdigit())
    head = next((head for head in ("0044", "001", "44", "1", "0") if digits.startswith(head)), "")
    rest = len(digits) - len(head)
    if (head in ("001", "1") and rest != 10) or (head not in ("001", "1", "") and rest not in (9, 10)):
        head, rest = "", len(digits)
    kind = digits[len(head) : len(head) + 1] if head and head not in ("001", "1") else "2"
    following = iter(head + kind + "2" * rest)
    return "".join(next(following) if char.isdecimal() else char for char in text)


def _number(surrogates: Surrogates, scope: str, entity: Entity, text: str) -> str | None:
    """A mention of a number: what stands for that, without the leading zeros or but for its end where the mention is
    so."""
    whole, part = canonical(entity.value), canonical(text)
    value = stand_in(entity.value)
    new = canonical(surrogates.replace(scope, entity._replace(value=value), value) or "")
    if part and whole.endswith(part):
        return render(text, new[-len(part) :])
    if whole and part.endswith(whole) and not part[: -len(whole)].strip("0"):
        return render(text, part[: -len(whole)] + new)
    standing = stand_in(text)
    return surrogates.replace(scope, entity._replace(value=standing), standing)


def _is_another(label: str, text: str, new: str) -> bool:
    """Whether a false value is not the true one; of a name, whether no word of it is."""
    if label.startswith("NAME") and label != "NAME/USER":
        return _name_words(text).isdisjoint(_name_words(new))
    return folded(text) != folded(new) or not folded(text)


def _name_words(text: str) -> set[str]:
    words = {folded(word) for word in re.findall(r"[^\W\d_]+", text)}
    return words if len(words) == 1 else {word for word in words if len(word) > 1}
