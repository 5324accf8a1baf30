"""Which words next to a cue make one person's name, and where it ends.

Only words in capitals count, or words in any case where the whole note is written in one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Extent
from streamdeid.detect.rules.walk import Word, words_after
from streamdeid.detect.rules.words import COMMON, EPONYMS, GIVEN, SURNAMES, word_set

PARTICLES = word_set(
    "van von der den de del della di da la las le los du el al bin bint ibn ben abu dos das st mac ter ten san santa o "
    "zu zur"
)
SUFFIXES = word_set("jr sr ii iii iv")
DEGREES = word_set(
    "md do rn np pa pac phd dds dmd dpm dvm od pharmd rph lpn lvn cna crna aprn arnp fnp cnm lcsw msw lmft "
    "psyd edd dpt pt ot otr ccc slp rd ldn mph mba ms ma bs ba bsn msn facs facc facp fnpc mbbs mbchb frcs "
    "frcp mrcp esq jd emt rt rrt mt ascp cphq facog faan faap"
)
#: What stands before names, and is none: titles, and what somebody is in court.
TITLES = word_set(
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
#: A given name and a surname that stand for what is called after somebody, whatever follows.
_WHOLE_EPONYMS: Final = frozenset(
    (
        "argyll robertson", "austin flint", "austin moore", "bence jones", "bloody mary", "braxton hicks",
        "charles bonnet", "denis browne", "earl grey", "gordon holmes", "graham steell", "granny smith", "grey turner",
        "harris benedict", "jack russell", "jack russells", "lloyd davies", "marcus gunn", "mary jane", "ramsay hunt",
        "robert jones", "ross river", "simon broome", "spencer wells", "tommy john",
    )
)  # fmt: skip
#: What follows the label of a field: "Forename:", "Hosp no.".
AFTER_LABEL = re.compile(r"(?:\(s\))?[ ]?:|[ ]no\b")
_CONTRACTION = re.compile(r"(?:n't|'(?:m|ll|re|ve|d))$")
#: A line that ends before so many characters was ended on purpose, in characters.
_FULL_LINE = 50


def is_person_word(word: Word) -> bool:
    """Whether a word can be a person's name: no everyday or clinical word, no degree, no title, no contraction."""
    plain = word.plain
    return plain not in COMMON and plain not in DEGREES and plain not in TITLES and _CONTRACTION.search(plain) is None


def name_words(text: str, position: int, most: int) -> Iterator[Word]:
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
    if len(gap.replace("\n", "  ")) > 1 and word.plain not in SURNAMES and AFTER_LABEL.match(text, word.end):
        return True
    if "\n" not in gap:
        return False
    is_full = before.end >= _FULL_LINE and "\n" not in text[before.end - _FULL_LINE : before.end]
    return word.initial or not (word.plain in SURNAMES or is_full)


def is_listed(word: Word) -> bool:
    """Whether a word is a surname or a given name of the lists."""
    return word.plain in SURNAMES or word.plain in GIVEN


def _everyday_surname(word: Word, before: Word) -> bool:
    """White and Green are surnames after a given name, and words elsewhere."""
    return word.plain in SURNAMES and before.plain in GIVEN and before.plain not in COMMON


def _more(words: list[Word], index: int, written: str) -> bool:
    """Whether word `index` goes on with a name whose first word is written as `written` says."""
    word, before = words[index], words[index - 1]
    if word.plain in SUFFIXES:
        return True
    if before.text.endswith(("'s", "'S")):
        return False
    if before.text.endswith(".") and (word.start - before.end > 1 or not (before.initial or before.plain in PARTICLES)):
        return False
    if word.plain in DEGREES and not word.capital:
        return False
    if word.plain in PARTICLES and not word.initial:
        follower = next((after for after in words[index + 1 :] if after.plain not in PARTICLES), None)
        if follower is not None and is_person_word(follower):
            return follower.text[0].isupper() or written == "low"
    if word.initial:
        return word.text[0].isupper() and (
            word.text.endswith(".")
            or before.initial
            or (index + 1 < len(words) and _more(words, index + 1, written))
            or written == "shout"
        )
    if not is_person_word(word) and not _everyday_surname(word, before):
        return False
    if written == "mixed":
        return word.text[0].isupper() and (not word.shouted or before.initial)
    if written == "low" and word.plain.endswith(("ing", "ed")) and word.plain not in SURNAMES:
        return False
    # In one case throughout, only a given name or an initial calls for another word.
    fits = word.shouted if written == "shout" else word.text.islower()
    calls = before.plain in GIVEN or before.initial or before.plain in PARTICLES
    return fits and (calls or word.plain in SURNAMES)


def case_of(word: Word) -> str:
    """How a word is written: "low", "shout" (all in capitals), or "mixed"."""
    if word.text[0].islower():
        return "low"
    return "shout" if word.shouted else "mixed"


def run_of(words: list[Word]) -> list[Word]:
    """The words at the beginning of `words` that make one name, the first of them taken for granted."""
    count = 1
    written = case_of(words[0])
    if words[0].initial and len(words) > 1 and words[1].text[0].isupper():
        written = case_of(words[1])
    elif words[0].plain in PARTICLES:
        written = case_of(next((word for word in words if word.plain not in PARTICLES), words[0]))
    while count < len(words) and _more(words, count, written):
        count += 1
    return words[:count]


def extent_of(run: list[Word], share: float) -> Extent:
    """From first to last word, without a closing point (unless an initial's or suffix's) and without a possessive."""
    last = run[-1]
    text = last.text
    keep = last.plain in SUFFIXES
    if text.endswith(".") and not keep:
        text = text[:-1]
    if text.lower().endswith("'s"):
        text = text[:-2]
    return Extent(run[0].start, last.start + len(text), share)


def is_eponymous(run: list[Word], folded: Folded) -> bool:
    """Whether words that could be a name say what something is called after: "Murphy sign"."""
    if any(word.plain in _OF_EPONYM for word in run):
        return True
    following = next(name_words(folded.text, min(run[-1].end + 1, len(folded.text)), 1), None)
    return following is not None and following.plain in _OF_EPONYM


def is_whole_eponym(run: list[Word]) -> bool:
    """Whether a given name and a surname are what medicine, or a kitchen, has a thing of that name for."""
    return " ".join(word.plain for word in run[:2]) in _WHOLE_EPONYMS


def likelihood(run: list[Word], folded: Folded) -> float:
    """How much words look like a name on their own: given names and surnames of the lists, capitals,
    more than one word."""
    if run[0].plain in EPONYMS and run[0].plain not in GIVEN and is_eponymous(run, folded):
        return 0.0
    known = run[0].plain in GIVEN or run[-1].plain in SURNAMES
    several = len([word for word in run if not word.initial]) > 1 or (len(run) > 1 and run[0].initial)
    capital = run[0].text[0].isupper()
    if several and capital:
        return 1.0 if known else 0.85
    if several:
        return 0.9 if known else 0.0
    return (0.8 if capital else 0.5) if known else 0.0
