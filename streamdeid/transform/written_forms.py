"""The forms in which people write dates, as patterns; and what may stand beside a date without being one."""

from __future__ import annotations

import re
from typing import Final

MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_MON: Final = f"(?P<mon>{MONTH})"
_YEAR: Final = r"(?P<y>(?:1[6-9]|2[0-2])\d\d)(?!\d)"
_ANY_YEAR: Final = rf"(?:{_YEAR}|['\u2019]?(?P<yy>\d\d)(?![\d:]))"
_DAY: Final = r"(?P<d>0?[1-9]|[12]\d|3[01])(?![\d:])(?P<o>st|nd|rd|th)?"
_NEXT_DAY: Final = r"(?P<d2>0?[1-9]|[12]\d|3[01])(?![\d:])(?P<o2>st|nd|rd|th)?"
_TO: Final = r"\s*(?:-|\u2013|\u2014|to|through|thru|until|till|and|or|&|(?<=[a-z])/)\s*(?:the\s+)?"
_OF: Final = r"\s*(?:[-/.,]|of)?\s*"
_FIRSTS: Final = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth"),
    *("nineteenth", "twentieth"),
)
#: The days of a month in words, the first one first.
DAYS_IN_WORDS: Final = (*_FIRSTS, *(f"twenty-{word}" for word in _FIRSTS[:9]), "thirtieth", "thirty-first")
_FIRST: Final = "|".join(word.replace("-", r"[-\s]") for word in reversed(DAYS_IN_WORDS))
_WORDS: Final = rf"(?P<w>{_FIRST})"
_TWO_MONTH: Final = r"(?P<m>0[1-9]|1[0-2])"
_TWO_DAY: Final = r"(?P<d>0[1-9]|[12]\d|3[01])"

#: The forms, in the order in which they are tried at each place. Groups: y, yy year; m, mon month; d, d2 day; o, o2
#: ordinal suffix; w day in words; a, b day and month in either order; season; weekday.
FORMS: Final = {
    name: re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I | re.A)
    for name, pattern in {
        "compact": rf"(?P<y>(?:19|20)\d\d){_TWO_MONTH}{_TWO_DAY}(?:T?\d{{4}}(?:\d\d)?Z?)?",
        "compact us": rf"{_TWO_MONTH}{_TWO_DAY}(?:(?P<y>(?:19|20)\d\d)|(?P<yy>\d\d))",
        "year first": rf"{_YEAR}(?P<s>[-/.\s])(?P<m>\d{{1,2}})(?P=s)(?P<d>\d{{1,2}})",
        "year and name": rf"{_YEAR}{_OF}{_MON}\.?{_OF}{_DAY}",
        "days then numbers": (
            rf"{_DAY}{_TO}{_NEXT_DAY}(?P<s>[/.])(?P<m>0?[1-9]|1[0-2])(?P=s)(?:(?P<y>\d{{4}})|(?P<yy>\d\d))(?![\d/.])"
        ),
        "numbers": (
            r"(?P<a>\d{1,2})(?P<s>\s*[-/.]\s*|\s)(?P<b>\d{1,2})(?P=s)['\u2019]?"
            r"(?:(?P<y>\d{4})|(?P<yy>\d\d))"
        ),
        "days then name": rf"{_DAY}{_TO}{_NEXT_DAY}{_OF}{_MON}\.?(?:{_OF}{_ANY_YEAR})?",
        "name then days": rf"{_MON}\.?\s*{_DAY}{_TO}{_NEXT_DAY}(?!\s*{MONTH})(?:\s*,?\s*{_ANY_YEAR})?",
        "day then name": rf"{_DAY}{_OF}{_MON}\.?(?:{_OF}{_ANY_YEAR})?",
        "name and year": rf"{_MON}\.?(?:{_OF}|\s+in\s+){_YEAR}",
        "name then day": (
            rf"{_MON}\.?[-/\s]*(?:the\s+)?{_DAY}"
            rf"(?:(?:\s*[,/-]\s*|\s+|\s+of\s+|\s*,?\s+in\s+){_ANY_YEAR})?"
        ),
        "spelled then name": rf"{_WORDS}\s+(?:day\s+)?(?:of\s+)?{_MON}(?:{_OF}{_YEAR})?",
        "name then spelled": rf"{_MON}\s+(?:the\s+)?{_WORDS}(?:\s*,?\s*(?:of\s+|in\s+)?{_YEAR})?",
        "name and short year": rf"{_MON}\.?[-\s,/]*['\u2019]?(?P<yy>\d\d)(?![-\s,/]*(?:1[6-9]|2[0-2])\d\d(?!\d))",
        "year and month": rf"{_YEAR}[-/.](?P<m>\d{{1,2}})",
        "month and year": rf"(?P<m>\d{{1,2}})\s?[-/.]\s?{_YEAR}",
        "two numbers": r"(?P<a>\d{1,2})\s?[-/.]\s?(?P<b>\d{1,2})",
        "season": rf"(?P<season>spring|summer|fall|autumn|winter)(?:\s*,?\s*(?:of\s+)?{_ANY_YEAR})?",
        "name": rf"{_MON}\.?",
        "year": rf"(?:{_YEAR}|['\u2019]\d\d)",
        "weekday": r"(?P<weekday>(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?)",
    }.items()
}
HOLIDAY: Final = re.compile(
    r"\b(?:the\s+)?(?:new\s+year'?s?(?:\s+(?:day|eve))?|martin\s+luther\s+king(?:,?\s+jr\.?)?\s+day|mlk\s+day"
    r"|valentine'?s\s+day|presidents'?s?\s+day|st\.?\s+patrick'?s\s+day|easter(?:\s+\w+day)?|good\s+friday"
    r"|mother'?s\s+day|father'?s\s+day|memorial\s+day|juneteenth|(?:fourth|4th)\s+of\s+july|independence\s+day"
    r"|labor\s+day|columbus\s+day|indigenous\s+peoples'?\s+day|halloween|veterans'?s?\s+day"
    r"|thanksgiving(?:\s+day)?|black\s+friday|christmas(?:\s+(?:day|eve))?|xmas|boxing\s+day|hanukkah|kwanzaa|ramadan"
    r"|diwali|passover|yom\s+kippur|rosh\s+hashanah)\b",
    re.I,
)
#: Times of day, decades and durations: they stay.
BESIDE: Final = re.compile(
    r"T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[ap]\.?m\b\.?)?(?:Z|[+-]\d{2}:?\d{2})?|\b\d{1,2}\s*[ap]\.?m\b\.?"
    r"|\b[0-2]\d{3}\s*(?:h|hrs?|hours)\b|(?:\b(?:1[89]|20)\d|['\u2019]?\b\d)0'?s\b"
    r"|\b\d+(?:\.\d+)?(?:\s*-\s*\d+)?[\s-]*(?:second|minute|min|hour|hr|day|night|week|wk|month|mo|year|yr)s?\b",
    re.I,
)
#: A day in words that is in no date, or a year in words: they cannot be shifted. A line end is where a date was.
SPELLED_DAY: Final = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\w+teenth|twentieth"
    r"|thirtieth|ten|eleven|twelve|\w+teen|twenty|thirty|thousand)\b"
    r"|\n\s*,?\s*(?:the\s+)?(?:one|two|three|four|five|six|seven|eight|nine)\b",
    re.I,
)
