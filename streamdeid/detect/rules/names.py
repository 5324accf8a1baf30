"""Names, 45 CFR 164.514(b)(2)(i)(A), where the context leaves no doubt: a title, a degree, the heading of a field, a
relation; and, less surely, a given name before a surname.

A span is the name without title and degree: "Jane Doe" of "Dr. Jane Doe, MD".
"""

from __future__ import annotations

from streamdeid.detect.rules.persons import (
    after_title,
    before_degree,
    field,
    given_and_surname,
    greeted,
    greeted_by_name,
    last_comma_first,
    relative,
    sure_field,
)
from streamdeid.detect.rules.rule import Walk, walks
from streamdeid.detect.rules.words import COMMON, GIVEN

_SAYS = r"(?: ?(?:name|names|is|was|\(s\)))?[ ]?[:=][ :,]{0,4}"
_DOCTOR_FIELD = (
    r"(?:attending|(?:co-?)?surgeons?|(?:first |second )?assistants?|anesthesiologist|anesthetist|anesthesia"
    r"(?: by)?|referring"
    r"|referred by|ordering|ordered by|consultant|consulting|provider|physicians?|doctor|pcp|primary care"
    r"(?: physician| provider)?"
    r"|radiologist|pathologist|cardiologist|interpreting|reading|reviewer|technologist|technician|nurse"
    r"|resident|fellow|intern"
    r"|therapist|dictator|author|clinician|practitioner|hospitalist|operator|endoscopist|proctor"
    r"|perfusionist|midwife|pharmacist"
    r"|counselor|case ?manager|social worker|admitting|supervising|requesting|prescriber|requested by"
    r"|collected by|verified by)"
    r"(?: (?:physicians?|doctors?|md|m\.d\.|surgeons?|providers?|radiologist|nurse|consultant|practitioner"
    r"|staff|phys))?"
)
_DOCTOR_FIELD_WORDS = (
    "attending surgeon surgeons co cosurgeon first second assistant assistants anesthesiologist anesthetist "
    "anesthesia referring referred ordering ordered consultant consulting provider physician physicians "
    "doctor pcp primary radiologist pathologist cardiologist interpreting reading reviewer technologist "
    "technician nurse resident fellow intern therapist dictator author clinician practitioner hospitalist "
    "operator endoscopist proctor perfusionist midwife pharmacist counselor case casemanager social "
    "admitting supervising requesting prescriber requested collected verified"
)
_DONE_WORDS = (
    "dictated transcribed signed authenticated reviewed interpreted verified read reported performed "
    "ordered referred requested approved prepared completed written entered documented authored attested "
    "cosigned evaluated examined seen collected administered prescribed witnessed assisted supervised "
    "released typed finalized scribed called notified discussed"
)
_BY = (
    rf"(?:{_DONE_WORDS.replace(' ', '|')})(?: and (?:electronically )?(?:signed|verified|approved|reviewed"
    rf"|authenticated))?(?: electronically)?(?: (?:by|with|to))[ :,]{{1,4}}(?:dr\.? )?"
)
_RELATION_WORDS = (
    "son sons daughter daughters wife husband mother father mom dad brother brothers sister sisters aunt "
    "uncle cousin niece nephew grandson granddaughter grandmother grandfather grandma grandpa spouse "
    "partner boyfriend girlfriend fiance fiancee friend guardian caregiver neighbor neighbour roommate "
    "stepson stepdaughter stepmother stepfather twin twins baby sibling parent parents children kids poa"
)
_RELATION = (
    rf"(?:(?:son|daughter|mother|father|brother|sister)-in-law|next of kin|emergency contact"
    rf"|{_RELATION_WORDS.replace(' ', '|')})(?![a-z])"
    r"(?:,? (?:named|whose name is|is named|called))?(?: \(|(?:,|:| -)? {1,2})"
)
_DEGREE = (
    r"(?:m\.? ?d\.?|d\.?o\.?|r\.?n\.?|ph\.? ?d\.?|pa-?c|p\.a\.(?:-c\.?)?|pa|n\.?p\.?|fnp(?:-?(?:c|bc))?|arnp"
    r"|aprn|crna|cnm|lpn|lcsw"
    r"|psy\.?d\.?|d\.?d\.?s\.?|d\.?m\.?d\.?|d\.?p\.?m\.?|o\.d\.|pharm\.?d\.?|rph|dpt|mbbs|mbchb|bsn|msn|lmft"
    r"|lpc|facs|facc|facp|frcs|mrcp|d\.?c\.|ms|msw|rrt|cna|emt-?p?|esq\.?)(?![a-z0-9])"
)
_DEGREE_WORDS = (
    "md do rn phd ph pa pac np fnp arnp aprn crna cnm lpn lcsw psyd psy dds dmd dpm pharmd pharm rph dpt "
    "mbbs mbchb bsn msn lmft lpc facs facc facp frcs mrcp dc ms msw rrt cna emt esq =m.d =d.o. =r.n =p.a. "
    "=n.p =d.d.s =d.m.d =d.p.m =o.d. =d.c."
)
_NAMES = (
    r"(?:(?:patient|pt|client|member|resident)(?:'s)?(?: full| legal)?(?: name)?|(?:full|legal|last|first"
    r"|family|given|middle|birth|maiden|preferred)[ ]?names?|(?:sur|fore)names?|name|re|regarding|subject|individual)"
)
_PARTS = r"(?:(?:last|first|family|given|maiden)[ ]?names?|(?:sur|fore)names?)"
_NAMES_WORDS = (
    "patient pt client member resident full legal last first family given middle birth maiden preferred "
    "surname forename surnames forenames name re regarding subject individual"
)
_GREETING = (
    r"(?:dear|sincerely(?: yours)?,|(?:kind|best|warm) regards,|regards,|yours (?:sincerely|truly"
    r"|faithfully),|very truly yours,|respectfully(?: submitted)?,)[ \n]{1,6}"
)
_CONTACT = (
    r"(?:emergency contact|next of kin|nok|guardian|informant|mother|father|spouse|wife|husband|guarantor"
    r"|insured|subscriber|policy ?holder|poa|health ?care proxy|parent)"
)
_GIVEN_WORDS = " ".join(sorted(GIVEN - COMMON))

# fmt: off
_ROWS: tuple[Walk, ...] = (
    ("doctor", "NAME/DOCTOR", 0.94, "dr drs doctor doctors prof professor",
     r"(?:drs?\.|dr(?= )|drs(?= )|doctors?(?= [a-z])|prof(?:essor)?(?:\.|(?= )))[ \n]{0,3}", after_title),
    ("second-doctor", "NAME/DOCTOR", 0.8, "drs doctors",
     r"(?:drs\.?|doctors) {1,2}[a-z'-]{1,24}(?:,? [a-z'-]{1,24}|\.)? ?(?:,|and|&) {0,2}", sure_field),
    ("title", "NAME/PATIENT", 0.94, "mr mrs ms mx messrs miss mister",
     r"(?:mr|mrs|ms|mx|messrs)(?:\.|(?= ))[ \n]{0,3}|(?:miss|mister) {1,2}", after_title),
    ("office", "NAME/OTHER", 0.85, "nurse sister officer reverend rev pastor rabbi chaplain judge attorney "
     "captain sergeant sgt lt deputy detective",
     r"(?:nurse(?: practitioner)?|sister|officer|reverend|rev\.|pastor|rabbi|chaplain|judge|attorney|captain"
     r"|sergeant|sgt\.?|lt\.|deputy|detective) {1,2}", relative),
    ("patient-field", "NAME/PATIENT", 0.93, _NAMES_WORDS, _NAMES + _SAYS, field),
    ("part-field", "NAME/PATIENT", 0.85, "last first family given maiden surname forename surnames forenames", _PARTS
     + _SAYS, sure_field),
    ("name-is", "NAME/PATIENT", 0.85, "name named goes also nee formerly =a.k.a aka",
     r"(?:name is|named|a\.?k\.?a\.?,?|goes by|also known as|nee|formerly known as) ", field),
    ("doctor-field", "NAME/DOCTOR", 0.92, _DOCTOR_FIELD_WORDS, _DOCTOR_FIELD + _SAYS, sure_field),
    ("by", "NAME/DOCTOR", 0.9, _DONE_WORDS, _BY, sure_field),
    ("copy", "NAME/DOCTOR", 0.85, "cc bcc copy copies", r"(?:b?cc|cop(?:y|ies)(?: sent)? to)[ ]?[:=]?"
     r"[ ]{1,3}(?:dr\.? )?", field),
    ("greeting", "NAME/OTHER", 0.88, "dear sincerely kind best warm regards yours very respectfully",
     _GREETING, greeted),
    ("hello", "NAME/OTHER", 0.75, "hi hey hello hiya", r"(?:hi|hey|hello|hiya),? {1,2}(?:there,? )?",
     greeted_by_name),
    ("contact-field", "NAME/RELATIVE", 0.88,
     "emergency next nok guardian informant mother father spouse wife husband guarantor insured subscriber "
     "policy policyholder poa health healthcare parent", _CONTACT + _SAYS, field),
    ("relative", "NAME/RELATIVE", 0.85, _RELATION_WORDS + " next emergency", _RELATION, relative),
    ("degree", "NAME/DOCTOR", 0.93, _DEGREE_WORDS, r"(?<![a-z])" + _DEGREE, before_degree),
    ("given-surname", "NAME/OTHER", 0.7, _GIVEN_WORDS, r"[a-z]{2}", given_and_surname),
    ("last-first", "NAME/OTHER", 0.65, _GIVEN_WORDS, r"[a-z]{2}", last_comma_first),
)
# fmt: on

RULES = walks("names", _ROWS)
