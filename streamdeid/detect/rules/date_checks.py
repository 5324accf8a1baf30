"""Whether numbers and names of months that match a pattern are a date, and how sure that is: for the rows in
`dates`."""

from __future__ import annotations

import re
from calendar import monthrange

from streamdeid.detect.rules.context import before, dosed, measured, word_before
from streamdeid.detect.rules.date_parts import DAY, MONTH, TH
from streamdeid.detect.rules.fold import Folded
from streamdeid.detect.rules.words import word_set

_MODAL = re.compile(
    r" {1,2}(?:be|have|not|need|also|take|start|use|repeat|continue|resume|call|return|require|want|or|and"
    r"|in place|help)\b"
)
_BEFORE_DATE = word_set("on since until till date dated dos dob born from by of and to through visit seen admitted due")
_NOT_YEAR = word_set(
    "at room to code box bed number no approximately x model dose act acts regulations rules directive convention"
)
#: Of a year, of a pregnancy.
_OF_WEEKS = word_set("52 40")
_BORN = re.compile(r"(?<![a-z])(?:born|birth|dob|d\.o\.b\.?)(?: (?:in|on|of))?[ :]{1,3}$")
_SNELLEN = word_set("4 5 6 7 9 12 18 24 36 60")
_SEES = re.compile(
    r"(?<![a-z])(?:acuity|vision|va|snellen|pinhole)(?![a-z])[^.\n]{0,30}"
    r"(?<![a-z])(?:right|left|[rl]e?|o[dsu]|both|with|unaided|aided|to|from|was|is|improved)(?![a-z])[^.\n]{0,14}$"
)
_ASKED = re.compile(r"(?:dob|date|dos|birth|birthdate|born|d\.o\.b\.)[ :#=-]{1,4}$")
#: Six figures after one of these are a date, if they can be one.
_ON_SIX = re.compile(
    r"(?<![a-z])(?:on|since|until|till|dated?|starts?|starting|started|implanted|signed|dictated|transcribed|typed|d[dt]"
    r"|as (?:of|at)|seen|admitted|discharged|collected|between)[ :]{1,3}$"
)
_OF_NUMBERS = word_set(
    "no nos number mrn id ids code zip ext extension lot ref reference pin bleep bleeps pager page batch serial sn "
    "case acct account box sort row chart"
)
_WHEN = re.compile(
    r"(?<![a-z])(?:(?P<surely>on|dated?|dos|admit(?:ted)?|discharged|seen|visit(?:ed)?|appt"
    r"|appointment|born|died|due|scheduled|as of|week of|through|thru|lmp|edd|edc"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"|since|until|till|started|stopped|expires?|exp|performed|done|from|by|before|after|between|starting|ending"
    r"|beginning|last|updated|signed|recheck|f/u|follow[ -]?up)[: ,(-]{1,3}$"
)
_PAUSE = re.compile(r"[,.;)\n]|$")
_ON_THE = re.compile(r"(?<![a-z])(?:on|from|until|since|by|to) the $")
_TIME_AFTER = re.compile(r",? ?(?:-|at|@)? ?(?:about |around |approx(?:imately)? )?[0-9]{1,2}(?::[0-9]{2})? ?[ap]\.?m")
_SCORED = word_set("scored score recalled of strength power motor grade reflexes pulses by x vision acuity balance")
_LINE = re.compile(r"(?:^|\n) {0,4}$")
_THEN_TEXT = re.compile(r" ?[:-] ?[a-z]")
_IN = re.compile(r"(?<![a-z])(?:in|since|until|of|from|to|by|circa|about|after|before) {1,2}$")
_IN_MONTH = re.compile(
    r"(?<![a-z])(?:in|since|until|till|last|next|early|late|mid|of|from|by|during|through|throughout|before|after"
    r"|around|(?:this|early|late) past|(?:january|february|march|april|may|june|july|august|[a-z]{3,5}ember|october)"
    r"(?: (?:and|or|to|until))?)[ -]{1,2}$"
)
_IN_YEAR = re.compile(
    r"(?<![a-z])(?:in|since|from|until|till|circa|before|after|by|around|during|of|year|early|late|mid|about|dated"
    r"|approximately|through)[ \n-]{1,2}(?:the )?(?:year |early |late |mid-? ?|about |around |approximately )?$"
)
_AFTER_YEAR = re.compile(r"(?:[ \n,;)]|:(?![0-9])|\.(?![0-9])|$)")
#: After a day, figures that hardly are a year yet are a time: 12/08 2031.
_ON_A_DAY = re.compile(r"(?:(?<![0-9/.])[0-9]{1,2}[/.][0-9]{1,2}(?:[/.](?:20)?[0-9]{2})?|day),? $")
_HARDLY_A_YEAR = 2030
_DAY_BEFORE = re.compile(rf"(?<![a-z0-9.]){DAY}{TH}?(?: of)?[ .-]{{1,2}}$")
_MONTH_AFTER = re.compile(rf"(?: of)?[ .-]{{1,2}}{MONTH}")
_BETWEEN = re.compile(r"(?<![a-z])between (?:the )?$")
#: More of a number that is written in groups.
_GOES_ON = re.compile(r"[-/.]?[0-9]")
_GROUP_BEFORE, _GROUP_AFTER = re.compile(r"[0-9]\)? $"), re.compile(r" [0-9]{3}")
_MAY_OR_MARCH = re.compile(r"(?<![a-z])(?:may|march?)(?![a-z])")


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    return 1900 + int(digits) if int(digits) > 50 else 2000 + int(digits)


def _possible(year: int, month: int, day: int) -> bool:
    return 1800 <= year < 2100 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _either_order(year: int, first: int, second: int) -> bool:
    return _possible(year, first, second) or _possible(year, second, first)


def _meant(year: int, first: int, second: int) -> bool:
    """Whether a day was meant, though there is none: the 31st of February."""
    return 1900 <= year < 2100 and 1 <= min(first, second) <= 12 and max(first, second) <= 31


def numeric(match: re.Match[str], folded: Folded) -> float:
    """Three numbers that make a date in the order year-month-day, month-day-year or day-month-year; or that stand in
    its form and make none."""
    parts = re.findall(r"[0-9]{1,4}", match["v"])[:3]
    numbers = [int(part) for part in parts]
    if len(parts[0]) == 4:
        fits = _either_order(numbers[0], numbers[1], numbers[2]) or _meant(*numbers)
    else:
        fits = _either_order(_year(parts[2]), numbers[0], numbers[1])
        is_full = len(parts[2]) == 4 or "/" in match["v"]
        fits = fits or (is_full and _meant(_year(parts[2]), numbers[0], numbers[1]))
    fits = fits or _in_form_only(match, parts, folded)
    return 1.0 if fits and not dosed(folded.lower, match.end()) else 0.0


def _in_form_only(match: re.Match[str], parts: list[str], folded: Folded) -> bool:
    """Whether what is no date stands where one is asked for: 99/99/9999, 13/45/2020. A part of a longer number does
    not."""
    digits = "".join(parts)
    if folded.lower[match.start("v") - 1 : match.start("v")] in ("-", "/", "."):
        return False
    if _GOES_ON.match(folded.lower, match.end("v")):
        return False
    if len(digits) >= 6 and digits.strip(digits[0]) == "" and digits[0] in "09":
        return True
    year = next((part for part in parts if len(part) == 4), "")
    return bool(year) and ("/" in match["v"] or year in ("0000", "9999") or 1900 <= int(year) < 2100)


def dotted(match: re.Match[str], folded: Folded) -> float:
    """05.03.24 might be a version or a section: full marks only after a word that wants a date."""
    score = numeric(match, folded)
    return score if word_before(folded.lower, match.start()) in _BEFORE_DATE else score * 0.6


def packed(match: re.Match[str], folded: Folded) -> float:
    """A run of digits, year first, perhaps with hours, minutes, seconds: HL7 DTM and DICOM DT."""
    digits = match["v"]
    day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    fits = _possible(*day) or (len(digits) == 8 and min(day) > 0 and day[1] <= 12 and _meant(*day))
    clock = digits[8:14]
    fits = fits and (not clock or (clock[:2] < "24" and clock[2:4] < "60" and clock[4:6] < "61"))
    return 1.0 if fits and not measured(folded.lower, match.end()) else 0.0


def packed_us(match: re.Match[str], folded: Folded) -> float:
    """Six or eight digits, month or day first, after a word that wants a date; six that begin with a nought hardly are
    anything else where they stand alone."""
    digits, lower = match["v"], folded.lower
    if not _either_order(_year(digits[4:]), int(digits[:2]), int(digits[2:4])):
        return 0.0
    if before(_ASKED, lower, match.start()):
        return 1.0
    if len(digits) != len("030524") or measured(lower, match.end()) or not _is_alone(match, lower):
        return 0.0
    if before(_ON_SIX, lower, match.start()):
        return 0.9
    padded = digits.startswith("0") and word_before(lower, match.start()) not in _OF_NUMBERS
    return 0.75 if padded else 0.0


def _is_alone(match: re.Match[str], lower: str) -> bool:
    around = lower[match.start() - 1 : match.start()] + lower[match.end() : match.end() + 1]
    goes_on = _GOES_ON.match(lower, match.end()) or _GROUP_AFTER.match(lower, match.end())
    return not around.strip(" \n()[],;:.|") and not goes_on and not before(_GROUP_BEFORE, lower, match.start())


def month_day(match: re.Match[str], folded: Folded) -> float:
    """5/10 is a date after "on" and before a time of day, unless it reads like a score; elsewhere its second number
    must be one that scores do not have."""
    first, second = (int(part) for part in match["v"].split("/"))
    lower, padded = folded.lower, match["v"].startswith("0")
    when = before(_WHEN, lower, match.start())
    score_like = not padded and first <= second and second in (2, 3, 4, 5, 6, 8, 10, 12)
    amount = (measured if score_like else dosed)(lower, match.end())
    if amount or not _either_order(2024, first, second) or _is_acuity(match, folded):
        return 0.0
    if when or _TIME_AFTER.match(lower, match.end()):
        return 1.0 if not score_like else 0.7 if not when or when["surely"] else 0.0
    if before(_LINE, lower, match.start()) and _THEN_TEXT.match(lower, match.end()):
        return 0.7
    unlike = padded or (first <= 12 < second and second not in (15, 16, 20, 30))
    return 0.6 if unlike and word_before(lower, match.start()) not in _SCORED else 0.0


def _is_acuity(match: re.Match[str], folded: Folded) -> bool:
    """Whether 6/9 says how well an eye sees (Snellen, in metres)."""
    first, second = match["v"].split("/")
    return first == "6" and second in _SNELLEN and before(_SEES, folded.lower, match.start()) is not None


def numeric_range(match: re.Match[str], folded: Folded) -> float:
    """3/5-3/7 is two dates; 3/5-4/5 is a strength."""
    numbers = [int(part) for part in re.findall(r"[0-9]{1,4}", match[0])]
    fits = _either_order(2024, numbers[0], numbers[1]) and _either_order(2024, numbers[2], numbers[3])
    if not fits or measured(folded.lower, match.end()):
        return 0.0
    scored = numbers[1] == numbers[3] and numbers[1] in (4, 5, 6, 10) and len(numbers) == 4
    return 0.0 if scored else 1.0


def days_of_number(match: re.Match[str], folded: Folded) -> float:
    """4-6/3/2024 is two days of one month; what stands before "and" may be anything, but after "between"."""
    first, last, month = int(match["first"]), int(match["last"]), int(match["number"])
    fits = first < last and 1 <= month <= 12
    if not fits or (" and " in match[0] and not before(_BETWEEN, folded.lower, match.start())):
        return 0.0
    return 1.0


def month_year(match: re.Match[str], folded: Folded) -> float:
    """8/1995 and 1995-08, unless a unit follows."""
    month, year = (int(part) for part in re.findall(r"[0-9]{1,4}", match["v"])[:2])
    if month > 1000:
        month, year = year, month
    fits = 1 <= month <= 12 and 1900 <= year < 2100
    return 1.0 if fits and not measured(folded.lower, match.end()) else 0.0


def month_short_year(match: re.Match[str], folded: Folded) -> float:
    """8/95: the second number must be one that no month has days for, or begin with a zero after "in". 8/52 is eight
    weeks, and 12/40 twelve of the forty of a pregnancy."""
    month, year = match["v"].split("/")
    fits = 1 <= int(month) <= 12 and (int(year) > 31 or year[0] == "0")
    is_birth = before(_BORN, folded.lower, match.start()) is not None
    if not fits or measured(folded.lower, match.end()) or (year in _OF_WEEKS and not is_birth):
        return 0.0
    if is_birth:
        return 1.0
    return 1.0 if before(_IN, folded.lower, match.start()) else 0.7 if int(year) > 79 else 0.0


def named_month(match: re.Match[str], folded: Folded) -> float:
    """A month's name with a day or a year; without a year, May and March have to be written as names."""
    if dosed(folded.lower, match.end()) or _is_next_month(match, folded) or _is_next_line(match, folded):
        return 0.0
    if match["month"].rstrip(".") not in ("may", "march", "mar", "jan", "dec") or match["year"]:
        return 1.0
    written = folded.text[match.start("month")].isupper()
    is_verb = match.end() == match.end("month") and _MODAL.match(folded.lower, match.end())
    return 1.0 if written and not is_verb else 0.0


def _is_next_month(match: re.Match[str], folded: Folded) -> bool:
    """Whether the month is that of a day before it, and the day that of a month after it: 4 »March - 6« March."""
    return before(_DAY_BEFORE, folded.lower, match.start("month")) is not None and (
        _MONTH_AFTER.match(folded.lower, match.end()) is not None
    )


def _is_next_line(match: re.Match[str], folded: Folded) -> bool:
    """Whether the month has a day before it, and what follows stands on the next line."""
    is_first = not any(character.isdigit() for character in folded.lower[match.start() : match.start("month")])
    is_last = folded.lower[match.end("month") : match.end("month") + 1] == "\n"
    return is_first and is_last and before(_DAY_BEFORE, folded.lower, match.start("month")) is not None


def month_alone(match: re.Match[str], folded: Folded) -> float:
    """A month after "in", "since", "last"; "may" and "march" are verbs too."""
    verb = match[0] in ("may", "march") and folded.text[match.start()].islower()
    if not before(_IN_MONTH, folded.lower, match.start()):
        return 0.0
    if match[0] in ("may", "march") and _MODAL.match(folded.lower, match.end()):
        return 0.0
    return 1.0 if not verb else 0.8 if _PAUSE.match(folded.lower, match.end()) else 0.0


def day_alone(match: re.Match[str], folded: Folded) -> float:
    """ "on the 10th" where the sentence pauses, so that no toe or rib follows."""
    return 1.0 if before(_ON_THE, folded.lower, match.start()) else 0.0


def spelled(match: re.Match[str], folded: Folded) -> float:
    """ "second may" needs more to be a date than "the second of May"."""
    if " of " in match[0] or not _MAY_OR_MARCH.search(match[0]):
        return 1.0
    return 0.0 if _MODAL.match(folded.lower, match.end()) else 0.7


def two_years(match: re.Match[str], folded: Folded) -> float:
    """1995-1998, unless a unit follows."""
    fits = all(1900 <= int(match[group]) < 2040 for group in ("v1", "v2"))
    return 1.0 if fits and not measured(folded.lower, match.end()) else 0.0


def one_year(match: re.Match[str], folded: Folded) -> float:
    """A year is one between 1900 and 2039 that no unit follows; what stands before it tells how sure that is."""
    lower, year = folded.lower, int(match["v"])
    if not 1900 <= year < 2040 or measured(lower, match.end()):
        return 0.0
    if before(_IN_YEAR, lower, match.start()):
        return 1.0
    if (year == 1900 or year >= _HARDLY_A_YEAR) and before(_ON_A_DAY, lower, match.start()):
        return 0.0
    previous = lower[match.start() - 1 : match.start()]
    if (previous and previous not in " \n(,;:") or not _AFTER_YEAR.match(lower, match.end()):
        return 0.0
    return 0.0 if word_before(lower, match.start()) in _NOT_YEAR else 0.55


def decade(match: re.Match[str], folded: Folded) -> float:
    """The 1990s."""
    return 1.0 if 1900 <= int(match["v"][:4]) < 2040 else 0.0


def short_year(match: re.Match[str], folded: Folded) -> float:
    """'98 after "in", "since" and their likes."""
    return 1.0 if before(_IN, folded.lower, match.start()) else 0.0
