import pytest

from streamdeid.formats.fhirpath import Binary, Call, Literal, Member, This, parse


def test_a_path_is_read_from_its_start() -> None:
    assert parse("Patient.name.family") == Member(Member(Member(None, "Patient"), "name"), "family")
    assert parse(" `Patient` . name ") == Member(Member(None, "Patient"), "name")


def test_functions_have_a_base_and_arguments() -> None:
    assert parse("nodesByType('Age')") == Call(None, "nodesByType", (Literal("string", "Age"),))
    assert parse("name.where($this = 'x')") == Call(
        Member(None, "name"), "where", (Binary("=", This(), Literal("string", "x")),)
    )
    assert parse("value.ofType(FHIR.Quantity)") == Call(Member(None, "value"), "ofType", (Member(None, "Quantity"),))


def test_operators_bind_as_the_specification_says() -> None:
    a, b, c = (Member(None, name) for name in "abc")
    assert parse("a | b as c") == Binary("|", a, Binary("as", b, c))
    assert parse("a = b and c") == Binary("and", Binary("=", a, b), c)
    assert parse("a or b and c") == Binary("or", a, Binary("and", b, c))
    assert parse("(a or b) and c") == Binary("and", Binary("or", a, b), c)
    assert parse("a = b | c") == Binary("=", a, Binary("|", b, c))
    assert parse("a and b and c") == Binary("and", Binary("and", a, b), c)


def test_strings_are_unescaped() -> None:
    assert parse(r"'it\'s \u0041\n'") == Literal("string", "it's A\n")
    assert parse('"x"') == Literal("string", "x")
    assert (parse("true"), parse("1.5")) == (Literal("boolean", "true"), Literal("number", "1.5"))


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            "Patient.",
            ".name",
            "Patient.name)",
            "Patient.name family",
            "Patient.name.where(use='x'",
            "a b",
            "a ||b",
        ),
        *("name[0]", "name.first()", "a > ", "a + 'b'", "a ~ b", "%resource.id", "@20", "'open", "name.where()"),
        *("name.exists(a, b)", "descendants(a)", "name.repeat(a)", "a.ofType('x')", "a xor b", "Ω.x"),
        *("(" * 30 + "a" + ")" * 30, "a." * 2_000 + "a"),
    ],
)
def test_what_is_not_understood_whole_is_an_error(path: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(path)
