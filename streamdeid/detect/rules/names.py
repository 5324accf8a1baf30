"""Names, 45 CFR 164.514(b)(2)(i)(A), where the context leaves no doubt: a title, a degree, the heading of a field, a relation.

A span is the name without title and degree ("Jane Doe" of "Dr. Jane Doe, MD"). Only the words at the cue are looked at, in
capitals, or in any case where the whole note is written in one.
"""

from __future__ import annotations

import re

from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Extent, Walk, walks
from streamdeid.detect.rules.walk import Word, words_after, words_before
from streamdeid.detect.rules.words import COMMON, EPONYMS, GIVEN, SURNAMES

_PARTICLES = frozenset("van von der den de del della di da la le du el al bin bint ibn ben abu dos das st mac ter ten san santa o".split())
_SUFFIXES = frozenset("jr sr ii iii iv".split())
_DEGREES = frozenset(
    "md do rn np pa pac phd dds dmd dpm dvm od pharmd rph lpn lvn cna crna aprn arnp fnp cnm lcsw msw lmft psyd edd dpt pt ot otr ccc slp rd ldn mph mba ms ma "
    "bs ba bsn msn facs facc facp fnpc mbbs mbchb frcs frcp mrcp esq jd emt rt rrt mt ascp cphq facog faan faap".split()
)
_TITLES = frozenset("dr doctor mr mrs ms miss mx prof professor sir madam rev father fr sister nurse judge officer captain".split())
#: What a word names if it stands before one of these: "Murphy sign" is no person.
_OF_EPONYM = frozenset(
    "sign signs syndrome disease test tests drain drains catheter catheters clamp clamps procedure maneuver manoeuvre murmur retractor retractors forceps scale score scores "
    "classification protocol criteria valve suture sutures stent fracture fractures palsy phenomenon reflex law triad tube hernia incision approach technique operation repair "
    "position stain method formula equation index line lines node nodes body bodies cells cell lymphoma tumor sarcoma thyroiditis chorea ataxia contracture cyst ulcer gland "
    "glands duct ligament tendon fascia space pouch point angle plane membrane nucleus area fever block filter pump needle elevator rongeur scissors speculum blade hook pin pins "
    "wire wires nail rod cage screw plate brace splint boot bandage dressing tray bag lens lamp chart cards agar medium virus coma stage staging grade grading type class "
    "phase boots esophagus reservoir loop ring rings trial study phacomatosis deformity malformation exam maneuvers paralysis dystrophy prosthesis implant knife".split()
)
_REACH = 4


def _person_word(word: Word) -> bool:
    plain = word.plain
    return plain not in COMMON and plain not in _DEGREES and plain not in _TITLES


def _more(words: list[Word], index: int, written: str) -> bool:
    """Whether word `index` goes on with a name whose first word is written as `written` says."""
    word, before = words[index], words[index - 1]
    if word.plain in _SUFFIXES:
        return True
    if before.text.endswith(".") and not before.initial and before.plain not in _PARTICLES:
        return False
    if word.plain in _DEGREES and not word.capital:
        return False
    if word.plain in _PARTICLES and index + 1 < len(words) and _person_word(words[index + 1]) and not word.initial:
        return words[index + 1].text[0].isupper() or written == "low"
    if word.initial:
        return word.text[0].isupper() and (word.text.endswith(".") or (index + 1 < len(words) and _more(words, index + 1, written)) or written == "shout")
    if not _person_word(word):
        return False
    if written == "mixed":
        return word.text[0].isupper() and (not word.shouted or before.initial)
    # In one case throughout, only a given name or an initial calls for another word.
    fits = word.shouted if written == "shout" else word.text.islower()
    return fits and (before.plain in GIVEN or before.initial or before.plain in _PARTICLES or word.plain in SURNAMES)


def _case_of(word: Word) -> str:
    if word.text[0].islower():
        return "low"
    return "shout" if word.shouted else "mixed"


def _run(words: list[Word]) -> list[Word]:
    """The words at the beginning of `words` that make one name, the first of them taken for granted."""
    count = 1
    written = _case_of(words[0])
    if words[0].initial and len(words) > 1:
        written = _case_of(words[1])
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
    following = next(words_after(folded.text, min(run[-1].end + 1, len(folded.text)), 1), None)
    return following is not None and following.plain in _OF_EPONYM


def _after_title(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "Dr.": one name at least, whatever it is called, unless it is plainly a word of the sentence."""
    words = list(words_after(folded.text, match.end(), _REACH + 1))
    title = folded.text[match.start() : match.end()].strip()
    while words and (words[0].plain in _TITLES or (words[0].plain in ("and", "or", "the") and words[0].text.islower())):
        words = words[1:] if words[0].plain in _TITLES else []
    if not words or words[0].plain in _DEGREES - {"ma", "do"} and words[0].shouted:
        return None
    first = words[0]
    if first.text[0].islower() and (title[0].isupper() and not _one_case(folded, match) and first.plain not in _PARTICLES):
        return None
    if first.plain in COMMON and (not first.capital or first.plain in _AFTER_TITLE_NOT):
        return None
    run = _run(words)
    return _extent(run, 1.0 if run[0].text[0].isupper() else 0.85)


_AFTER_TITLE_NOT = frozenset(
    "in on at the he she will has is was and or of to from who for with by as also office appointment visit recommended recommends i we they this that".split()
)


def _one_case(folded: Folded, match: re.Match[str]) -> bool:
    """Whether the text around the cue is all in capitals or all in small letters."""
    around = folded.text[max(0, match.start() - 40) : match.end() + 40]
    return around.isupper() or around.islower()


def _field(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "Attending:": a name on the same line: "Doe, Jane", "Jane Q. Doe", "DOE, JANE"."""
    words = [word for word in words_after(folded.text, match.end(), _REACH + 2)]
    while words and words[0].plain in _TITLES and words[0].plain not in GIVEN:
        words = list(words_after(folded.text, words[0].end + (folded.text[words[0].end : words[0].end + 1] == " "), _REACH))
    if not words or not _person_word(words[0]) or "\n" in folded.text[match.end() : words[0].start]:
        return None
    run = [word for word in _run(words) if "\n" not in folded.text[words[0].start : word.start]]
    reversed_name = _last_first(run, folded)
    if reversed_name is not None:
        return reversed_name
    share = _likelihood(run, folded)
    return _extent(run, share) if share else None


def _last_first(run: list[Word], folded: Folded) -> Extent | None:
    """Doe, Jane Q.: the words after the comma, if they look like given names."""
    comma = re.compile(r",[ ]{0,2}").match(folded.text, run[-1].end)
    if comma is None or run[-1].text.endswith("."):
        return None
    rest = list(words_after(folded.text, comma.end(), 3))
    if not rest or not _person_word(rest[0]) or rest[0].plain in _SUFFIXES or _case_of(rest[0]) != _case_of(run[0]) and not rest[0].initial:
        return None
    given = _run(rest)
    known = given[0].plain in GIVEN
    return _extent(run + given, 1.0 if known else 0.8) if known or run[0].text[0].isupper() else None


def _likelihood(run: list[Word], folded: Folded) -> float:
    """How much words look like a name on their own: given names and surnames of the lists, capitals, more than one word."""
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


def _sure_field(match: re.Match[str], folded: Folded) -> Extent | None:
    """After "electronically signed by": any name, even of one word."""
    extent = _field(match, folded)
    if extent is not None:
        return extent
    words = list(words_after(folded.text, match.end(), _REACH))
    if not words or not words[0].text[0].isupper() or not _person_word(words[0]) or words[0].plain in EPONYMS and len(words) == 1:
        return None
    return _extent(_run(words), 0.75)


def _before_degree(match: re.Match[str], folded: Folded) -> Extent | None:
    """Jane Q. Doe, MD; Doe, Jane, MD; JANE DOE MD."""
    if not folded.text[match.start("degree")].isupper() and not _one_case(folded, match):
        return None
    run = _back(folded, match.start())
    if not run:
        return None
    comma = folded.text[: run[0].start].rstrip(" ")[-1:] == ","
    if comma and len([word for word in run if not word.initial]) == 1:
        run = _back(folded, folded.text.rindex(",", 0, run[0].start))[-2:] + run
    if len(run) == 1 and (match["degree"].replace(".", "") in _WEAK_DEGREES or not match[0].startswith(",") or run[0].plain in EPONYMS or run[0].initial):
        return None
    return _extent(run, 1.0 if len(run) > 1 else 0.7)


_WEAK_DEGREES = frozenset("do pa ms ma pt ot rd ba bs rt mt od np dc".split())


def _back(folded: Folded, position: int) -> list[Word]:
    """The words before `position` that can be one name, in their order."""
    taken: list[Word] = []
    for word in words_before(folded.text, position, _REACH):
        stop = word.text.endswith(".") and not word.initial and word.plain not in _PARTICLES
        if stop or not (word.text[0].isupper() or word.plain in _PARTICLES or (word.text.islower() and taken and taken[-1].text.islower())):
            break
        if not _person_word(word) or (taken and word.shouted != taken[0].shouted and not word.initial and not taken[0].initial):
            break
        taken.append(word)
    while taken and (taken[-1].text.islower() or taken[-1].plain in _SUFFIXES):
        taken.pop()
    return taken[::-1]


def _relative(match: re.Match[str], folded: Folded) -> Extent | None:
    """son John; wife, Mary; mother (Jane Doe): a given name of the list, or a word in capitals that is no eponym."""
    words = list(words_after(folded.text, match.end(), _REACH))
    if not words or not _person_word(words[0]):
        return None
    run = _run(words)
    known = run[0].plain in GIVEN
    if run[0].text[0].islower() or (run[0].shouted and not known) or run[0].initial:
        return _extent(run, 0.7) if known and len(run[0].text) > 3 and "," not in match[0] and run[0].plain not in EPONYMS else None
    if _eponymous(run, folded) or (not known and run[0].plain in EPONYMS):
        return None
    sentence = "." in match[0] or ":" in match[0]
    if not known and (sentence or len(run) == 1 and "," in match[0]):
        return None
    return _extent(run, 1.0 if known else 0.65)


def _given_and_surname(match: re.Match[str], folded: Folded) -> Extent | None:
    """A given name of the list and a word in capitals after it, both as names are written."""
    words = list(words_after(folded.text, match.start(), _REACH))
    if len(words) < 2 or not words[0].capital or words[0].initial or words[0].text.endswith("."):
        return None
    first = words[0].plain
    if first not in GIVEN or first in COMMON or words[0].text.lower().endswith("'s"):
        return None
    run = _run(words)
    full = [word for word in run if not word.initial and word.plain not in _SUFFIXES]
    if len(full) < 2 or _eponymous(run, folded) or not full[-1].capital:
        return None
    if all(word.plain in EPONYMS for word in full) and not full[-1].plain in SURNAMES:
        return None
    return _extent(run, 1.0 if full[-1].plain in SURNAMES else 0.75)


def _last_comma_first(match: re.Match[str], folded: Folded) -> Extent | None:
    """SMITH, JOHN or Smith, John where nothing else speaks for a name: the given name must be of the list."""
    words = list(words_after(folded.text, match.end(), 3))
    before = list(words_before(folded.text, match.start(), 2))
    if not words or not before or before[0].text.endswith(".") or words[0].plain not in GIVEN or words[0].plain in COMMON:
        return None
    surname = before[0]
    alone = len(before) == 1 or before[1].plain in COMMON
    if not surname.text[0].isupper() or surname.plain in COMMON or surname.plain in GIVEN - SURNAMES or _case_of(surname) != _case_of(words[0]) or not alone:
        return None
    if surname.plain not in SURNAMES and not surname.shouted:
        return None
    return _extent([surname, *_run(words)], 1.0)


_N = r"(?<![a-z])"
_SAYS = r"(?: ?(?:name|names|is|was|\(s\)))?[ ]?[:=][ :,]{0,4}"
_DOCTOR_FIELDS = (
    r"(?:attending|surgeons?|assistants?|first assistant|second assistant|co-?surgeon|anesthesiologist|anesthetist|anesthesia(?: by)?|referring|referred by|ordering|ordered by|consultant|consulting|"
    r"provider|physicians?|doctor|pcp|primary care(?: physician| provider)?|radiologist|pathologist|cardiologist|interpreting|reading|reviewer|technologist|technician|nurse|resident|fellow|intern|"
    r"therapist|dictator|author|clinician|practitioner|hospitalist|operator|endoscopist|proctor|perfusionist|midwife|pharmacist|counselor|case ?manager|social worker|admitting|"
    r"supervising|requesting|prescriber|requested by|collected by|verified by)(?: (?:physicians?|doctors?|md|m\.d\.|surgeons?|providers?|radiologist|nurse|consultant|practitioner|staff|phys))?"
)
_BY = (
    r"(?:dictated|transcribed|signed|electronically signed|authenticated|electronically authenticated|reviewed|interpreted|verified|read|reported|performed|ordered|referred|requested|approved|"
    r"prepared|completed|written|entered|documented|authored|attested|cosigned|co-signed|evaluated|examined|seen|collected|administered|prescribed|witnessed|assisted|supervised|released|typed|"
    r"finalized|scribed|called|notified|discussed)(?: and (?:electronically )?(?:signed|verified|approved|reviewed|authenticated))?(?: electronically)?(?: (?:by|with|to))"
)
_BY_WORDS = "by with to"
_RELATION = (
    r"(?:sons?|daughters?|wife|husband|mother|father|mom|dad|brothers?|sisters?|aunt|uncle|cousin|niece|nephew|grandson|granddaughter|grandmother|grandfather|grandma|grandpa|spouse|partner|"
    r"boyfriend|girlfriend|fiancee?|friend|guardian|caregiver|neighbor|neighbour|roommate|stepson|stepdaughter|stepmother|stepfather|twins?|baby|sibling|parents?|children|kids|"
    r"son-in-law|daughter-in-law|mother-in-law|father-in-law|poa|next of kin|emergency contact)"
)
_DEGREE = (
    r"(?P<degree>m\.? ?d\.?|d\.?o\.?|r\.?n\.?|ph\.? ?d\.?|pa-?c|p\.a\.(?:-c\.?)?|pa|n\.?p\.?|fnp(?:-?(?:c|bc))?|arnp|aprn|crna|cnm|lpn|lcsw|psy\.?d\.?|d\.?d\.?s\.?|d\.?m\.?d\.?|d\.?p\.?m\.?|o\.d\.|"
    r"pharm\.?d\.?|rph|dpt|mbbs|mbchb|bsn|msn|lmft|lpc|facs|facc|facp|frcs|mrcp|d\.?c\.|ms|msw|rrt|cna|emt-?p?|esq\.?)"
)
_DEGREE_WORDS = (
    "md m rn r phd ph pa p np n fnp arnp aprn crna cnm lpn lcsw psyd psy dds dmd dpm d do o pharmd pharm rph dpt mbbs mbchb bsn msn lmft lpc facs facc facp frcs mrcp dc ms msw rrt cna emt esq"
)

_ROWS: tuple[Walk, ...] = (
    ("doctor", "NAME/DOCTOR", 0.95, "dr drs doctor doctors prof professor", rf"{_N}(?:drs?\.|dr(?= )|drs(?= )|doctors?(?= [a-z])|prof(?:essor)?\.?(?= ))[ \n]{{0,3}}", _after_title),
    ("second-doctor", "NAME/DOCTOR", 0.8, "drs doctors", rf"{_N}(?:drs\.?|doctors) {{1,2}}[a-z'-]{{1,24}}(?:,? [a-z'-]{{1,24}}|\.)? ?(?:,|and|&) {{0,2}}", _sure_field),
    ("title", "NAME/PATIENT", 0.94, "mr mrs ms miss mx messrs mister", rf"{_N}(?:mr|mrs|ms|mx|messrs)(?:\.|(?= ))[ \n]{{0,3}}|{_N}(?:miss|mister) {{1,2}}", _after_title),
    ("nurse", "NAME/OTHER", 0.85, "nurse sister officer reverend rev pastor rabbi chaplain judge attorney captain sergeant sgt lt deputy detective",
     rf"{_N}(?:nurse(?: practitioner)?|sister|officer|reverend|rev\.|pastor|rabbi|chaplain|judge|attorney|captain|sergeant|sgt\.?|lt\.|deputy|detective) {{1,2}}", _relative),
    ("patient-field", "NAME/PATIENT", 0.93, "patient pt name names client subject re regarding member resident individual",
     rf"{_N}(?:(?:patient|pt|client|member|resident)(?:'s)?(?: full| legal)?(?: name)?|(?:full|legal|last|first|family|given|middle|birth|maiden|preferred|sur|fore)[ ]?names?|name|re|regarding|subject|individual){_SAYS}", _field),
    ("patient-is", "NAME/PATIENT", 0.85, "name named called aka goes patient", rf"{_N}(?:(?:patient'?s?|his|her|my|their) name is|named|patient,|a\.?k\.?a\.?,?|goes by|also known as|n[eé]e|formerly known as) ", _field),
    ("doctor-field", "NAME/DOCTOR", 0.92, "attending surgeon surgeons assistant assistants cosurgeon anesthesiologist anesthetist anesthesia referring referred ordering ordered consultant consulting provider physician "
     "physicians doctor pcp care radiologist pathologist cardiologist interpreting reading reviewer technologist technician nurse resident fellow intern therapist dictator author clinician "
     "practitioner hospitalist operator endoscopist proctor perfusionist midwife pharmacist counselor manager casemanager worker admitting supervising requesting prescriber requested collected verified",
     rf"{_N}{_DOCTOR_FIELDS}{_SAYS}", _sure_field),
    ("by", "NAME/DOCTOR", 0.9, _BY_WORDS, rf"{_N}{_BY}[ :,]{{1,4}}(?:dr\.? )?", _sure_field),
    ("copy", "NAME/DOCTOR", 0.85, "cc copy copies bcc", rf"{_N}(?:b?cc|cop(?:y|ies)(?: sent)? to)[ ]?[:=]?[ ]{{1,3}}(?:dr\.? )?", _field),
    ("addressed", "NAME/OTHER", 0.88, "dear sincerely regards truly yours", rf"{_N}(?:dear|sincerely(?: yours)?,|(?:kind|best|warm)? ?regards,|yours (?:sincerely|truly|faithfully),|very truly yours,|respectfully(?: submitted)?,)"
     r"[ \n]{1,6}", _after_title),
    ("contact-field", "NAME/RELATIVE", 0.88, "contact kin guardian informant mother father spouse wife husband guarantor insured subscriber poa proxy",
     rf"{_N}(?:emergency contact|next of kin|nok|guardian|informant|mother|father|spouse|wife|husband|guarantor|insured|subscriber|policy ?holder|poa|health ?care proxy|parent){_SAYS}", _field),
    ("relative", "NAME/RELATIVE", 0.85, "son sons daughter daughters wife husband mother father mom dad brother brothers sister sisters aunt uncle cousin niece nephew grandson granddaughter grandmother grandfather grandma "
     "grandpa spouse partner boyfriend girlfriend fiance fiancee friend guardian caregiver neighbor neighbour roommate stepson stepdaughter stepmother stepfather twin twins baby sibling parents "
     "parent children kids law poa kin contact",
     rf"{_N}{_RELATION}(?:,? (?:named|whose name is|is named|called))?(?:,|:| \(| -)? {{1,2}}", _relative),
    ("degree", "NAME/DOCTOR", 0.93, _DEGREE_WORDS, rf"(?:,? {{0,2}}|,? \(){_DEGREE}(?![a-z0-9])", _before_degree),
    ("given-surname", "NAME/OTHER", 0.7, " ".join(sorted(GIVEN - COMMON)), r"(?<![a-z'-])[a-z][a-z'-]{1,19}(?= {1,2}[a-z])", _given_and_surname),
    ("last-first", "NAME/OTHER", 0.65, " ".join(sorted(GIVEN - COMMON)), r"(?<=[a-z]), {1,2}(?=[a-z]{2})", _last_comma_first),
)  # fmt: skip

RULES = walks("names", _ROWS)
