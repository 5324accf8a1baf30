"""Hospitals, schools, employers: they tell of a place, 45 CFR 164.514(b)(2)(i)(B), and of a person.

The cue is the head word ("Hospital"); the name is what stands before it, word by word back to a word that cannot be
part of it. A name has a word that is no kind of hospital and no everyday word: "Mercy General Hospital" is one, "the
pain clinic" is not.
"""

from __future__ import annotations

import re

from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Extent, Walk, walks
from streamdeid.detect.rules.walk import Word, words_after, words_before
from streamdeid.detect.rules.words import COMMON, EPONYMS

#: What tells the kind of a house from another, not the house.
_KINDS = frozenset(
    "general community county city state regional memorial university medical surgical day night outpatient inpatient ambulatory acute chronic long "
    "short term care emergency urgent primary family internal medicine surgery cardiology cardiac heart neurology neurological neurosurgery "
    "orthopedic orthopaedic orthopedics oncology cancer hematology urology urologic gynecology obstetric obstetrics ob gyn pediatric pediatrics "
    "psychiatric psychiatry mental behavioral behavior health healthcare dental eye ear nose throat ent skin dermatology allergy asthma pain spine "
    "sleep wound foot hand hip joint bone kidney renal dialysis liver gi gastroenterology endoscopy lung pulmonary chest diabetes diabetic endocrine "
    "endocrinology thyroid weight bariatric nutrition speech hearing voice memory rehab rehabilitation physical therapy occupational birth birthing "
    "maternity newborn women womens men children childrens child adult senior geriatric veterans veteran va naval army military private public "
    "rural urban academic teaching tertiary referral transplant trauma burn stroke imaging radiology radiation infusion coumadin anticoagulation "
    "travel student nursing skilled living assisted hospice palliative walk-in walk free follow-up followup visit initial new old main north south "
    "east west central high middle elementary grade grammar primary secondary graduate law pre preschool special home group hospital clinic center "
    "centre school college university service services unit office building site facility epilepsy infectious disease diseases vascular vein genetic "
    "genetics fertility movement disorders disorder neuromuscular hypertension lipid local outside area other another own same any each national "
    "international american united".split()
)
#: Words at which a name cannot go on, even in capitals.
_BREAKS = frozenset(
    "the a an our this that his her their my your at to from in by with or via per on was is were had has as after before during into near who "
    "presented presents seen taken went referred treated visited attends attended attending finished completed admitted discharged transferred "
    "transfer discharge admission date name location patient physician doctor dr mr mrs ms no yes not if when she he they i we it while since until "
    "upon inside outside through facility hospital dear re cc service department brief history past".split()
)
_LINKS = frozenset("of and & the for de la del los las el du".split())
_SAINTS = frozenset("st saint sainte mount mt our sacred holy good ft fort santa san".split())
_MOST_WORDS = 6


def _goes_on(word: Word, written: str) -> bool:
    """Whether `word` can belong to a name whose head is written as `written`."""
    if word.plain in _BREAKS or (word.text.endswith(".") and not word.initial and word.plain not in _SAINTS):
        return False
    if word.capital and written[0].isupper():
        return True
    same = word.shouted and written.isupper() or word.text.islower() and written.islower()
    return bool(same) and (word.plain not in COMMON or word.plain in _KINDS or word.plain in _SAINTS)


def _telling(words: list[Word]) -> float:
    """What share of a row's score the words before a head deserve: 0 if they only say what kind of house it is."""
    names = [word.plain for word in words if word.plain not in _KINDS and word.plain not in _LINKS]
    if not names:
        return 0.0
    saintly = len(names) > 1 and any(name in _SAINTS for name in names)
    share = 1.0 if saintly or any(name not in COMMON for name in names) else 0.6
    if share < 1.0 and not words[0].capital:
        return 0.0
    return share if words[0].capital else share * 0.8


def _name_before(match: re.Match[str], folded: Folded) -> Extent | None:
    """The name that ends with the head word, and what is hung on to it by "of" or "at"."""
    text, written = folded.text, folded.text[match.start() : match.end()].lstrip(", &")
    taken: list[Word] = []
    for word in words_before(text, match.start(), _MOST_WORDS):
        if word.plain in _LINKS and taken and word.plain != "the":
            taken.append(word)
        elif _goes_on(word, written):
            taken.append(word)
        else:
            break
    while taken and (taken[-1].plain in _LINKS or taken[-1].plain in ("", "s")):
        taken.pop()
    taken.reverse()
    end, more = _name_after(match, folded)
    share = max(_telling(taken), more)
    return Extent(taken[0].start if taken else match.start(), end, share) if share else None


_HANGS = re.compile(r" (?:of|at|for)(?: the)? ")


def _name_after(match: re.Match[str], folded: Folded) -> tuple[int, float]:
    """ "University of Denver", "Hospital for Special Surgery": where it ends, and what share it earns on its own."""
    text = folded.text
    hanging = _HANGS.match(folded.lower, match.end())
    if hanging is None or not text[match.start()].isupper():
        return match.end(), 0.0
    end, names = match.end(), []
    for word in words_after(text, hanging.end(), 4):
        linked = word.plain in ("of", "and", "the", "at")
        if not (linked and names) and not (word.capital and word.plain not in _BREAKS):
            break
        if not linked:
            end = word.end
            names.append(word.plain)
    if names and text[end - 1] == ".":
        end -= 1
    return end, 0.95 if any(name not in COMMON and name not in _KINDS and name not in EPONYMS for name in names) else 0.0


def _employer(match: re.Match[str], folded: Folded) -> Extent | None:
    """A name with capitals after "works at"."""
    taken: list[Word] = []
    for word in words_after(folded.text, match.end(), 4):
        if not word.capital and not (word.shouted and len(word.text) < 6) and not (word.plain in _LINKS and taken):
            break
        taken.append(word)
        if word.text.endswith(".") and not word.initial:
            break
    while taken and taken[-1].plain in _LINKS:
        taken.pop()
    if not taken or all(word.plain in COMMON or word.plain in _KINDS for word in taken):
        return None
    return Extent(taken[0].start, taken[-1].end - taken[-1].text.endswith("."), 1.0 if len(taken) > 1 else 0.8)


def _known(match: re.Match[str], folded: Folded) -> Extent | None:
    return Extent(match.start(), match.end(), 1.0) if folded.text[match.start()].isupper() else None


_ROWS: tuple[Walk, ...] = (
    ("hospital", "LOCATION/HOSPITAL", 0.9,
     "hospital hospitals medical clinic infirmary health healthcare hospice sanatorium manor convalescent trust surgicenter",
     r"(?<![a-z])(?:(?:children's |childrens )?hospitals?|medical (?:center|centre|group|college|associates|plaza|clinic)|clinic|infirmary|hospice|sanatorium|manor|healthcare"
     r"|health (?:system|center|centre|network|care|partners|services|trust)|nhs (?:foundation )?trust|surgicenter|convalescent (?:home|center|hospital))(?![a-z])", _name_before),
    ("house", "LOCATION/HOSPITAL", 0.8,
     "home facility rehab rehabilitation surgery surgical cancer heart care dialysis imaging radiology laboratory laboratories pharmacy retirement assisted practice institute",
     r"(?<![a-z])(?:nursing (?:home|center|facility)|rehab(?:ilitation)? (?:center|centre|hospital|institute)|(?:surgery|surgical|cancer|heart|care|imaging|dialysis|eye|spine) "
     r"(?:center|centre|institute)|urgent care|dialysis|radiology|laborator(?:y|ies)|pharmacy|retirement (?:home|community|village)|assisted living|care home|family (?:practice|medicine)|"
     r"medical practice)(?![a-z])", _name_before),
    ("chain", "LOCATION/HOSPITAL", 0.85,
     "mayo kaiser cedars walgreens quest labcorp ucla ucsf sloan johns cleveland geisinger sutter brigham bellevue massachusetts mass anderson",
     r"(?<![a-z])(?:mayo clinic|kaiser(?: permanente)?|cedars[ -]sinai|walgreens|quest diagnostics|labcorp|ucla|ucsf|(?:memorial )?sloan[ -]kettering|johns hopkins|cleveland clinic|"
     r"geisinger|sutter health|mass(?:achusetts)? general|brigham and women's|bellevue|md anderson)(?![a-z])", _known),
    ("school", "LOCATION/ORGANIZATION", 0.8, "school university college academy kindergarten preschool seminary",
     r"(?<![a-z])(?:(?:high|elementary|middle|primary|secondary|grammar|preparatory|nursing|medical|law) school|school(?! of)|university|(?:community )?college|academy|kindergarten|"
     r"preschool|seminary)(?![a-z])", _name_before),
    ("company", "LOCATION/ORGANIZATION", 0.75,
     "inc llc ltd corp corporation incorporated company plc gmbh llp associates industries airlines motors church parish synagogue mosque department prison jail correctional "
     "penitentiary base",
     r"(?<![a-z]),? ?(?:inc|llc|ltd|corp|corporation|incorporated|company|plc|gmbh|llp|& sons|& associates|industries|airlines|motors|church|parish|synagogue|mosque|"
     r"(?:fire|police|sheriff's) department|prison|jail|correctional (?:facility|institution)|penitentiary|air force base)(?![a-z])", _name_before),
    ("works-at", "LOCATION/ORGANIZATION", 0.6, "works worked working work employed employer job employee",
     r"(?<![a-z])(?:work(?:s|ed|ing)? (?:at|for)|employed (?:at|by|with)|employer(?: is|:)|job (?:at|with)|employee (?:of|at))(?: the)? {1,2}", _employer),
)  # fmt: skip

RULES = walks("organizations", _ROWS)
