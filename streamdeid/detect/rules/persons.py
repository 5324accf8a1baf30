"""Walks from a cue to a person's name. See `names` for the cues.

Only the words next to the cue are looked at, in capitals, or in any case where the whole note is written in
one.
"""

from __future__ import annotations

import re

from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.name_words import (
    AFTER_LABEL,
    DEGREES,
    PARTICLES,
    SUFFIXES,
    TITLES,
    case_of,
    extent_of,
    is_eponymous,
    is_listed,
    is_person_word,
    is_whole_eponym,
    likelihood,
    name_words,
    run_of,
)
from streamdeid.detect.rules.rule import Extent
from streamdeid.detect.rules.walk import Word, one_case, words_before
from streamdeid.detect.rules.words import CITIES, COMMON, EPONYMS, GIVEN, SURNAMES, word_set

_COMMA = re.compile(r",[ ]{0,2}")
#: Of the parts of a name, each in a field of its own.
_LABELS = word_set("surname surnames forename forenames first last given family middle initials name")
_ORDINAL = re.compile(r"[0-9](?:st|nd|rd|th) $")
#: The most words of a name that are looked at.
_REACH = 5


def after_title(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "Dr.": one name at least, whatever it is called, unless it is plainly a word of the sentence."""
    words = list(name_words(folded.text, match.end(), _REACH + 1))
    title = folded.text[match.start() : match.end()].strip()
    if title in ("MS.", "MR.") and not (words and is_listed(words[0])):
        return None
    if words and words[0].plain in _LABELS and AFTER_LABEL.match(folded.text, words[0].end):
        return None  # Title: Mr   Surname:
    if _ORDINAL.search(folded.lower, max(0, match.start() - 6), match.start()):
        return None  # 5th Dr.
    if title in ("MS", "MR") and not (
        words and is_listed(words[0]) and one_case(folded.text, *match.span()) == "shout"
    ):
        return None  # multiple sclerosis, magnetic resonance
    while words and (words[0].plain in TITLES or (words[0].plain in ("and", "or", "the") and words[0].text.islower())):
        words = words[1:] if words[0].plain in TITLES else []
    if not words or (words[0].plain in DEGREES - {"ma", "do"} and words[0].shouted):
        return None
    first = words[0]
    small = first.text[0].islower() and first.plain not in PARTICLES
    if small and one_case(folded.text, *match.span()) != "low":
        return None
    particle = first.plain in PARTICLES and any(word.text[0].isupper() for word in words[1:3])
    likely = first.capital or first.plain in SURNAMES
    if first.plain in COMMON and not particle and (not likely or first.plain in _AFTER_TITLE_NOT):
        return None
    run = run_of(words)
    return extent_of(run, 1.0 if run[0].text[0].isupper() else 0.85)


def greeted(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "Dear", "Sincerely,": as after a title, but "Dear Parents" and "Dear Team" name nobody."""
    extent = after_title(match, folded)
    word = next(name_words(folded.text, extent.start, 1), None) if extent else None
    return None if word is None or (word.plain in COMMON and word.plain not in SURNAMES) else extent


def greeted_by_name(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "Hi": a given name of the list, with a capital."""
    words = list(name_words(folded.text, match.end(), 2))
    if not words or words[0].plain not in GIVEN or words[0].plain in COMMON or not words[0].capital:
        return None
    return extent_of(run_of(words), 1.0)


_AFTER_TITLE_NOT = word_set(
    "in on at the he she will has is was and or of to from who for with by as also office appointment visit "
    "recommended recommends i we they this that"
)


def field(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "Attending:": a name on the same line: "Doe, Jane", "Jane Q. Doe", "DOE, JANE"."""
    words = list(name_words(folded.text, match.end(), _REACH + 2))
    while words and words[0].plain in TITLES and words[0].plain not in GIVEN:
        words = words[1:]
    if not words or not is_person_word(words[0]) or "\n" in folded.text[match.end() : words[0].start]:
        return None
    run = [word for word in run_of(words) if "\n" not in folded.text[words[0].start : word.start]]
    reversed_name = _last_first(run, folded)
    if reversed_name is not None:
        return reversed_name
    share = likelihood(run, folded)
    letter = match[0].startswith(("re:", "re ", "regarding", "subject"))
    if letter and not (is_listed(run[0]) or is_listed(run[-1])):
        return None  # the subject of a letter
    return extent_of(run, share) if share else None


_DOTTED_DEGREE = re.compile(r"(?:M\.D|D\.O|R\.N|Ph\.D|L[CM]SW|D\.O\.B)\b", re.I)


def _last_first(run: list[Word], folded: Folded) -> Extent | None:
    """Doe, Jane Q.: the words after the comma, if they look like given names."""
    comma = _COMMA.match(folded.text, run[-1].end)
    if comma is None or run[-1].text.endswith(".") or _DOTTED_DEGREE.match(folded.text, comma.end()):
        return None
    rest = list(name_words(folded.text, comma.end(), 3))
    if (
        not rest
        or not is_person_word(rest[0])
        or rest[0].plain in SUFFIXES
        or (case_of(rest[0]) != case_of(run[0]) and not rest[0].initial)
    ):
        return None
    given = run_of(rest)
    known = given[0].plain in GIVEN
    return extent_of(run + given, 1.0 if known else 0.8) if known or run[0].text[0].isupper() else None


def sure_field(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "electronically signed by": any name, even of one word."""
    extent = field(match, folded)
    if extent is not None:
        return extent
    words = list(name_words(folded.text, match.end(), _REACH))
    if (
        not words
        or not words[0].text[0].isupper()
        or not is_person_word(words[0])
        or (words[0].plain in EPONYMS and len(words) == 1)
    ):
        return None
    if match[0].rstrip(" :,").endswith((" with", " to")) and not is_listed(words[0]):
        return None
    return extent_of(run_of(words), 0.75)


def before_degree(match: re.Match[str], folded: Folded) -> Extent | None:
    """Jane Q. Doe, MD; Doe, Jane, MD; JANE DOE MD."""
    text = folded.text
    if not text[match.start()].isupper() and one_case(folded.text, match.start(), match.end()) == "mixed":
        return None
    low = one_case(text, *match.span()) == "low"
    position, comma = _left_of(text, match.start())
    run = _back(folded, position, low)
    if low and not (run and run[0].plain in GIVEN - COMMON):
        return None
    if run and len([word for word in run if not word.initial]) == 1:
        before, surname_first = _left_of(text, run[0].start)
        run = (_back(folded, before, low)[-2:] if surname_first else []) + run
    if not run or position == match.start():
        return None
    degree = match[0].replace(".", "")
    if len(run) == 1 and (
        run[0].plain in CITIES or degree in _WEAK_DEGREES or not comma or run[0].plain in EPONYMS or run[0].initial
    ):
        return None
    return extent_of(run, 1.0 if len(run) > 1 else 0.7)


def _left_of(text: str, position: int) -> tuple[int, bool]:
    """Where the word before `position` ends, and whether a comma stands between."""
    end = position
    while end and text[end - 1] in " ,(" and position - end < 4:
        end -= 1
    return end, "," in text[end:position]


_WEAK_DEGREES = word_set("do pa ms ma pt ot rd ba bs rt mt od np dc")


def _back(folded: Folded, position: int, low: bool) -> list[Word]:
    """The words before `position` that can be one name, in their order; in small letters where all the text is."""
    taken: list[Word] = []
    for word in words_before(folded.text, position, _REACH):
        stop = word.text.endswith(".") and not word.initial and word.plain not in PARTICLES | SUFFIXES
        written = low or word.text[0].isupper() or word.plain in PARTICLES
        alike = not taken or word.shouted == taken[0].shouted or word.initial or taken[0].initial
        if stop or not written or not alike or not is_person_word(word):
            break
        taken.append(word)
    while taken and ((taken[-1].text.islower() and not low) or taken[-1].plain in SUFFIXES):
        taken.pop()
    return taken[::-1]


def relative(match: re.Match[str], folded: Folded) -> Extent | None:
    """son John; wife, Mary; mother (Jane Doe): a given name of the list, or a word in capitals that is no eponym."""
    words = list(name_words(folded.text, match.end(), _REACH))
    while words and words[0].plain in TITLES and words[0].text[0].isupper():
        words = words[1:]
    if not words or not is_person_word(words[0]):
        return None
    run = run_of(words)
    known = run[0].plain in GIVEN
    if run[0].text[0].islower() or (run[0].shouted and not known) or run[0].initial:
        sure = known and len(run[0].text) > 3 and "," not in match[0] and run[0].plain not in EPONYMS
        return extent_of(run, 0.7) if sure else None
    if is_eponymous(run, folded) or (not known and run[0].plain in EPONYMS):
        return None
    sentence = "." in match[0] or ":" in match[0]
    if not known and (sentence or (len(run) == 1 and "," in match[0])):
        return None
    return extent_of(run, 1.0 if known else 0.65)


def given_and_surname(match: re.Match[str], folded: Folded) -> Extent | None:
    """A given name of the list and a word in capitals after it, both as names are written."""
    words = list(name_words(folded.text, match.start(), _REACH))
    if len(words) < 2 or not words[0].capital or words[0].initial or words[0].text.endswith("."):
        return None
    first = words[0].plain
    if first not in GIVEN or first in COMMON or words[0].text.lower().endswith("'s"):
        return None
    run = run_of(words)
    full = [word for word in run if not word.initial and word.plain not in SUFFIXES]
    if len(full) < 2 or is_eponymous(run, folded) or is_whole_eponym(full) or not full[-1].capital:
        return None
    if all(word.plain in EPONYMS for word in full) and full[-1].plain not in SURNAMES:
        return None
    return extent_of(run, 1.0 if full[-1].plain in SURNAMES else 0.75)


def last_comma_first(match: re.Match[str], folded: Folded) -> Extent | None:
    """SMITH, JOHN or Smith, John where nothing else speaks for a name: the given name must be of the list."""
    position, comma = _left_of(folded.text, match.start())
    words = list(name_words(folded.text, match.start(), 3))
    before = list(words_before(folded.text, position, 2)) if comma else []
    if not words or not before or before[0].text.endswith(".") or not words[0].text[0].isupper():
        return None
    surname = before[0]
    alone = len(before) == 1 or before[1].plain in COMMON or before[1].text.endswith(".")
    if not alone or not surname.text[0].isupper() or surname.plain in COMMON:
        return None
    if case_of(surname) != case_of(words[0]):
        return None
    heading = surname.shouted and min(len(surname.text), len(words[0].text)) > 3
    if surname.plain in GIVEN - SURNAMES or (surname.plain not in SURNAMES and not heading):
        return None
    return extent_of([surname, *run_of(words)], 1.0)
