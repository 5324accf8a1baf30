"""Identifying numbers: 45 CFR 164.514(b)(2)(i)(G)-(M), (R).

A number is an identifier because a word before it says so, because its check digit or form says so, or, with less
certainty, because nothing else is written with so many digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from streamdeid.detect.rules import checks
from streamdeid.detect.rules.context import measured, word_before
from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.rule import Check, Row, rules

_SEPARATORS = re.compile(r"[ .-]")
#: With points or dashes and two digits for the year it might as well be a record number.
_DATE = re.compile(r"[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?|[0-9]{1,2}([-.])[0-9]{1,2}\1[0-9]{4}|[0-9]{4}([-/.])[0-9]{1,2}\2[0-9]{1,2}")
_DOSE = re.compile(r"[0-9.,]{1,9}(?:m?c?g|mgs|ml|cc|mm|cm|kg|lbs?|units?|iu|meq|hr?s?|min|x|yo?|st|nd|rd|th|w|d|wks?|mos?|am|pm|%)")
_OTHERWISE = re.compile(r"covid|h[0-9]n[0-9]|type|grade|stage|class|[tcl][0-9]{1,2}-[tcls]?[0-9]{1,2}$|fev1|hba1c|a1c|q[0-9]{1,2}h|[0-9]{1,2}:[0-9]{2}")


def _value(match: re.Match[str], folded: Folded) -> float:
    """Something with a digit that is no date, dose, fraction or amount; the more digits, the surer."""
    value = match["v"]
    digits = sum(character.isdigit() for character in value)
    other = _DATE.fullmatch(value) or _DOSE.fullmatch(value) or _OTHERWISE.match(value)
    if other or not digits or (digits < 4 and measured(folded.lower, match.end("v"))):
        return 0.0
    return 1.0 if digits >= 4 else 0.7


def _checked(check: Callable[[str], bool], otherwise: float) -> Check:
    """Full marks if the check digit is right, `otherwise` if it is not."""

    def share(match: re.Match[str], folded: Folded) -> float:
        return 1.0 if check(_SEPARATORS.sub("", match["v"]).upper()) else otherwise

    return share


def _long(match: re.Match[str], folded: Folded) -> float:
    """A run of seven or more digits that is not an amount. NPI and the like are the business of other rows."""
    return 0.0 if measured(folded.lower, match.end()) or word_before(folded.lower, match.start()) == "$" else 1.0


def _mixed(match: re.Match[str], folded: Folded) -> float:
    """Letters and at least four digits in one word of eight or more."""
    value = match["v"]
    digits = sum(character.isdigit() for character in value)
    return 1.0 if 4 <= digits and not value.isdigit() and not _DOSE.fullmatch(value) else 0.0


def _grouped(match: re.Match[str], folded: Folded) -> float:
    """Seven or more digits in groups, but no range of two years."""
    groups = match["v"].split("-")
    if sum(map(len, groups)) < 7 or measured(folded.lower, match.end()):
        return 0.0
    return 0.0 if len(groups) == 2 and len(groups[0]) == len(groups[1]) else 1.0


def _not_staging(match: re.Match[str], folded: Folded) -> float:
    return 0.0 if measured(folded.lower, match.end()) else 1.0


_V = r"(?P<v>(?=[a-z0-9._/-]{0,12}[0-9])[a-z0-9](?:[a-z0-9]|[._/-](?=[a-z0-9])){2,39})"
_V_SPACED = r"(?P<v>[0-9]{2,4}(?: [0-9]{2,4}){1,4}(?![0-9a-z/.-])|(?=[a-z0-9._/-]{0,12}[0-9])[a-z0-9](?:[a-z0-9]|[._/-](?=[a-z0-9])){2,39})"
_MARK = r"(?:numbers?|num|nos?|nr|nbr|id|ids|identifier|code|#)"
#: What may stand between an unmistakable word and its number; what must stand there after one of many meanings.
_MAY = rf"(?![a-z])[.:#=)]{{0,2}} {{0,3}}(?:(?:{_MARK}|is|was|of|card|policy)(?![a-z])[.:#=)(]{{0,2}} {{0,3}}){{0,3}}[:#=( \n-]{{0,4}}"
_MUST = rf"(?![a-z])(?:[.)]? {{0,2}}(?:{_MARK})(?![a-z])[.:#=)]{{0,2}}(?: (?:is|was)(?![a-z]))?|[:=#]) {{0,3}}[:#=( -]{{0,3}}"
_L = r"(?<![a-z])"

_ROWS: tuple[Row, ...] = (
    # Social security number and its foreign likes
    ("ssn", "ID/SSN", 0.97, "# -", r"(?P<v>[0-9](?<![0-9a-z.-][0-9])[0-9]{2}-[0-9]{2}-[0-9]{4})(?![0-9]|-[0-9])", _checked(checks.ssn, 0.0)),
    ("ssn-like", "ID/OTHER", 0.6, "# -", r"(?P<v>[0-9](?<![0-9a-z.-][0-9])[0-9]{2}-[0-9]{2}-[0-9]{4})(?![0-9]|-[0-9])", None),
    ("ssn-spaced", "ID/SSN", 0.7, "#", r"(?P<v>[0-9](?<![0-9a-z. -][0-9])[0-9]{2}([ .])[0-9]{2}\2[0-9]{4})(?![0-9]|[ -][0-9])", _checked(checks.ssn, 0.0)),
    ("ssn-said", "ID/SSN", 0.98, "# ssn ss social sin s",
     rf"{_L}(?:ssn|ss(?=[ #:n])|s\.s\.n?\.?|social sec(?:urity)?|social insurance|social(?= (?:is|was|#|number))|sin(?=[:#])){_MAY}"
     r"(?P<v>[0-9x*]{3}[ -]?[0-9x*]{2,3}[ -]?[0-9]{3,4})(?![0-9])", None),
    ("ssn-last", "ID/SSN", 0.85, "# ssn social ss", r"(?:ssn?|social(?: security)?)[^0-9\n]{0,20}(?:last|ending|ends)[^0-9\n]{0,20}(?:4|four)?[^0-9\n]{0,12}(?P<v>[0-9]{4})(?![0-9])", None),
    ("ssn-last-four", "ID/SSN", 0.85, "# last", r"last (?:4|four)(?: digits)?(?: of)?(?: (?:the|his|her|their|my|patient'?s?))? (?:ssn?|social(?: security)?(?: number)?)[:= a-z]{0,12}(?P<v>[0-9]{4})(?![0-9])", None),
    ("ssn-masked", "ID/SSN", 0.9, "# -", r"(?<![a-z0-9])(?P<v>[x*]{3}-[x*]{2}-[0-9]{4})(?![0-9])", None),
    ("national-insurance", "ID/SSN", 0.85, "#", r"(?P<v>[a-ceghj-prstw-z](?<![a-z0-9][a-z])[a-ceghj-nprstw-z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d])(?![a-z0-9])", _not_staging),
    # Medical records
    ("mrn", "ID/MRN", 0.96, "# mrn mr med medical mpi empi uhid urn hrn pid unit hospital chart patient pt record nhi",
     rf"{_L}(?:e?mrn|m\.r\.n\.?|med(?:ical)?\.? ?rec(?:ord)?s?|mr(?=[ ]?#)|e?mpi|uhid|urn(?=[:# ])|hrn|nhi(?=[: #])|(?:patient|pt|unit|hospital|hosp|chart|record|clinic)"
     rf"(?:'?s)?[ -]?(?=(?:{_MARK})[^a-z]|record|#)(?:record)?|pid(?=[:#])|chart(?=[:#])){_MAY}{_V_SPACED}", _value),
    ("nhs", "ID/MRN", 0.97, "# nhs", rf"{_L}nhs{_MAY}(?P<v>[0-9]{{3}}[ -]?[0-9]{{3}}[ -]?[0-9]{{4}})(?![0-9])", _checked(checks.nhs, 0.85)),
    ("nhs-alone", "ID/MRN", 0.75, "#", r"(?P<v>[0-9](?<![0-9a-z.(+-][0-9])[0-9]{2} [0-9]{3} [0-9]{4})(?![0-9]|[ -][0-9])", _checked(checks.nhs, 0.0)),
    ("chi", "ID/MRN", 0.95, "# chi", rf"{_L}chi{_MAY}(?P<v>[0-9]{{6}} ?[0-9]{{4}})(?![0-9])", None),
    # Accounts and visits
    ("account", "ID/ACCOUNT", 0.94, "# account accounts acct acc acnt fin har csn guarantor encounter visit admission invoice billing bill bank iban routing",
     rf"{_L}(?:acc(?:oun)?ts?|acnt|fin(?=[:# ])|har(?=[:#])|csn|iban|routing|(?:guarantor|encounter|visit|admission|invoice|bill(?:ing)?|receipt)(?=.{{0,2}}{_MARK}|:)){_MAY}{_V_SPACED}", _value),
    ("card", "ID/ACCOUNT", 0.96, "#", r"(?P<v>[2-6](?<![0-9a-z.-][0-9])[0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7})(?![0-9a-z]|[ -][0-9])", _checked(checks.card, 0.0)),
    ("card-amex", "ID/ACCOUNT", 0.96, "#", r"(?P<v>3(?<![0-9a-z.-]3)[47][0-9]{2}[ -][0-9]{6}[ -][0-9]{5})(?![0-9])", _checked(checks.card, 0.0)),
    ("card-said", "ID/ACCOUNT", 0.9, "# visa mastercard amex discover credit debit card",
     rf"{_L}(?:visa|master ?card|amex|american express|discover|credit card|debit card|card){_MUST}(?P<v>[0-9x*](?:[0-9x* -]{{2,22}})[0-9])(?![0-9])", None),
    ("iban", "ID/ACCOUNT", 0.96, "#", r"(?P<v>[a-z](?<![a-z0-9][a-z])[a-z][0-9]{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?)(?![a-z0-9])", _checked(checks.iban, 0.0)),
    # Health plans
    ("plan", "ID/PLAN", 0.93, "# policy member subscriber subs group grp plan medicaid medicare insurance ins insured beneficiary payer hicn hic mbi claim auth authorization preauth coverage bin rxbin pcn rxgrp certificate",
     rf"{_L}(?:hicn|mbi|hic(?=[:# n])|medicaid|medicare|policy|member(?:ship)?|subscriber|beneficiary|insured|(?:pre-?)?auth(?:orization)?|rxbin|rxgrp|rxpcn|"
     rf"(?:group|grp|plan|insurance|ins|payer|claim|coverage|bin|pcn|certificate|cert)(?=.{{0,2}}{_MARK}[^a-z]|:)){_MUST}{_V_SPACED}", _value),
    ("medicare", "ID/PLAN", 0.85, "# medicare medicaid hicn mbi", rf"{_L}(?:medicare|medicaid|hicn|mbi){_MAY}(?P<v>[a-z]{{0,2}}[0-9][a-z0-9-]{{7,14}})(?![a-z0-9])", _value),
    ("mbi", "ID/PLAN", 0.9, "#", r"(?P<v>[1-9](?<![0-9a-z-][0-9])[ac-hj-kmnp-rt-y][ac-hj-kmnp-rt-y0-9][0-9]-?[ac-hj-kmnp-rt-y][ac-hj-kmnp-rt-y0-9][0-9]-?[ac-hj-kmnp-rt-y]{2}[0-9]{2})(?![a-z0-9])",
     _checked(checks.mbi, 0.0)),
    # Certificates and licences
    ("npi", "ID/NPI", 0.99, "# npi", rf"{_L}npi{_MAY}(?P<v>[0-9]{{10}})(?![0-9])", _checked(checks.npi, 0.85)),
    ("npi-alone", "ID/NPI", 0.7, "#5", r"(?P<v>[12](?<![0-9a-z.+-][0-9])[0-9]{9})(?![0-9a-z]|[.-][0-9])", _checked(checks.npi, 0.0)),
    ("dea", "ID/LICENSE", 0.97, "# dea", rf"{_L}dea{_MAY}(?P<v>[a-z][a-z9][0-9]{{7}})(?![0-9a-z])", _checked(checks.dea, 0.9)),
    ("dea-alone", "ID/LICENSE", 0.85, "#5", r"(?P<v>[abcdefghjklmpr-u](?<![a-z0-9][a-z])[a-z9][0-9]{7})(?![0-9a-z])", _checked(checks.dea, 0.0)),
    ("license", "ID/LICENSE", 0.92, "# license licence lic certificate certification cert dl driver drivers upin registration permit passport gmc nmc board state",
     rf"{_L}(?:(?:driver'?s?'?s? )?lic(?:en[sc]e)?s?|certificat(?:e|ion)|cert|dl(?=.?#|:)|upin|reg(?:istration)?|permit|passport|gmc|nmc|state(?= ?id)){_MUST}(?:[a-z]{{2}} )?{_V}", _value),
    ("license-loose", "ID/LICENSE", 0.75, "# license licence passport", rf"{_L}(?:licen[sc]e|passport){_MAY}(?P<v>[a-z]{{0,3}}[0-9][a-z0-9-]{{4,15}})(?![a-z0-9])", _value),
    # Vehicles
    ("vin", "ID/VEHICLE", 0.97, "#5", r"\b(?P<v>(?=[a-z0-9]{0,16}[0-9])[a-hj-npr-z0-9]{17})(?![a-z0-9])", _checked(checks.vin, 0.0)),
    ("vin-said", "ID/VEHICLE", 0.9, "# vin", rf"{_L}vin{_MAY}(?P<v>[a-z0-9]{{11,17}})(?![a-z0-9])", _value),
    ("plate", "ID/VEHICLE", 0.85, "# plate plates tag vehicle registration",
     rf"{_L}(?:(?:licen[sc]e |number |vehicle )?plates?|vehicle(?: reg(?:istration)?)?|registration|(?:license|vehicle) tag)[ .:#]{{0,2}}(?:(?:{_MARK}|is|was|reads|reading|of)[ :.#]{{1,2}}){{0,2}}"
     r"(?:[a-z]{2} )?(?P<v>(?=[a-z0-9 -]{0,7}[0-9])[a-z0-9]{1,4}[ -]?[a-z0-9]{2,5})(?![a-z0-9])", _value),
    # Devices
    ("udi", "ID/DEVICE", 0.97, "# (01)", r"(?P<v>\(01\) ?[0-9]{14}(?: ?\([0-9]{2,4}\) ?[a-z0-9/.-]{1,30}){0,6})", None),
    ("serial", "ID/DEVICE", 0.93, "# serial sn s ser lot device udi model implant imei pacemaker ref catalog di",
     rf"{_L}(?:serial|ser(?=[. ]{{0,2}}(?:no|#))|s/n|sn(?=[:#])|udi(?:-di)?|imei)(?: (?:number|no\.?|num|#))?{_MAY}{_V}", _value),
    ("device", "ID/DEVICE", 0.85, "# lot device model implant pacemaker ref catalog catalogue batch asset icd",
     rf"{_L}(?:lot|device|model|implant|pacemaker|ref|catalog(?:ue)?|batch|asset){_MUST}{_V}", _value),
    ("device-part", "ID/DEVICE", 0.8, "# serial lot", rf"{_L}(?:serial|lot) (?P<v>(?=[a-z-]{{0,6}}[0-9]{{3}})[a-z0-9-]{{5,24}})(?![a-z0-9])", _value),
    # Everything else that has a number
    ("accession", "ID/OTHER", 0.93, "# accession specimen case order requisition req path pathology surgical sample lab study protocol subject participant trial reference ref confirmation ticket "
     "incident docket badge employee student tax ein tin prescription rx script document doc report file image exam mpan tracking referral request job id identifier record registry donor unos isrctn",
     rf"{_L}(?:accession|specimen|case|order|requisition|req|path(?:ology)?|surgical|sample|lab|study|protocol|subject|participant|trial|reference|ref|confirmation|ticket|incident|docket|badge|"
     rf"employee|student|tax(?:payer)?|ein|tin|prescription|rx|script|document|doc|report|file|image|exam|tracking|referral|request|record|registry|donor|unos|isrctn){_MUST}{_V}", _value),
    ("accession-loose", "ID/OTHER", 0.8, "# accession", rf"{_L}accession{_MAY}{_V}", _value),
    ("id", "ID/OTHER", 0.8, "# id ids identifier", rf"{_L}(?:ids?|identifier)(?![a-z])(?: (?:is|was|number|no))?[.:#= ]{{1,4}}(?P<v>(?=[a-z_-]{{0,8}}[0-9])[a-z0-9](?:[a-z0-9]|[._/-](?=[a-z0-9])){{3,39}})", _value),
    ("trial", "ID/OTHER", 0.9, "# nct isrctn", r"\b(?P<v>nct[0-9]{8}|isrctn ?[0-9]{8})(?![0-9])", None),
    ("specimen", "ID/OTHER", 0.65, "# -", r"(?P<v>[a-z](?<![a-z0-9][a-z])[a-z]{0,2}-?(?:19|20)?[0-9]{2}-[0-9]{3,8})(?![a-z0-9]|-[0-9])", _not_staging),
    ("uuid", "ID/OTHER", 0.9, "-", r"(?P<v>[0-9a-f](?<![0-9a-z][0-9a-f])[0-9a-f]{7}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-f])", None),
    ("oid", "ID/OTHER", 0.6, "# .", r"(?P<v>[0-2](?<![0-9a-z.][0-9])(?:\.[0-9]{1,39}){6,30})(?![0-9a-z])", None),
    ("numbered", "ID/OTHER", 0.6, "# #", r"(?<![a-z0-9])# ?(?P<v>(?=[a-z-]{0,4}[0-9]{2})[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){4,24})(?![a-z0-9])", _value),
    ("mixed", "ID/OTHER", 0.45, "#5", r"(?P<v>[a-z](?<![a-z0-9.][a-z])[a-z]{0,4}-?[0-9]{5,14}[a-z]{0,3})(?![a-z0-9])", _mixed),
    ("long", "ID/OTHER", 0.5, "#5", r"(?P<v>[0-9](?<![0-9.,$][0-9])(?:[0-9]){6,40})(?![0-9]|[.,][0-9]|%)", _long),
    ("long-grouped", "ID/OTHER", 0.4, "# -", r"(?P<v>[0-9](?<![0-9a-z./,-][0-9])[0-9]{0,7}(?:-[0-9]{1,8}){1,4})(?![0-9a-z]|[-/.,][0-9])", _grouped),
)  # fmt: skip

RULES = rules("ids", _ROWS)
