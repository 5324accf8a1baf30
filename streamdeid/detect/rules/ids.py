"""Identifying numbers: 45 CFR 164.514(b)(2)(i)(G)-(M), (R).

A number is an identifier because a word before it says so, because its check digit or form says so, or, with
less certainty, because nothing else is written with so many digits.
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
_DATE = re.compile(
    r"[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?|[0-9]{1,2}([-.])[0-9]{1,2}\1[0-9]{4}|[0-9]{4}([-/.])[0-9]{1,2}\2[0-9]{1,2}"
)
_DOSE = re.compile(
    r"[0-9.,]{1,9}(?:m?c?g|mgs|ml|cc|mm|cm|kg|lbs?|units?|iu|meq|hr?s?|min|x|yo?|st|nd|rd|th|w|d|wks?|mos?|am|pm|%)"
)
#: A number of something: a 60-day visit, the 3-midnight rule.
_COUNTED = re.compile(r"[0-9]{1,3}-[a-z]{3,}")
_SIZE = re.compile(r"-(?:fr|ga|bl|inch|french|gauge)")
_OTHERWISE = re.compile(
    r"covid|h[0-9]n[0-9]|type|grade|stage|class|[tcl][0-9]{1,2}-[tcls]?[0-9]{1,2}$|fev1|hba1c|a1c|q[0-9]{1,2}h|"
    r"[0-9]{1,2}:[0-9]{2}"
)


def _value(match: re.Match[str], folded: Folded) -> float:
    """Something with a digit that is no date, dose, fraction or amount; the more digits, the surer."""
    value = match[match.lastgroup or "v"]
    digits = sum(character.isdigit() for character in value)
    other = _DATE.fullmatch(value) or _DOSE.fullmatch(value) or _OTHERWISE.match(value) or _COUNTED.fullmatch(value)
    if other or not digits or (digits < 4 and measured(folded.lower, match.end())):
        return 0.0
    return 1.0 if digits >= 4 else 0.7


def _checked(check: Callable[[str], bool], otherwise: float) -> Check:
    """Full marks if the check digit is right, `otherwise` if it is not."""

    def share(match: re.Match[str], folded: Folded) -> float:
        return 1.0 if check(_SEPARATORS.sub("", match["v"]).upper()) else otherwise

    return share


def _long(match: re.Match[str], folded: Folded) -> float:
    """A run of seven or more digits that is not an amount. NPI and the like are the business of other rows."""
    return 0.0 if measured(folded.lower, match.end()) else 1.0


def _hash(match: re.Match[str], folded: Folded) -> float:
    """#12345, but not #18-gauge or #10-14."""
    value = match["v"]
    small = sum(character.isdigit() for character in value) < (5 if "-" in value else 4)
    return 0.0 if small or _SIZE.search(value) else _value(match, folded)


def _mixed(match: re.Match[str], folded: Folded) -> float:
    """Letters and at least four digits in one word of eight or more."""
    value = match["v"]
    digits = sum(character.isdigit() for character in value)
    return 1.0 if digits >= 4 and not value.isdigit() and not _DOSE.fullmatch(value) else 0.0


def _grouped(match: re.Match[str], folded: Folded) -> float:
    """Seven or more digits in groups, but no range of two years."""
    groups = match["v"].split("-")
    if (
        sum(map(len, groups)) < 7
        or measured(folded.lower, match.end())
        or word_before(folded.lower, match.start()) in ("code", "cpt")
    ):
        return 0.0
    return 0.0 if len(groups) == 2 and len(groups[0]) == len(groups[1]) else 1.0


def _no_amount(match: re.Match[str], folded: Folded) -> float:
    return 0.0 if measured(folded.lower, match.end()) else 1.0


#: Three characters or more with a digit among them.
_V = r"(?P<v>(?=[a-z0-9._/-]{0,12}[0-9])[a-z0-9](?:[a-z0-9]|[._/-](?=[a-z0-9])){2,39})"
#: The same, or digits in groups.
_G = rf"(?:(?P<v1>[0-9]{{2,4}}(?: [0-9]{{2,4}}){{1,4}})(?![0-9a-z/.-])|{_V})"
_MARK = r"(?:numbers?|num|nos?|nr|nbr|id|ids|identifier|code|#)"
#: What may stand between an unmistakable word and its number; what has to stand there after a word of many
#: meanings.
_MAY = (
    rf"(?![a-z])[.:#=)]{{0,2}} {{0,3}}(?:(?:{_MARK}|is|was|of|card|policy)(?![a-z])[.:#=)(]{{0,2}} {{0,3}}){{0,3}}"
    r"[:#=( \n-]{0,4}"
)
_MUST = (
    rf"(?![a-z])(?:[.)]? {{0,2}}(?:{_MARK})(?![a-z])[.:#=)]{{0,2}}(?: (?:is|was)(?![a-z]))?|[:=#]) {{0,3}}"
    rf"[:#=( -]{{0,3}}"
)
_LATER_MARK = rf"(?=.{{0,2}}{_MARK}[^a-z]|:)"
_MRN = (
    r"(?:e?mrn|m\.r\.n\.?|med(?:ical)?\.? ?rec(?:ord)?s?|mr(?=[ ]?#)|e?mpi|uhid|urn(?=[:# ])|hrn|nhi(?=[: #])|pid(?="
    rf"[:#])|chart(?=[:#])|(?:patient|pt|unit|hospital|hosp|chart|records?|clinic|file)(?:'?s)?[ -]{{0,2}}(?:record "
    rf"|file )?{_MARK}(?![a-z]))"
)
_MRN_WORDS = (
    "mrn emrn med medical mr mpi empi uhid urn hrn nhi pid patient patients pt unit hospital hosp chart record records "
    "clinic file =m.r.n"
)
_ACCOUNT = (
    r"(?:acc(?:oun)?ts?|acnt|fin(?=[:# ])|har(?=[:#])|csn|iban|routing"
    rf"|(?:guarantor|encounter|visit|admission|invoice|bill(?:ing)?|receipt){_LATER_MARK})"
)
_ACCOUNT_WORDS = (
    "acct accts acct account accounts acnt fin har csn iban routing guarantor encounter visit admission invoice bill "
    "billing receipt"
)
_PLAN = (
    r"(?:hicn|mbi|hic(?=[:# n])|medicaid|medicare|policy|member(?:ship)?|subscriber|beneficiary|insured|(?:pre-?)?auth"
    r"(?:orization)?"
    rf"|rxbin|rxgrp|rxpcn|(?:group|grp|plan|insurance|ins|payer|claim|coverage|bin|pcn|certificate|cert){_LATER_MARK})"
)
_PLAN_WORDS = (
    "hicn mbi hic medicaid medicare policy member membership subscriber beneficiary insured preauth pre "
    "auth authorization preauthorization rxbin rxgrp rxpcn group grp plan insurance ins payer claim "
    "coverage bin pcn certificate cert"
)
_LICENSE = (
    r"(?:(?:driver'?s?'?s? )?lic(?:en[sc]e)?s?|certificat(?:e|ion)|cert|dl(?=.?#|:)|upin|reg(?:istration)?|permit"
    r"|passport|gmc|nmc|state(?= ?id))"
)
_LICENSE_WORDS = (
    "driver drivers lic license licenses licence licences certificate certification cert dl upin reg "
    "registration permit passport gmc nmc state"
)
_PLATE = (
    r"(?:(?:licen[sc]e|number|vehicle) plates?|plates?(?=.{0,2}(?:#|no|number))|vehicle(?: reg(?:istration)?)?"
    r"|registration|(?:license|vehicle) tag)"
    rf"[ .:#]{{0,2}}(?:(?:{_MARK}|is|was|reads|reading|of)[ :.#]{{1,2}}){{0,2}}(?:[a-z]{{2}} )?"
    r"(?P<v>(?=[a-z0-9 -]{0,7}[0-9])(?!from|to |at |and |in |on |was |with |an? |the |is )[a-z0-9]{1,4}[ -]?"
    r"[a-z0-9]{2,5})(?![a-z0-9])"
)
_OTHER = (
    r"(?:accession|specimen|case|orders?|requisition|req|path(?:ology)?|surgical|sample|lab|study|protocol|subject"
    r"|participant|trial"
    r"|reference|ref|confirmation|ticket|incident|docket|badge|employee|student|tax(?:payer)?|ein|tin|prescription|rx"
    r"|script|document|doc|report|file|exam|tracking|referral|request|record|registry|donor|unos|isrctn|claim|job|application)"
)
_OTHER_WORDS = (
    "accession specimen case order orders requisition req path pathology surgical sample lab study protocol "
    "subject participant trial reference ref confirmation ticket incident docket badge employee student tax "
    "taxpayer ein tin prescription rx script document doc report file exam tracking referral request record "
    "registry donor unos isrctn claim job application"
)
_SSN = (
    r"(?:ssn|ss(?=[ #:n])|s\.s\.n?\.?|social sec(?:urity)?|social insurance|social(?= (?:is|was|#|number))|sin(?=[:#]))"
)
_FOUR = r"(?P<v>[0-9]{4})(?![0-9])"

# fmt: off
_ROWS: tuple[Row, ...] = (
    # Social security numbers and their likes abroad
    ("ssn", "ID/SSN", 0.97, "3:-", r"(?<![a-z.-])(?P<v>[0-9]{3}-[0-9]{2}-[0-9]{4})(?![0-9]|-[0-9])",
     _checked(checks.ssn, 0.0)),
    ("ssn-like", "ID/OTHER", 0.6, "3:-", r"(?<![a-z.-])(?P<v>[0-9]{3}-[0-9]{2}-[0-9]{4})(?![0-9]|-[0-9])", None),
    ("ssn-spaced", "ID/SSN", 0.7, "3:_.",
     r"(?<![a-z.-])(?P<v>[0-9]{3}([ .])[0-9]{2}\2[0-9]{4})(?![0-9]|[ -][0-9])", _checked(checks.ssn, 0.0)),
    ("ssn-said", "ID/SSN", 0.98, "ssn ss social sin =s.s.", rf"{_SSN}{_MAY}(?P<v>[0-9x*]{{3}}[ -]?[0-9x*]{{2,3}}[ -]?"
     rf"[0-9]{{3,4}})(?![0-9])", None),
    ("ssn-last", "ID/SSN", 0.85, "ss ssn social",
     rf"(?:ssn?|social(?: security)?)[^0-9\n]{{0,20}}(?:last|ending|ends)[^0-9\n]{{0,20}}(?:4|four)?"
     rf"[^0-9\n]{{0,12}}{_FOUR}", None),
    ("last-four", "ID/SSN", 0.85, "last",
     r"last (?:4|four)(?: digits)?(?: of)?(?: (?:the|his|her|their|my|patient'?s?))? (?:ssn?|social(?: security)?"
     rf"(?: number)?)[:= a-z]{{0,12}}{_FOUR}", None),
    ("ssn-masked", "ID/SSN", 0.9, "~x-xx- ~*-**-", r"(?<![a-z0-9])(?P<v>[x*]{3}-[x*]{2}-[0-9]{4})(?![0-9])", None),
    ("national-insurance", "ID/SSN", 0.85, "a9",
     r"(?P<v>[a-ceghj-prstw-z][a-ceghj-nprstw-z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d])(?![a-z0-9])", _no_amount),
    ("national-insurance-said", "ID/SSN", 0.93, "ni nino national",
     rf"(?:ni(?:no)?|national insurance){_MAY}"
     rf"(?P<v>[a-z]{{2}} ?[0-9]{{2}} ?[0-9]{{2}} ?[0-9]{{2}} ?[a-d])(?![a-z0-9])", None),
    # Medical records
    ("mrn", "ID/MRN", 0.96, _MRN_WORDS, rf"{_MRN}{_MAY}{_G}", _value),
    ("nhs", "ID/MRN", 0.97, "nhs", rf"nhs{_MAY}(?P<v>[0-9]{{3}}[ -]?[0-9]{{3}}[ -]?[0-9]{{4}})(?![0-9])",
     _checked(checks.nhs, 0.85)),
    ("nhs-alone", "ID/MRN", 0.75, "3:_",
     r"(?<![a-z.(+-])(?P<v>[0-9]{3} [0-9]{3} [0-9]{4})(?![0-9]|[ -][0-9])", _checked(checks.nhs, 0.0)),
    ("chi", "ID/MRN", 0.95, "chi", rf"chi{_MAY}(?P<v>[0-9]{{6}} ?[0-9]{{4}})(?![0-9])", None),
    # Accounts and visits
    ("account", "ID/ACCOUNT", 0.94, _ACCOUNT_WORDS, rf"{_ACCOUNT}{_MAY}{_G}", _value),
    ("ending", "ID/ACCOUNT", 0.65, "ending ends", rf"(?:ending|ends) (?:in|with) {_FOUR}", None),
    ("card", "ID/ACCOUNT", 0.96, "4:_- 13-19:",
     r"(?<![a-z.-])(?P<v>[2-6][0-9]{3}(?:[ -]?[0-9]{4}){2}[ -]?[0-9]{1,7})(?![0-9a-z]|[ -][0-9])",
     _checked(checks.card, 0.0)),
    ("card-amex", "ID/ACCOUNT", 0.96, "4:_-",
     r"(?<![a-z.-])(?P<v>3[47][0-9]{2}[ -][0-9]{6}[ -][0-9]{5})(?![0-9])", _checked(checks.card, 0.0)),
    ("card-said", "ID/ACCOUNT", 0.9, "visa mastercard master amex american discover credit debit card",
     rf"(?:visa|master ?card|amex|american express|discover|credit card|debit card|card){_MUST}(?P<v>[0-9x*](?:"
     rf"[0-9x* -]{{2,22}})[0-9])(?![0-9])", None),
    ("iban", "ID/ACCOUNT", 0.96, "a9", r"(?P<v>[a-z]{2}[0-9]{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?)(?![a-z0-9])",
     _checked(checks.iban, 0.0)),
    # Health plans
    ("plan", "ID/PLAN", 0.93, _PLAN_WORDS, rf"{_PLAN}{_MUST}{_G}", _value),
    ("medicare", "ID/PLAN", 0.85, "medicare medicaid hicn mbi",
     rf"(?:medicare|medicaid|hicn|mbi){_MAY}(?P<v>[a-z]{{0,2}}[0-9][a-z0-9-]{{7,14}})(?![a-z0-9])", _value),
    ("mbi", "ID/PLAN", 0.9, "1:acdefghjkmnpqrtuvwxy",
     r"(?<![a-z-])(?P<v>[1-9][a-z][a-z0-9][0-9]-?[a-z][a-z0-9][0-9]-?[a-z]{2}[0-9]{2})(?![a-z0-9])",
     _checked(checks.mbi, 0.0)),
    # Certificates and licences
    ("npi", "ID/NPI", 0.99, "npi", rf"npi{_MAY}(?P<v>[0-9]{{10}})(?![0-9])", _checked(checks.npi, 0.85)),
    ("npi-alone", "ID/NPI", 0.7, "10:", r"(?<![a-z.+-])(?P<v>[12][0-9]{9})(?![0-9a-z]|[.-][0-9])", _checked(checks.npi,
     0.0)),
    ("dea", "ID/LICENSE", 0.97, "dea", rf"dea{_MAY}(?P<v>[a-z][a-z9][0-9]{{7}})(?![0-9a-z])", _checked(checks.dea,
     0.9)),
    ("dea-alone", "ID/LICENSE", 0.85, "a9", r"(?P<v>[a-hj-mpr-u][a-z9][0-9]{7})(?![0-9a-z])", _checked(checks.dea,
     0.0)),
    ("license", "ID/LICENSE", 0.92, _LICENSE_WORDS, rf"{_LICENSE}{_MUST}(?:[a-z]{{2}} )?{_V}", _value),
    ("license-loose", "ID/LICENSE", 0.75, "license licence passport",
     rf"(?:licen[sc]e|passport){_MAY}(?P<v>[a-z]{{0,3}}[0-9][a-z0-9-]{{4,15}})(?![a-z0-9])", _value),
    # Vehicles
    ("vin", "ID/VEHICLE", 0.97, "a9 1:abcdefghjklmnprstuvwxyz 2:abcdefghjklmnprstuvwxyz",
     r"(?<![a-z0-9])(?P<v>[a-hj-npr-z0-9]{17})(?![a-z0-9])", _checked(checks.vin, 0.0)),
    ("vin-said", "ID/VEHICLE", 0.9, "vin", rf"vin{_MAY}(?P<v>[a-z0-9]{{11,17}})(?![a-z0-9])", _value),
    ("plate", "ID/VEHICLE", 0.85, "license licence number vehicle plate plates registration", _PLATE, _value),
    # Devices
    ("udi", "ID/DEVICE", 0.97, "=(01)", r"\(01\) ?[0-9]{14}(?: ?\([0-9]{2,4}\) ?[a-z0-9/.-]{1,30}){0,6}", None),
    ("serial", "ID/DEVICE", 0.93, "serial ser =s/n sn udi imei",
     r"(?:serial|ser(?=[. ]{0,2}(?:no|#))|s/n|sn(?=[:#])|udi(?:-di)?|imei)(?: (?:number|no\.?|num|#))?" + _MAY + _V,
     _value),
    ("device", "ID/DEVICE", 0.85, "lot device model implant pacemaker ref catalog catalogue batch asset",
     rf"(?:lot|device|model|implant|pacemaker|ref|catalog(?:ue)?|batch|asset){_MUST}{_V}", _value),
    ("device-part", "ID/DEVICE", 0.8, "serial lot",
     r"(?:serial|lot) (?P<v>(?=[a-z-]{0,6}[0-9]{3})[a-z0-9-]{5,24})(?![a-z0-9])", _value),
    # Whatever else has a number
    ("numbered-thing", "ID/OTHER", 0.93, _OTHER_WORDS, rf"{_OTHER}{_MUST}{_V}", _value),
    ("accession", "ID/OTHER", 0.8, "accession", rf"accession{_MAY}{_V}", _value),
    ("id", "ID/OTHER", 0.8, "id ids identifier",
     r"(?:ids?|identifier)(?![a-z])(?: (?:is|was|number|no))?[.:#= ]{1,4}"
     r"(?P<v>(?=[a-z_-]{0,8}[0-9])[a-z0-9](?:[a-z0-9]|[._/-](?=[a-z0-9])){3,39})", _value),
    ("trial", "ID/OTHER", 0.9, "nct isrctn a9", r"(?P<v>nct[0-9]{8}|isrctn ?[0-9]{8})(?![0-9])", None),
    ("specimen", "ID/OTHER", 0.65, "a9", r"(?P<v>[a-z]{1,3}-?(?:19|20)?[0-9]{2}-[0-9]{3,8})(?![a-z0-9]|-[0-9])",
     _no_amount),
    ("uuid", "ID/OTHER", 0.97, "~/-[0-9a-f]{4}-[0-9a-f]{4}-/",
     r"(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])", None),
    ("oid", "ID/OTHER", 0.6, "1:.", r"(?<![a-z.])(?P<v>[0-2](?:\.[0-9]{1,39}){6,30})(?![0-9a-z])", None),
    ("hash", "ID/OTHER", 0.6, "=#", r"# ?(?P<v>(?=[a-z-]{0,4}[0-9]{2})[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){4,24})(?!"
     r"[a-z0-9])", _hash),
    ("mixed", "ID/OTHER", 0.45, "a9", r"(?P<v>[a-z]{1,5}-?[0-9]{5,14}[a-z]{0,3})(?![a-z0-9])", _mixed),
    ("long", "ID/OTHER", 0.5, "7-40:", r"(?<![.,$])(?P<v>[0-9]{7,400})(?![0-9]|[.,][0-9]|%)", _long),
    ("grouped", "ID/OTHER", 0.4, "1-8:-", r"(?<![a-z./,-])(?P<v>[0-9]{1,8}(?:-[0-9]{1,8}){1,4})(?![0-9a-z]|[-/.,]"
     r"[0-9])", _grouped),
)
# fmt: on

RULES = rules("ids", _ROWS)
