from decimal import Decimal

import pytest

from streamdeid.formats.fhirpath import parse_value
from streamdeid.formats.fhirpath_values import Value, check, compared, evaluated


def value(text: str, this: Value) -> Value | None:
    expression = parse_value(text)
    check(expression)
    return evaluated(expression, this)


@pytest.mark.parametrize(
    ("text", "this", "expected"),
    [
        ("$this", "x", "x"),
        ("$this = 'x'", "x", True),
        ("$this != 'x'", "x", False),
        ("$this = 5.0", Decimal(5), True),
        ("$this = 5", "5", True),
        ("$this = '5'", Decimal(5), True),
        ("$this = 5", "five", False),
        ("$this > 4", "five", None),
        ("$this >= -3 and $this <= 5", Decimal(5), True),
        ("$this in ('a' | 'b')", "b", True),
        ("$this in ('a' | 'b')", "c", False),
        ("$this in (1 | 2)", Decimal(2), True),
        ("$this.startsWith('ab') or $this.endsWith('z')", "abc", True),
        ("$this.contains('b').not()", "abc", False),
        ("$this.length() > 2", "abc", True),
        ("$this.substring(1)", "abc", "bc"),
        ("$this.substring(0, 2) + '**'", "abc", "ab**"),
        ("$this.substring(7)", "abc", None),
        ("$this.substring(7) = 'x'", "abc", None),
        ("$this.substring(7) & 'x'", "abc", "x"),
        ("$this.substring(7).empty()", "abc", True),
        ("$this.upper().lower()", "aBc", "abc"),
        ("$this.replace('b', 'x')", "abc", "axc"),
        ("$this.toString()", Decimal("1.50"), "1.50"),
        ("$this + 1", Decimal("1.5"), Decimal("2.5")),
        ("$this >= @2010-1-1", "2010-05-06", True),
        ("$this < @2010", "2009-12-31", True),
        ("$this > @2010-03-04", "2010", None),
        ("@2010-1", "x", "2010-01"),
        ("$this > @2020-01-01T00:30:00+01:00", "2020-01-01T00:00:00Z", True),
        ("false and $this > 'x'", Decimal(1), False),
        ("$this > 'x' or true", Decimal(1), True),
        ("$this > 'x' and true", Decimal(1), None),
        ("$this.exists()", "", True),
    ],
)
def test_values(text: str, this: Value, expected: Value | None) -> None:
    assert value(text, this) == expected
    assert isinstance(value(text, this), type(expected))


def test_order_of_other_types_cannot_be_told() -> None:
    assert compared(True, "x", "<") is None
    assert compared("a", Decimal(1), "<") is None


@pytest.mark.parametrize(
    "text",
    ["name", "$this.name", "$this is string", "('a' | 'b')", "$this.where(true)", "nodesByType('x')", "a.b('c')"],
)
def test_what_is_about_more_than_one_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        check(parse_value(text))
