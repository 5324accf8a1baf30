"""Hospitals, schools, employers: they tell of a place, 45 CFR 164.514(b)(2)(i)(B), and of a person.

The cue is the head word ("Hospital"); the name is what stands before it, word by word back to a word that
cannot be part of it. A name has a word that is no kind of hospital and no everyday word: "Mercy General
Hospital" is one, "the pain clinic" is not.
"""

from __future__ import annotations

import re

from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Extent, Walk, walks
from streamdeid.detect.rules.walk import Word, one_case, words_after, words_before
from streamdeid.detect.rules.words import COMMON, EPONYMS, word_set

#: What tells the kind of a house from another, not the house.
_KINDS = word_set(
    "general community county city state regional memorial university medical surgical day night outpatient "
    "inpatient ambulatory acute chronic long short term care emergency urgent primary family internal "
    "medicine surgery cardiology cardiac heart neurology neurological neurosurgery orthopedic orthopaedic "
    "orthopedics oncology cancer hematology urology urologic gynecology obstetric obstetrics ob gyn "
    "pediatric pediatrics psychiatric psychiatry mental behavioral behavior health healthcare dental eye "
    "ear nose throat ent skin dermatology allergy asthma pain spine sleep wound foot hand hip joint bone "
    "kidney renal dialysis liver gi gastroenterology endoscopy lung pulmonary chest diabetes diabetic "
    "endocrine endocrinology thyroid weight bariatric nutrition speech hearing voice memory rehab "
    "rehabilitation physical therapy occupational birth birthing maternity newborn women womens men "
    "children childrens child adult senior geriatric veterans veteran va naval army military private public "
    "rural urban academic teaching tertiary referral transplant trauma burn stroke imaging radiology "
    "radiation infusion coumadin anticoagulation travel student nursing skilled living assisted hospice "
    "palliative walk-in walk free follow-up followup visit initial new old main north south east west "
    "central high middle elementary grade grammar primary secondary graduate law pre preschool special home "
    "group hospital clinic center centre school college university service services unit office building "
    "site facility epilepsy infectious disease diseases vascular vein genetic genetics fertility movement "
    "disorders disorder neuromuscular hypertension lipid local outside area other another own same any each "
    "national international american united interventional diagnostic nuclear neuro plastic sports "
    "management maintenance medicine catheterization cath sales blood vascular arrhythmia arrhythmias hernia headache "
    "migraine tb hiv std sti copd inr warfarin fracture breast prostate stoma lymphoedema lymphedema falls continence "
    "antenatal postnatal prenatal obesity methadone suboxone smoking cessation device devices pacemaker preop pre-op "
    "preadmission pre-admission preassessment pre-assessment"
)
#: Words at which a name cannot go on, even in capitals.
_BREAKS = word_set(
    "the a an our this that his her their my your at to from in by with or via per on was is were had has "
    "as after before during into near who presented presents seen taken went referred treated visited "
    "attends attended attending finished completed admitted discharged transferred transfer discharge "
    "admission date name location patient physician doctor dr mr mrs ms no yes not if when she he they i we "
    "it while since until upon inside outside through facility hospital dear re cc service department brief "
    "history past claimant defendant plaintiff respondent appellant applicant"
)
_LINKS = word_set("of and & the for de la del los las el du")
_SAINTS = word_set("st saint sainte mount mt our sacred holy good ft fort santa san")
#: Everyday words that places are called after.
_PLACELIKE = word_set(
    "hope grace faith mercy rose summer spring lake river park field green white black king wood stone "
    "church town brook hill valley view ridge bay sun star light life cross grove oak pine cedar maple rock "
    "fall snow sea island harbor bridge mission liberty unity"
)
_MOST_WORDS = 6


def _goes_on(word: Word, written: str, around: str) -> bool:
    """Whether `word` can belong to a name whose head is written as `written`, in a text that is written as `around`."""
    if word.plain in _BREAKS or (word.text.endswith(".") and not word.initial and word.plain not in _SAINTS):
        return False
    if word.capital and written[0].isupper():
        return True
    same = (word.shouted and written[0].isupper()) or (around == "low" and word.text.islower())
    return same and (
        word.plain not in COMMON or word.plain in _KINDS or word.plain in _SAINTS or word.plain in _PLACELIKE
    )


def _telling(words: list[Word]) -> float:
    """What share of a row's score the words before a head deserve: 0 if they only say what kind of house it is."""
    names = [word.plain for word in words if not _kind(word.plain) and word.plain not in _LINKS]
    if not names:
        return 0.0
    saintly = len(names) > 1 and any(name in _SAINTS for name in names)
    if not saintly and all(name in COMMON for name in names):
        return 0.7 if any(name in _PLACELIKE for name in names) and words[0].capital else 0.0
    return 1.0 if words[0].capital else 0.8


def _kind(word: str) -> bool:
    return word in _KINDS or word.endswith(
        ("ology", "ologic", "iatry", "iatric", "iatrics", "therapy", "surgery", "scopy")
    )


def _company(match: re.Match[str], folded: Folded) -> Extent | None:
    """As a hospital, with a comma before "Inc" or without."""
    comma = folded.text[max(0, match.start() - 2) : match.start()] == ", "
    return _name_before(match, folded, match.start() - 2 * comma)


def _name_before(match: re.Match[str], folded: Folded, position: int | None = None) -> Extent | None:
    """The name that ends with the head word, and what is hung on to it by "of" or "at"."""
    text, written = folded.text, folded.text[match.start() : match.end()]
    taken: list[Word] = []
    around = one_case(text, match.start(), match.end())
    if (around == "low" and not _FOR_PATIENTS.search(written)) or _NO_HOUSE.match(folded.lower, match.end()):
        return None
    for word in words_before(text, match.start() if position is None else position, _MOST_WORDS):
        our_lady = bool(taken) and (word.plain, taken[-1].plain) == ("our", "lady")
        if our_lady or (word.plain in _LINKS and taken and word.plain != "the") or _goes_on(word, written, around):
            taken.append(word)
        else:
            break
    while taken and (taken[-1].plain in _LINKS or taken[-1].plain in ("", "s")):
        taken.pop()
    taken.reverse()
    end, more = _name_after(match, folded)
    share = max(_telling(taken), more)
    return Extent(taken[0].start if taken else match.start(), end, share) if share else None


_FOR_PATIENTS = re.compile(r"hospital|medical cent|clinic|infirmary|hospice")
_NO_HOUSE = re.compile(
    r"[ \n]{1,2}(?:findings|data|studies|values|results?|tests?|testing|evaluation|work|exam|course|stay|report)"
)
_HANGS = re.compile(r" (?:of|at|for)(?: the)? ")


def _name_after(match: re.Match[str], folded: Folded) -> tuple[int, float]:
    """ "University of Denver", "Hospital for Special Surgery": where it ends, and what share it earns on its own."""
    text = folded.text
    hanging = _HANGS.match(folded.lower, match.end())
    if hanging is None or not text[match.start()].isupper():
        return match.end(), 0.0
    end = match.end()
    names: list[str] = []
    for word in words_after(text, hanging.end(), 4):
        if not names and hanging[0].startswith(" for") and word.plain not in COMMON and word.plain not in _KINDS:
            break  # a referral to the Infirmary for somebody
        linked = word.plain in ("of", "and", "the", "at")
        if not (linked and names) and not (word.capital and word.plain not in _BREAKS):
            break
        if not linked:
            end = word.end
            names.append(word.plain)
        if word.text.endswith(".") and not word.initial and word.plain not in _SAINTS:
            break
    if names and text[end - 1] == ".":
        end -= 1
    return end, 0.95 if any(
        name not in COMMON and name not in _KINDS and name not in EPONYMS for name in names
    ) else 0.0


def _employer(match: re.Match[str], folded: Folded) -> Extent | None:
    """A name with capitals after "works at"."""
    taken: list[Word] = []
    for word in words_after(folded.text, match.end(), 4):
        acronym = word.shouted and len(word.text) < 6
        if not (word.capital or acronym or (word.plain in _LINKS and taken)):
            break
        taken.append(word)
        if word.text.endswith(".") and not word.initial:
            break
    while taken and taken[-1].plain in _LINKS:
        taken.pop()
    if not taken or all(word.plain in COMMON or word.plain in _KINDS for word in taken):
        return None
    return Extent(taken[0].start, taken[-1].bare_end, 1.0 if len(taken) > 1 else 0.8)


def _known(match: re.Match[str], folded: Folded) -> Extent | None:
    """The name of a chain of hospitals or shops, written as a name."""
    return Extent(match.start(), match.end(), 1.0) if folded.text[match.start()].isupper() else None


_HOSPITAL = (
    r"(?:(?:children'?s )?hospitals?|medical (?:center|centre|group|college|associates|plaza|clinic)|clinic"
    r"|infirmary|hospice"
    r"|sanatorium|manor|healthcare|health (?:system|center|centre|network|care|partners|services|trust)|nhs "
    r"(?:foundation )?trust|surgicenter|convalescent (?:home|center|hospital))(?![a-z])"
)
_HOUSE = (
    r"(?:nursing (?:home|center|facility)|rehab(?:ilitation)? (?:center|centre|hospital|institute)|"
    r"(?:surgery|surgical|cancer|heart"
    r"|care|imaging|dialysis|eye|spine) (?:center|centre|institute)|urgent care|dialysis|radiology|laborator"
    r"(?:y|ies)|pharmacy|retirement (?:home|community|village)|assisted living|care home|family (?:practice|medicine)"
    r"|medical practice)(?![a-z])"
)
_CHAINS = (
    r"(?:mayo clinic|kaiser(?: permanente)?|cedars[ -]sinai|walgreens|quest diagnostics|labcorp|ucla|ucsf|"
    r"(?:memorial )?sloan[ -]kettering"
    r"|johns hopkins|cleveland clinic|geisinger|sutter health|mass(?:achusetts)? general|brigham and women's"
    r"|hospital for (?:special surgery|sick children)|bellevue|md anderson)(?![a-z])"
)
_SCHOOL = (
    r"(?:(?:high|elementary|middle|primary|secondary|grammar|preparatory|nursing|medical|law) school|school"
    r"(?! of)|university|(?:community )?college|academy|kindergarten|preschool|seminary)(?![a-z])"
)
_COMPANY = (
    r"(?:inc|llc|ltd|corp|corporation|incorporated|company|plc|gmbh|llp|industries|airlines|motors|church"
    r"|parish|synagogue|mosque"
    r"|(?:fire|police|sheriff's) department|prison|jail|correctional (?:facility|institution)|penitentiary"
    r"|air force base)(?![a-z])"
)
_WORKS = (
    r"(?:work(?:s|ed|ing)? (?:at|for)|employed (?:at|by|with)|employer(?: is|:)|job (?:at|with)|employee "
    r"(?:of|at))(?: the)? {1,2}"
)


def _transferred(match: re.Match[str], folded: Folded) -> Extent | None:
    """An abbreviation or a name after "transferred to", with nothing to say what it is."""
    words = list(words_after(folded.text, match.end(), 2))
    if not words or not words[0].text[0].isupper() or words[0].plain in COMMON or words[0].plain in _KINDS:
        return None
    if one_case(folded.text, match.start(), match.end()) != "mixed" or words[0].initial:
        return None
    second = words[1] if len(words) > 1 and not words[0].text.endswith(".") else None
    taken = words if second is not None and second.capital and second.plain not in COMMON else words[:1]
    return Extent(taken[0].start, taken[-1].bare_end, 1.0)


_TRANSFERRED = (
    r"(?:transfer(?:red)?|transported|referred|admitted|returned|airlifted|flown|sent) (?:back )?(?:to"
    r"|from) (?:the )?"
)

# fmt: off
_ROWS: tuple[Walk, ...] = (
    ("hospital", "LOCATION/HOSPITAL", 0.9,
     "hospital hospitals children childrens medical clinic infirmary hospice sanatorium manor healthcare "
     "health nhs surgicenter convalescent",
     _HOSPITAL, _name_before),
    ("house", "LOCATION/HOSPITAL", 0.8,
     "nursing rehab rehabilitation surgery surgical cancer heart care imaging dialysis eye spine urgent "
     "radiology laboratory laboratories pharmacy retirement assisted family medical", _HOUSE, _name_before),
    ("chain", "LOCATION/HOSPITAL", 0.85,
     "mayo kaiser cedars walgreens quest labcorp ucla ucsf memorial sloan johns cleveland geisinger sutter "
     "mass massachusetts brigham hospital bellevue md",
     _CHAINS, _known),
    ("school", "LOCATION/ORGANIZATION", 0.8,
     "high elementary middle primary secondary grammar preparatory nursing medical law school university "
     "community college academy kindergarten preschool seminary", _SCHOOL, _name_before),
    ("company", "LOCATION/ORGANIZATION", 0.75,
     "inc llc ltd corp corporation incorporated company plc gmbh llp industries airlines motors church "
     "parish synagogue mosque fire police sheriff prison jail correctional penitentiary air", _COMPANY, _company),
    ("works-at", "LOCATION/ORGANIZATION", 0.6, "work works worked working employed employer job employee",
     _WORKS, _employer),
    ("transferred", "LOCATION/HOSPITAL", 0.5, "transfer transferred transported referred admitted returned "
     "airlifted flown sent", _TRANSFERRED,
     _transferred),
)
# fmt: on

RULES = walks("organizations", _ROWS)
