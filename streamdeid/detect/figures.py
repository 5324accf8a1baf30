"""What is measured or counted, and so no date, age or number of anybody, whatever a model takes it for.

Tables of results, bills and charts are full of figures. A model that has found ``17/24`` or ``30.00`` to be a date has
not looked whether there is such a day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from streamdeid.types import Span

_FIGURE: Final = re.compile(r"\d+(?:[.,:/]\d+)*")
_AROUND: Final = "0123456789.,:/"
_MONTHS, _DAYS, _OLDEST = 12, 31, 120
#: More characters are no figure that anybody reads, nor one that is worth the time.
_LONGEST: Final = 40
_TWO: Final = re.compile(r"(\d+)([./])(\d+)")
_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_AMOUNT: Final = re.compile(r"\d{1,3}(?:,\d{3})*\.\d{2}|\d{1,3}/\d{1,3}")
_UNIT: Final = re.compile(
    r"\s?(?:°|mmol|mmHg|mcg|micrograms?|mg|ml|mL|dL|cm|mm|kg|lbs?|kcal|bpm|units?|IU|mEq|ng|fl|Fr|Ch|Hz|dB|kPa|cmH2O)\b"
    r"|\s?%"
)
#: A unit of concentration or rate after its figure: 1.1 g/L.
_RATE: Final = re.compile(
    r"(?:[kmnpu\u00b5]?(?:g|mol|cal|Eq|IU|U|L|l)|[cm]m)/(?:[dmu\u00b5]?[Ll]|kg|hr?|min|s|day|m?mol|m2)"
)
#: The words around somebody's age, without the number.
_OF_AGES: Final = re.compile(r"(?:y/?o|yrs?|y|years?|old|years?[ -]old|aged?|[mf])\.?", re.I)
#: The weeks of a year and of a pregnancy: 8/52 is eight weeks.
_OF_WEEKS: Final = frozenset({"52", "40"})
_FIGURE_BEFORE: Final = re.compile(r"\d\s?$")
_MONEY: Final = re.compile(r"[$£€]\s?-?$")
#: ICD-10 with a subdivision (WHO, volume 2, section 2.4): a letter, two figures, a point.
_CODE: Final = re.compile(r"[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}")


def is_measured(span: Span, text: str) -> bool:
    """Whether a finding of a model is a figure that cannot be what its label says, or the unit of one."""
    if _RATE.fullmatch(text, span.start, span.end) and _FIGURE_BEFORE.search(text, max(0, span.start - 2), span.start):
        return True
    if span.label.startswith("AGE") and _OF_AGES.fullmatch(text, span.start, span.end):
        return True
    judge = _JUDGES.get(span.label.partition("/")[0])
    if judge is None:
        return False
    if span.label.startswith("ID") and _CODE.fullmatch(text, span.start, span.end):
        return True
    figure = _figure_at(span, text)
    if figure is None:
        return False
    start, end = figure
    is_counted = _UNIT.match(text, end) or _MONEY.search(text, max(0, start - 3), start)
    return bool(is_counted) or judge(text[start:end])


def _figure_at(span: Span, text: str) -> tuple[int, int] | None:
    """The whole figure that a finding is, or is a part of; None where there is more to it."""
    first, last = span.end - _LONGEST, span.start + _LONGEST
    if any(character not in _AROUND for character in text[span.start : span.end]):
        return None
    start, end = span.start, span.end
    while start and text[start - 1] in _AROUND and start > first:
        start -= 1
    while end < len(text) and text[end] in _AROUND and end < last:
        end += 1
    if start <= first or end >= last or end - start > _LONGEST:
        return None
    found = _FIGURE.search(text, start, end)
    if found is None or not found.start() <= span.start < found.end():
        return None
    is_alone = not (text[found.start() - 1 : found.start()].isalpha() or text[found.end() : found.end() + 1].isalpha())
    return found.span() if is_alone else None


def _is_no_date(figure: str) -> bool:
    """A time of day, or two figures that are no day and month, and no month and year."""
    if _CLOCK.fullmatch(figure):
        return True
    two = _TWO.fullmatch(figure)
    return two is not None and not _may_be_a_date(two[1], two[3])


def _may_be_a_date(first: str, second: str) -> bool:
    smaller, larger = sorted((int(first), int(second)))
    is_day = 0 < smaller <= _MONTHS and larger <= _DAYS and max(len(first), len(second)) <= len("31")
    is_month = 0 < int(first) <= _MONTHS and len(second) == len("98") and second not in _OF_WEEKS
    has_year = len("1998") in {len(first), len(second)}
    return is_day or is_month or has_year


def _is_no_age(figure: str) -> bool:
    return figure.isdigit() and int(figure) > _OLDEST


def _is_an_amount(figure: str) -> bool:
    return _AMOUNT.fullmatch(figure) is not None


_JUDGES: Final[Mapping[str, Callable[[str], bool]]] = {
    "DATE": _is_no_date,
    "AGE": _is_no_age,
    "ID": _is_an_amount,
    "CONTACT": _is_an_amount,
}
