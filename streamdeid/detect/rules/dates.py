"""Dates, 45 CFR 164.514(b)(2)(i)(C): all elements of dates but the year; years are found too,
and left to the policy."""

from __future__ import annotations

from streamdeid.detect.rules.date_checks import (
    day_alone,
    days_of_number,
    decade,
    dotted,
    month_alone,
    month_day,
    month_short_year,
    month_year,
    named_month,
    numeric,
    numeric_range,
    one_year,
    packed,
    packed_us,
    short_year,
    spelled,
    two_years,
)
from streamdeid.detect.rules.date_parts import (
    CLEAR,
    CLOCK,
    COMMA_DAYS,
    DAY,
    END,
    FIRST,
    FIRST_WORDS,
    HOLIDAY,
    HOLIDAYS,
    JOIN,
    MONTH,
    MONTHS,
    NO_DAY,
    NUMBER,
    SPELLED_YEAR,
    TH,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
)
from streamdeid.detect.rules.rule import Row, rules

# fmt: off
_ROWS: tuple[Row, ...] = (
    ("iso", "DATE", 0.97, "4:-/.", rf"(?P<v>[0-9]{{4}}([-/.])[0-9]{{1,2}}\2[0-9]{{1,2}}{END}{CLOCK})",
     numeric),
    ("full", "DATE", 0.96, "1-2:_-/.",
     rf"(?<![0-9/.])(?P<v>[0-9]{{1,2}}( ?[-/.] ?)[0-9]{{1,2}}\2[0-9]{{4}}){END}", numeric),
    ("short", "DATE", 0.9, "1-2:-/",
     rf"{CLEAR}(?P<v>[0-9]{{1,2}}([-/])[0-9]{{1,2}}\2'?[0-9]{{2}})(?![0-9]|[-/.][0-9])", numeric),
    # a slash that was read as a bar, but not the cells of a table
    ("barred", "DATE", 0.8, "1-2:|",
     r"(?<![a-z0-9/.|])(?P<v>[0-9]{1,2}\|[0-9]{1,2}\|(?:[0-9]{4}|[0-9]{2}))(?![0-9a-z|])", numeric),
    ("dotted", "DATE", 0.8, "1-2:.",
     rf"{CLEAR}(?P<v>[0-9]{{1,2}}\.[0-9]{{1,2}}\.[0-9]{{2}})(?![0-9a-z]|[-/.][0-9])", dotted),
    ("packed", "DATE", 0.75, "8: 12: 14:",
     r"(?<![a-z.])(?P<v>[0-9]{8,14}(?:\.[0-9]{1,4})?(?:[+-][0-9]{4})?)(?![0-9a-z]|\.[0-9])", packed),
    ("packed-us", "DATE", 0.8, "6: 8:", r"(?P<v>[0-9]{6,8})", packed_us),
    ("birth", "DATE", 0.97, "dob birth birthdate born =d.o.b",
     r"(?:dob|d\.o\.b\.?|birth ?date|birth|born)[ :#=-]{0,4}(?:on )?(?P<v>[0-9]{1,4}([ /.-])[0-9]{1,2}\2"
     r"[0-9]{2,4})(?![0-9])",
     numeric),
    ("range", "DATE", 0.75, "1-2:/",
     rf"{CLEAR}(?P<v1>[0-9]{{1,2}}/[0-9]{{1,2}}) ?(?:-|to|thru|through|and) ?"
     r"(?P<v2>[0-9]{1,2}/[0-9]{1,2}(?:/(?:[0-9]{4}|[0-9]{2}))?)(?![0-9/])", numeric_range),
    ("month-day", "DATE", 0.75, "1-2:/",
     rf"{CLEAR}(?P<v>[0-9]{{1,2}}/[0-9]{{1,2}})(?![0-9/%a-z]|\.[0-9]|-[0-9](?![0-9:apm ]))", month_day),
    ("month-year", "DATE", 0.85, "1-2:-/", r"(?<![0-9/.-])(?P<v>[0-9]{1,2}[-/][0-9]{4})(?![0-9]|[-/][0-9])",
     month_year),
    ("year-month", "DATE", 0.8, "4:-/", r"(?<![0-9/.-])(?P<v>[0-9]{4}[-/][0-9]{2})(?![0-9]|[-/.][0-9])",
     month_year),
    ("month-short-year", "DATE", 0.6, "1-2:/", rf"{CLEAR}(?P<v>[0-9]{{1,2}}/[0-9]{{2}})(?![0-9/%])",
     month_short_year),
    ("named", "DATE", 0.95, MONTHS + WEEKDAYS,
     rf"{WEEKDAY}(?P<month>{MONTH})[ \n./,-]{{0,3}}(?:the )?{DAY}(?![0-9]){TH}?(?![a-z])"
     rf"(?P<year>[,. \n/-]{{0,3}}(?:of )?(?:{YEAR}{END}|'[0-9]{{2}}{END}|(?<=[/-])[0-9]{{2}}{END}))?",
     named_month),
    ("named-days", "DATE", 0.95, MONTHS + WEEKDAYS,
     rf"{WEEKDAY}(?P<month>{MONTH})[ \n./,-]{{0,3}}(?:the )?{DAY}(?![0-9]){TH}?{COMMA_DAYS}{JOIN}{WEEKDAY}"
     rf"{DAY}(?![0-9:]){TH}?(?![a-z/]|[ ./-](?:of )?{MONTH})"
     rf"(?P<year>[,. \n/-]{{0,3}}(?:of )?(?:{YEAR}{END}|'[0-9]{{2}}{END}|(?<=[/-])[0-9]{{2}}{END}))?",
     named_month),
    ("days-named", "DATE", 0.95, "1-2:_-&,/snrtd " + WEEKDAYS,
     rf"{WEEKDAY}(?<![a-z0-9.]){DAY}(?![0-9]){TH}?{COMMA_DAYS}{JOIN}{WEEKDAY}{DAY}{TH}?(?: of)?"
     rf"[ \n./-]?(?P<month>{MONTH})"
     rf"(?P<year>[,. \n/-]{{0,2}}(?:of )?(?:{YEAR}|'?[0-9]{{2}})(?![0-9:]))?", named_month),
    ("days-of-number", "DATE", 0.96, "1-2:_-",
     rf"(?<![a-z0-9/.-])(?P<first>{DAY}) ?(?:-|(?<= )(?:to|till|until|through|thru|and)(?= )) ?(?P<last>{DAY})"
     rf"(?P<by>[/.])(?P<number>[0-9]{{1,2}})(?P=by)(?:{YEAR}|[0-9]{{2}}){END}", days_of_number),
    ("no-day", "DATE", 0.95, "2:_-./snrt " + MONTHS,
     rf"(?:(?<![a-z0-9./-]){NO_DAY}{TH}?(?: of)?[ ./-]?{MONTH}|{MONTH}[ ./-]{{0,2}}{NO_DAY}{TH}?)"
     rf",?[ ./-]{{1,2}}{YEAR}{END}", None),
    ("day-named", "DATE", 0.95, "1-2:_-./,snrtjfmaod^ " + WEEKDAYS,
     rf"{WEEKDAY}(?<![a-z0-9.]){DAY}{TH}?(?: day)?(?: of)?[ \n./-]?(?P<month>{MONTH})"
     rf"(?P<year>[,. \n/-]{{0,2}}(?:of )?(?:{YEAR}|'?[0-9]{{2}})(?![0-9:]))?", named_month),
    ("named-year", "DATE", 0.9, MONTHS,
     rf"(?P<month>{MONTH})(?P<year>,?[ \n./-]{{0,2}}(?:of )?(?:{YEAR}|'[0-9]{{2}}|[4-9][0-9]){END})",
     named_month),
    ("spelled", "DATE", 0.85, MONTHS + WEEKDAYS + FIRST_WORDS,
     rf"{WEEKDAY}(?:(?:the )?(?:{FIRST}{JOIN})?{FIRST} (?:day )?(?:of )?{MONTH}"
     rf"|{MONTH} (?:the )?(?:{FIRST}|{NUMBER})(?![a-z]))"
     rf"(?:,? (?:of |in )?(?:{YEAR}|{SPELLED_YEAR}))?", spelled),
    ("spelled-year", "DATE", 0.85, MONTHS,
     rf"{MONTH}(?: {DAY}{TH}?)?,? (?:of )?(?:the year )?{SPELLED_YEAR}", None),
    ("month", "DATE", 0.6, MONTHS, r"(?!mar[^c])(?!dec[^e])(?!sep[^t])[a-z]{3,9}(?![a-z0-9])", month_alone),
    ("day", "DATE", 0.5, "1-2:snrt", rf"(?P<v>{DAY}{TH})(?= ?(?:[.,;)\n]|$)| (?:at|and|to|through|but|she"
     rf"|he|with)(?![a-z]))", day_alone),
    ("season", "DATE", 0.8, "spring summer fall autumn winter",
     rf"(?:spring|summer|fall|autumn|winter)(?: of|,)? {{0,2}}(?:{YEAR}|'[0-9]{{2}}){END}", None),
    ("holiday", "DATE", 0.7, HOLIDAYS, rf"(?<![a-z0-9]){HOLIDAY}", None),
    ("years", "DATE", 0.75, "4:_-",
     rf"(?<![a-z/.$#-])(?P<v1>[0-9]{{4}}) ?(?:-|to|through|thru|and|or|until) ?(?P<v2>{YEAR})(?![0-9a-z/-]|"
     rf"[.,][0-9])",
     two_years),
    ("decade", "DATE", 0.75, "4:s'", r"(?<![a-z/.$#-])(?P<v>[0-9]{3}0'?s)(?![a-z])", decade),
    ("year", "DATE", 0.75, "4:", r"(?P<v>(?:19|20)[0-9]{2})(?![0-9a-z/-]|[.,:][0-9])", one_year),
    ("short-year", "DATE", 0.7, "='", r"'[0-9]{2}(?![0-9a-z'])", short_year),
)
# fmt: on

RULES = rules("dates", _ROWS)
