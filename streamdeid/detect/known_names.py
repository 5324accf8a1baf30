"""The parts of a person's name written in one string (HL7 XPN, FHIR HumanName.text): who is family, who is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from streamdeid.detect.known_nicknames import COMMON_GIVEN_NAMES
from streamdeid.detect.known_text import fold, word_set

#: Words before a name that keep when the name goes.
TITLES = word_set("""
    mr mrs ms mx miss mister missus madam madame mme mlle monsieur sir dame lord lady dr drs doctor doc prof professor
    rev revd reverend fr father sister brother rabbi imam pastor hon honorable judge capt captain col colonel maj
    major sgt sergeant lt lieutenant cpl gen general officer nurse sr sra srta senor senora senorita don dona herr
    frau signor signora dra doktor master med dipl ing
    """)
#: Generation suffixes: part of the name, but nobody's own.
SUFFIXES = word_set("jr junior sr senior ii iii iv 2nd 3rd 4th")
#: Academic and professional degrees behind a name.
DEGREES = word_set("""
    md do phd mbbs mbchb mb bch bs ba bsc ms msc ma mph mba mha rn bsn msn lpn lvn cna np arnp aprn fnp fnpc anp dnp
    crnp crna cnm cns pa pac pharmd rph dds dmd dpm dvm dc od pt dpt ot otr rd rdn ldn lcsw lmsw msw psyd edd jd esq
    faap facc facep facog facp facr facs faans fache fccp mrcp frcp frcs frca facr rt rrt ccc slp chb dipl ccrn cde
    """)
#: Lower-case words that belong to the family name behind them.
PARTICLES = word_set("""
    van von der den de del dela della di da das dos du le la el al bin ibn ben abu abd st ste saint ter ten zu zum af
    av y mac mc 't o ap
    """)
_ONLY_TITLES = word_set("mr mrs ms dr prof")  # nobody's name, even alone
_MAIDEN = word_set("nee geb born formerly aka")
_RARE_DEGREES = word_set("do ma ms ba bs pa dc od pt ot rd rt jd mb")  # people are called so as well

_WORD = re.compile(r"""[^\s,;:^&()\[\]{}"“”„«»/\\<>|=+*_.\-‐‑‒–—−~#@!?]+""")  # noqa: RUF001
_DOTTED = re.compile(r"(?<![^\W_])[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2})+(?![^\W_])")
_APOSTROPHES = "'’‘`´"  # noqa: RUF001


class NamePart(NamedTuple):
    """`text[start:end]` is one part of a name; `label` is one of the labels NAME/FAMILY, GIVEN, PREFIX, SUFFIX,
    DEGREE."""

    label: str
    start: int
    end: int


class _Token(NamedTuple):
    key: str
    start: int
    end: int
    gap: str  # what stands before it


def split_name(text: str, label: str = "NAME/FULL") -> list[NamePart]:
    """The parts of `text`, in its order: ``Doe, John A.``, ``John A Doe``, ``Dr. Jane O'Neil-Smith MD``,
    ``DOE^JOHN^A``, ``Ludwig van Beethoven Jr``.

    Each half of a hyphenated name is a part of its own, so that it is replaced alike with and without the other; a
    particle belongs to the word behind it (``van der Berg``, ``al-Masri``). `label` says what the string is known
    to hold: with NAME/FAMILY or NAME/GIVEN all words but titles, suffixes and degrees are of that kind. Words that
    are no name (``née``) are in no part. Never raises.
    """
    tokens = list(_tokens(text))
    groups = _groups(tokens)
    parts: list[NamePart] = []
    cores: list[list[_Token]] = []
    for group in groups:
        core, named = _strip(group, text, bool(cores))
        parts.extend(named)
        if core:
            cores.append(core)
    parts.extend(_label_cores(cores, label, text, any(p.label == "NAME/PREFIX" for p in parts)))
    return sorted(parts, key=lambda p: p.start)


def _tokens(text: str) -> Iterator[_Token]:
    dotted = {m.start(): m for m in _DOTTED.finditer(text)}
    behind = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        if start < behind:
            continue
        whole = dotted.get(start)
        if whole and fold(whole.group()).replace(".", "") in DEGREES:
            end = whole.end()
        while start < end and text[start] in _APOSTROPHES:
            start += 1
        while end > start and text[end - 1] in _APOSTROPHES:
            end -= 1
        key = fold(text[start:end]).replace("'", "").replace(".", "").strip()
        if key:
            yield _Token(key, start, end, text[behind:start])
            behind = end


def _groups(tokens: list[_Token]) -> list[list[_Token]]:
    """Tokens between commas or component separators."""
    groups: list[list[_Token]] = []
    for token in tokens:
        if not groups or any(c in token.gap for c in ",^;"):
            groups.append([])
        groups[-1].append(token)
    return groups


def _strip(group: list[_Token], text: str, behind_a_name: bool) -> tuple[list[_Token], list[NamePart]]:
    """The group without titles in front and suffixes and degrees behind, and those as parts."""
    core, parts = list(group), []
    while core and core[0].key in TITLES and _is_title(core, text, behind_a_name):
        parts.append(NamePart("NAME/PREFIX", core[0].start, core[0].end))
        core.pop(0)
    while core and (len(core) > 1 or behind_a_name):
        label = _is_suffix(core, text)
        if not label:
            break
        parts.append(NamePart(label, core[-1].start, core[-1].end))
        core.pop()
    return core, parts


def _is_title(core: list[_Token], text: str, behind_a_name: bool) -> bool:
    if len(core) > 1 or core[0].key in _ONLY_TITLES:
        return True
    return behind_a_name and not _is_suffix(core, text)


def _is_suffix(core: list[_Token], text: str) -> str:
    last = core[-1]
    if last.key in SUFFIXES:
        return "NAME/SUFFIX"
    if last.key not in DEGREES:
        return ""
    written = text[last.start : last.end]
    if last.key in _RARE_DEGREES and not (written.isupper() and not text.isupper()):
        return ""
    return "NAME/DEGREE"


def _label_cores(cores: list[list[_Token]], label: str, text: str, titled: bool) -> Iterator[NamePart]:
    if label in ("NAME/FAMILY", "NAME/GIVEN"):
        for core in cores:
            yield from _merge(core, label, label == "NAME/FAMILY")
        return
    if len(cores) > 1:
        yield from _merge(cores[0], "NAME/FAMILY", True)
        for core in cores[1:]:
            yield from _with_maiden(core, "NAME/GIVEN", True)
        return
    for core in cores:
        first, last = _family_range(core, text, titled)
        yield from _merge(core[:first], "NAME/GIVEN", False)
        yield from _with_maiden(core[first:last], "NAME/FAMILY", True)
        yield from _with_maiden(core[last:], "NAME/GIVEN", True)


def _family_range(core: list[_Token], text: str, titled: bool) -> tuple[int, int]:
    """Which of the words are the family name where no comma tells."""
    size = next((i for i, t in enumerate(core) if i and t.key in _MAIDEN), len(core))
    if size == 1:
        given = core[0].key in COMMON_GIVEN_NAMES and not titled
        return (1, 1) if given else (0, 1)
    keys = [t.key for t in core[:size]]
    common = keys[0] in COMMON_GIVEN_NAMES
    if len(keys[-1]) == 1 and len(keys[0]) > 1:
        if common:  # John D; John Doe A
            return (1, 2)
        return 0, _first_family(keys)
    if text.isupper() and not common and any(k in COMMON_GIVEN_NAMES for k in keys[1:]):
        behind = _first_family(keys)
        if keys[behind] in COMMON_GIVEN_NAMES:  # DOE JOHN, DOE JOHN ALBERT
            return 0, behind
    first = size - 1
    while first > 0 and _joins(core, first, text, titled):
        first -= 1
    return first, size


def _first_family(keys: list[str]) -> int:
    """The number of words in front that make up a family name: particles and one word."""
    count = 1
    while count < len(keys) - 1 and keys[count - 1] in PARTICLES:
        count += 1
    return count


def _joins(core: list[_Token], first: int, text: str, titled: bool) -> bool:
    """Whether the word before `first` belongs to the family name that begins there."""
    before, word = core[first - 1], core[first]
    if before.key in PARTICLES:
        lower = text[before.start].islower()
        return first > 1 or lower or titled or "-" in word.gap or word.key in PARTICLES
    return fold(word.gap) == "-"


def _with_maiden(core: list[_Token], label: str, particles: bool) -> Iterator[NamePart]:
    """Parts with `label`, but what stands behind ``née`` is a family name."""
    at = next((i for i, t in enumerate(core) if t.key in _MAIDEN), len(core))
    yield from _merge(core[:at], label, particles)
    yield from _merge(core[at + 1 :], "NAME/FAMILY", True)


def _merge(core: list[_Token], label: str, particles: bool) -> Iterator[NamePart]:
    """One part a word, particles drawn to the word behind them."""
    start = -1
    for i, token in enumerate(core):
        if start < 0:
            start = token.start
        last = i == len(core) - 1
        if _is_particle(core, i) and not last and (particles or i > 0):
            continue
        yield NamePart(label, start, token.end)
        start = -1


def _is_particle(core: list[_Token], i: int) -> bool:
    """Whether a word of a name is one like ``van``, or the ``'t`` behind one (``van 't Hof``), which folds to ``t``."""
    key = core[i].key
    return key in PARTICLES or (key == "t" and i > 0 and core[i - 1].key in PARTICLES)
