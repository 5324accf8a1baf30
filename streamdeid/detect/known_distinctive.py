"""Which stated values say who somebody is, and which say nothing (``UNKNOWN``, ``TEST``, ``0000``)."""

from __future__ import annotations

from functools import lru_cache

from streamdeid.detect.known_dates import day_of
from streamdeid.detect.known_names import split_name
from streamdeid.detect.known_places import GENERIC_PLACE_WORDS
from streamdeid.detect.known_text import word_set, words_of
from streamdeid.types import Entity

# Values by their words put together: fillers, and the test and system names that applications send.
_SAYS_NOTHING = word_set("""
    none null nil na nan no yes unknown unk unkn unkown unspecified undefined undisclosed anonymous anon test testing
    tester testpatient dummy demo demonstration sample example default same sameasabove self see seeabove above below
    other various multiple tbd tba todo pending notgiven notavailable notapplicable notknown notstated notprovided
    notonfile nophone notelephone nophonenumber noemail noaddress nofixedaddress patientdeclined patientrefused
    declinedtoanswer refused declined withheld confidential restricted private deleted invalid missing empty blank
    absent temp temporary patient thepatient pt person child baby babyboy babygirl boy girl infant newborn male female
    man woman
    husband wife spouse mother father parent mom dad son daughter brother sister sibling guardian friend employer
    doctor physician nurse provider attending staff admin administrator system user guest operator interface
    home work mobile cell phone fax email mail street address city state zip country county unknowncity nofixedabode
    nfa homeless doe0 xx xxx xyz abc abcd abcdef asdf foo bar baz string value text name firstname lastname middlename
    lab labs adt his lis ris emr ehr hie pacs hl7 fhir oru orm mdm siu epic cerner meditech allscripts main er ed
    icu local official usual primary secondary mr mrs ms dr
    """)
_SILENT_LABELS = word_set("""
    NAME/PREFIX NAME/SUFFIX NAME/DEGREE LOCATION/STATE LOCATION/COUNTRY LOCATION/ROOM AGE PROFESSION
    """)


@lru_cache(maxsize=8192)
def is_distinctive(entity: Entity) -> bool:
    """Whether a mention of the value in a text would point at its bearer. False for fillers, for what is too short
    (an identifier of under 4 characters, a telephone number of under 7 digits, an initial), for a date less precise
    than a day, and for labels that many people share (state, country, age, title)."""
    label = entity.label
    words = words_of(entity.value)
    form = "".join(words)
    if len(form) < 2 or label in _SILENT_LABELS or form in _SAYS_NOTHING:
        return False
    if len(set(form)) == 1 and (len(form) > 2 or form.isdigit()):
        return False
    family = label.partition("/")[0]
    if family == "NAME":
        return entity.value.isalpha() or label == "NAME/USER" or _names_somebody(entity)
    if family == "DATE":
        return day_of(entity.value) is not None
    if family == "ID":
        return _identifies(words, form)
    if family == "CONTACT":
        return _reaches(entity, form)
    return _locates(label, words, form)


def _names_somebody(entity: Entity) -> bool:
    keys = ["".join(words_of(entity.value[p.start : p.end])) for p in split_name(entity.value, entity.label)]
    return any(len(k) > 1 and k not in _SAYS_NOTHING and any(c.isalpha() for c in k) for k in keys)


def _identifies(words: list[str], form: str) -> bool:
    if len(form) < 4:
        return False
    if any(c.isdigit() for c in form):
        return True
    return len(form) > 4 and not any(w in _SAYS_NOTHING or w in GENERIC_PLACE_WORDS for w in words)


def _reaches(entity: Entity, form: str) -> bool:
    digits = sum(c.isdigit() for c in form)
    if entity.label in ("CONTACT/PHONE", "CONTACT/FAX") or not ("@" in entity.value or "." in entity.value):
        return digits >= 7
    return len(form) > 3


def _locates(label: str, words: list[str], form: str) -> bool:
    if label == "LOCATION/ZIP":
        return len(form) > 3 and any(c.isdigit() for c in form)
    if label == "LOCATION/GEO":
        return sum(c.isdigit() for c in form) > 4
    if label in ("LOCATION/CITY", "LOCATION/COUNTY"):
        return not form.isdigit()
    if label in ("LOCATION/STREET", "LOCATION/ADDRESS"):
        return len(words) > 1
    return len(form) > 2 and not form.isdigit() and not all(w in GENERIC_PLACE_WORDS for w in words)
