"""Walks from a cue to a person's name. See `names` for the cues.

Only the words next to the cue are looked at, in capitals, or in any case where the whole note is written in
one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Extent
from streamdeid.detect.rules.walk import Word, one_case, words_after, words_before
from streamdeid.detect.rules.words import CITIES, COMMON, EPONYMS, GIVEN, SURNAMES, word_set

_PARTICLES = word_set(
    "van von der den de del della di da la las le los du el al bin bint ibn ben abu dos das st mac ter ten san santa o "
    "zu zur"
)
_SUFFIXES = word_set("jr sr ii iii iv")
_DEGREES = word_set(
    "md do rn np pa pac phd dds dmd dpm dvm od pharmd rph lpn lvn cna crna aprn arnp fnp cnm lcsw msw lmft "
    "psyd edd dpt pt ot otr ccc slp rd ldn mph mba ms ma bs ba bsn msn facs facc facp fnpc mbbs mbchb frcs "
    "frcp mrcp esq jd emt rt rrt mt ascp cphq facog faan faap"
)
#: What stands before names, and is none: titles, and what somebody is in court.
_TITLES = word_set(
    "dr doctor mr mrs ms miss mx prof professor sir madam rev father fr sister nurse judge officer captain defendant "
    "claimant plaintiff respondent appellant applicant petitioner district circuit chief lord lady pastor rabbi "
    "reverend chaplain"
)
#: What a word names if it stands before one of these: "Murphy sign" is no person.
_OF_EPONYM = word_set(
    "sign signs syndrome disease test tests drain drains catheter catheters clamp clamps procedure maneuver "
    "manoeuvre murmur retractor retractors forceps scale score scores classification protocol criteria "
    "valve suture sutures stent fracture fractures palsy phenomenon reflex law triad tube hernia incision "
    "approach technique operation repair position stain method formula equation index line lines node nodes "
    "body bodies cells cell lymphoma tumor sarcoma thyroiditis chorea ataxia contracture cyst ulcer gland "
    "glands duct ligament tendon fascia space pouch point angle plane membrane nucleus area fever block "
    "filter pump needle elevator rongeur scissors speculum blade hook pin pins wire wires nail rod cage "
    "screw plate brace splint boot bandage dressing tray bag lens lamp chart cards agar medium virus coma "
    "stage staging grade grading type class phase boots t-tube t-tubes ink corporation viper pacific "
    "esophagus reservoir loop ring rings trial study phacomatosis deformity malformation exam maneuvers "
    "paralysis dystrophy prosthesis implant knife pupil pupils spot spots jaw hallucinations"
)
_COMMA = re.compile(r",[ ]{0,2}")
#: What follows the label of a field: "Forename:", "Hosp no.".
_AFTER_LABEL = re.compile(r"(?:\(s\))?[ ]?:|[ ]no\b")
_ORDINAL = re.compile(r"[0-9](?:st|nd|rd|th) $")
_CONTRACTION = re.compile(r"(?:n't|'(?:m|ll|re|ve|d))$")
#: A line that ends before so many characters was ended on purpose, in characters.
_FULL_LINE = 50
#: The most words of a name that are looked at.
_REACH = 5


def _person_word(word: Word) -> bool:
    plain = word.plain
    return plain not in COMMON and plain not in _DEGREES and plain not in _TITLES and _CONTRACTION.search(plain) is None


def _name_words(text: str, position: int, most: int) -> Iterator[Word]:
    """As `words_after`, up to where one name ends whatever follows: before the label of the next field, and at a line
    that is not full, unless the next one begins with a surname."""
    before: Word | None = None
    for word in words_after(text, position, most):
        if before is not None and _begins_anew(text, before, word):
            return
        yield word
        before = word


def _begins_anew(text: str, before: Word, word: Word) -> bool:
    gap = text[before.end : word.start]
    if len(gap.replace("\n", "  ")) > 1 and _AFTER_LABEL.match(text, word.end):
        return True
    if "\n" not in gap:
        return False
    is_full = before.end >= _FULL_LINE and "\n" not in text[before.end - _FULL_LINE : before.end]
    return word.initial or not (word.plain in SURNAMES or is_full)


def _listed(word: Word) -> bool:
    return word.plain in SURNAMES or word.plain in GIVEN


def _everyday_surname(word: Word, before: Word) -> bool:
    """White and Green are surnames after a given name, and words elsewhere."""
    return word.plain in SURNAMES and before.plain in GIVEN and before.plain not in COMMON


def _more(words: list[Word], index: int, written: str) -> bool:
    """Whether word `index` goes on with a name whose first word is written as `written` says."""
    word, before = words[index], words[index - 1]
    if word.plain in _SUFFIXES:
        return True
    if before.text.endswith(("'s", "'S")):
        return False
    if before.text.endswith(".") and (
        word.start - before.end > 1 or not (before.initial or before.plain in _PARTICLES)
    ):
        return False
    if word.plain in _DEGREES and not word.capital:
        return False
    if word.plain in _PARTICLES and not word.initial:
        follower = next((after for after in words[index + 1 :] if after.plain not in _PARTICLES), None)
        if follower is not None and _person_word(follower):
            return follower.text[0].isupper() or written == "low"
    if word.initial:
        return word.text[0].isupper() and (
            word.text.endswith(".")
            or before.initial
            or (index + 1 < len(words) and _more(words, index + 1, written))
            or written == "shout"
        )
    if not _person_word(word) and not _everyday_surname(word, before):
        return False
    if written == "mixed":
        return word.text[0].isupper() and (not word.shouted or before.initial)
    if written == "low" and word.plain.endswith(("ing", "ed")) and word.plain not in SURNAMES:
        return False
    # In one case throughout, only a given name or an initial calls for another word.
    fits = word.shouted if written == "shout" else word.text.islower()
    calls = before.plain in GIVEN or before.initial or before.plain in _PARTICLES
    return fits and (calls or word.plain in SURNAMES)


def _case_of(word: Word) -> str:
    if word.text[0].islower():
        return "low"
    return "shout" if word.shouted else "mixed"


def _run(words: list[Word]) -> list[Word]:
    """The words at the beginning of `words` that make one name, the first of them taken for granted."""
    count = 1
    written = _case_of(words[0])
    if words[0].initial and len(words) > 1 and words[1].text[0].isupper():
        written = _case_of(words[1])
    elif words[0].plain in _PARTICLES:
        written = _case_of(next((word for word in words if word.plain not in _PARTICLES), words[0]))
    while count < len(words) and _more(words, count, written):
        count += 1
    return words[:count]


def _extent(run: list[Word], share: float) -> Extent:
    """From first to last word, without a closing point (unless an initial's or suffix's) and without a possessive."""
    last = run[-1]
    text = last.text
    keep = last.plain in _SUFFIXES
    if text.endswith(".") and not keep:
        text = text[:-1]
    if text.lower().endswith("'s"):
        text = text[:-2]
    return Extent(run[0].start, last.start + len(text), share)


def _eponymous(run: list[Word], folded: Folded) -> bool:
    if any(word.plain in _OF_EPONYM for word in run):
        return True
    following = next(_name_words(folded.text, min(run[-1].end + 1, len(folded.text)), 1), None)
    return following is not None and following.plain in _OF_EPONYM


def after_title(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "Dr.": one name at least, whatever it is called, unless it is plainly a word of the sentence."""
    words = list(_name_words(folded.text, match.end(), _REACH + 1))
    title = folded.text[match.start() : match.end()].strip()
    if title in ("MS.", "MR.") and not (words and _listed(words[0])):
        return None
    if words and _AFTER_LABEL.match(folded.text, words[0].end):
        return None
    if _ORDINAL.search(folded.lower, max(0, match.start() - 6), match.start()):
        return None  # 5th Dr.
    if title in ("MS", "MR") and not (words and _listed(words[0]) and one_case(folded.text, *match.span()) == "shout"):
        return None  # multiple sclerosis, magnetic resonance
    while words and (words[0].plain in _TITLES or (words[0].plain in ("and", "or", "the") and words[0].text.islower())):
        words = words[1:] if words[0].plain in _TITLES else []
    if not words or (words[0].plain in _DEGREES - {"ma", "do"} and words[0].shouted):
        return None
    first = words[0]
    small = first.text[0].islower() and first.plain not in _PARTICLES
    if small and one_case(folded.text, *match.span()) != "low":
        return None
    particle = first.plain in _PARTICLES and any(word.text[0].isupper() for word in words[1:3])
    likely = first.capital or first.plain in SURNAMES
    if first.plain in COMMON and not particle and (not likely or first.plain in _AFTER_TITLE_NOT):
        return None
    run = _run(words)
    return _extent(run, 1.0 if run[0].text[0].isupper() else 0.85)


def greeted(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "Dear", "Sincerely,": as after a title, but "Dear Parents" and "Dear Team" name nobody."""
    extent = after_title(match, folded)
    word = next(_name_words(folded.text, extent.start, 1), None) if extent else None
    return None if word is None or (word.plain in COMMON and word.plain not in SURNAMES) else extent


def greeted_by_name(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "Hi": a given name of the list, with a capital."""
    words = list(_name_words(folded.text, match.end(), 2))
    if not words or words[0].plain not in GIVEN or words[0].plain in COMMON or not words[0].capital:
        return None
    return _extent(_run(words), 1.0)


_AFTER_TITLE_NOT = word_set(
    "in on at the he she will has is was and or of to from who for with by as also office appointment visit "
    "recommended recommends i we they this that"
)


def field(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "Attending:": a name on the same line: "Doe, Jane", "Jane Q. Doe", "DOE, JANE"."""
    words = list(_name_words(folded.text, match.end(), _REACH + 2))
    while words and words[0].plain in _TITLES and words[0].plain not in GIVEN:
        words = words[1:]
    if not words or not _person_word(words[0]) or "\n" in folded.text[match.end() : words[0].start]:
        return None
    run = [word for word in _run(words) if "\n" not in folded.text[words[0].start : word.start]]
    reversed_name = _last_first(run, folded)
    if reversed_name is not None:
        return reversed_name
    share = _likelihood(run, folded)
    letter = match[0].startswith(("re:", "re ", "regarding", "subject"))
    if letter and not (_listed(run[0]) or _listed(run[-1])):
        return None  # the subject of a letter
    return _extent(run, share) if share else None


_DOTTED_DEGREE = re.compile(r"(?:M\.D|D\.O|R\.N|Ph\.D|L[CM]SW|D\.O\.B)\b", re.I)


def _last_first(run: list[Word], folded: Folded) -> Extent | None:
    """Doe, Jane Q.: the words after the comma, if they look like given names."""
    comma = _COMMA.match(folded.text, run[-1].end)
    if comma is None or run[-1].text.endswith(".") or _DOTTED_DEGREE.match(folded.text, comma.end()):
        return None
    rest = list(_name_words(folded.text, comma.end(), 3))
    if (
        not rest
        or not _person_word(rest[0])
        or rest[0].plain in _SUFFIXES
        or (_case_of(rest[0]) != _case_of(run[0]) and not rest[0].initial)
    ):
        return None
    given = _run(rest)
    known = given[0].plain in GIVEN
    return _extent(run + given, 1.0 if known else 0.8) if known or run[0].text[0].isupper() else None


def _likelihood(run: list[Word], folded: Folded) -> float:
    """How much words look like a name on their own: given names and surnames of the lists, capitals,
    more than one word."""
    if run[0].plain in EPONYMS and run[0].plain not in GIVEN and _eponymous(run, folded):
        return 0.0
    known = run[0].plain in GIVEN or run[-1].plain in SURNAMES
    several = len([word for word in run if not word.initial]) > 1 or (len(run) > 1 and run[0].initial)
    capital = run[0].text[0].isupper()
    if several and capital:
        return 1.0 if known else 0.85
    if several:
        return 0.9 if known else 0.0
    return (0.8 if capital else 0.5) if known else 0.0


def sure_field(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "electronically signed by": any name, even of one word."""
    extent = field(match, folded)
    if extent is not None:
        return extent
    words = list(_name_words(folded.text, match.end(), _REACH))
    if (
        not words
        or not words[0].text[0].isupper()
        or not _person_word(words[0])
        or (words[0].plain in EPONYMS and len(words) == 1)
    ):
        return None
    if match[0].rstrip(" :,").endswith((" with", " to")) and not _listed(words[0]):
        return None
    return _extent(_run(words), 0.75)


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
    return _extent(run, 1.0 if len(run) > 1 else 0.7)


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
        stop = word.text.endswith(".") and not word.initial and word.plain not in _PARTICLES | _SUFFIXES
        written = low or word.text[0].isupper() or word.plain in _PARTICLES
        alike = not taken or word.shouted == taken[0].shouted or word.initial or taken[0].initial
        if stop or not written or not alike or not _person_word(word):
            break
        taken.append(word)
    while taken and ((taken[-1].text.islower() and not low) or taken[-1].plain in _SUFFIXES):
        taken.pop()
    return taken[::-1]


def relative(match: re.Match[str], folded: Folded) -> Extent | None:
    """son John; wife, Mary; mother (Jane Doe): a given name of the list, or a word in capitals that is no eponym."""
    words = list(_name_words(folded.text, match.end(), _REACH))
    while words and words[0].plain in _TITLES and words[0].text[0].isupper():
        words = words[1:]
    if not words or not _person_word(words[0]):
        return None
    run = _run(words)
    known = run[0].plain in GIVEN
    if run[0].text[0].islower() or (run[0].shouted and not known) or run[0].initial:
        sure = known and len(run[0].text) > 3 and "," not in match[0] and run[0].plain not in EPONYMS
        return _extent(run, 0.7) if sure else None
    if _eponymous(run, folded) or (not known and run[0].plain in EPONYMS):
        return None
    sentence = "." in match[0] or ":" in match[0]
    if not known and (sentence or (len(run) == 1 and "," in match[0])):
        return None
    return _extent(run, 1.0 if known else 0.65)


def given_and_surname(match: re.Match[str], folded: Folded) -> Extent | None:
    """A given name of the list and a word in capitals after it, both as names are written."""
    words = list(_name_words(folded.text, match.start(), _REACH))
    if len(words) < 2 or not words[0].capital or words[0].initial or words[0].text.endswith("."):
        return None
    first = words[0].plain
    if first not in GIVEN or first in COMMON or words[0].text.lower().endswith("'s"):
        return None
    run = _run(words)
    full = [word for word in run if not word.initial and word.plain not in _SUFFIXES]
    if len(full) < 2 or _eponymous(run, folded) or not full[-1].capital:
        return None
    if all(word.plain in EPONYMS for word in full) and full[-1].plain not in SURNAMES:
        return None
    return _extent(run, 1.0 if full[-1].plain in SURNAMES else 0.75)


def last_comma_first(match: re.Match[str], folded: Folded) -> Extent | None:
    """SMITH, JOHN or Smith, John where nothing else speaks for a name: the given name must be of the list."""
    position, comma = _left_of(folded.text, match.start())
    words = list(_name_words(folded.text, match.start(), 3))
    before = list(words_before(folded.text, position, 2)) if comma else []
    if not words or not before or before[0].text.endswith(".") or not words[0].text[0].isupper():
        return None
    surname = before[0]
    alone = len(before) == 1 or before[1].plain in COMMON or before[1].text.endswith(".")
    if not alone or not surname.text[0].isupper() or surname.plain in COMMON:
        return None
    if _case_of(surname) != _case_of(words[0]):
        return None
    heading = surname.shouted and min(len(surname.text), len(words[0].text)) > 3
    if surname.plain in GIVEN - SURNAMES or (surname.plain not in SURNAMES and not heading):
        return None
    return _extent([surname, *_run(words)], 1.0)
