import pytest

from streamdeid.errors import ScanError
from streamdeid.formats.er7_header import Delimiters, check_undeclared, read_header, undeclared


def test_delimiters_type_version_and_charset() -> None:
    header = read_header(
        r"MSH|^~\&|LAB|DEMO|EHR|DEMO|20240102||ORU^R01^ORU_R01|1|P|2.5.1^USA|||||USA|8859/1~UNICODE UTF-8"
    )
    assert header.delimiters == Delimiters("|", "^", "~", "\\", "&")
    assert header.message_type == ("ORU", "R01", "ORU_R01")
    assert (header.version, header.charset, header.length) == ("2.5.1", "8859/1", 8)


@pytest.mark.parametrize(
    ("line", "delimiters"),
    [
        (r"MSH|^~\&#|", Delimiters("|", "^", "~", "\\", "&", "#")),
        ("MSH#!@$%#", Delimiters("#", "!", "@", "$", "%")),
        ("MSH|^~|", Delimiters("|", "^", "~")),
        ("MSH|^|", Delimiters("|", "^")),
        (r"MSH|^~\&", Delimiters("|", "^", "~", "\\", "&")),
        (r"MSH|^~\\&|", Delimiters("|", "^", "~", "\\", "&")),
        (r"MSH|^~\\&#|", Delimiters("|", "^", "~", "\\", "&", "#")),
        (r"FHS|^~\&|DEMO", Delimiters("|", "^", "~", "\\", "&")),
        (r"BHS$*~\&$DEMO", Delimiters("$", "*", "~", "\\", "&")),
        ("BTS|3", Delimiters("|", "^", "~", "\\", "&")),
    ],
)
def test_any_delimiters(line: str, delimiters: Delimiters) -> None:
    assert read_header(line).delimiters == delimiters


def test_a_doubled_escape_character_is_part_of_msh_2() -> None:
    assert read_header(r"MSH|^~\\&|DEMO").length == len(r"MSH|^~\\&")


@pytest.mark.parametrize("line", ["PID|1", "msh|^~\\&|", "BTS", "", "MS"])
def test_no_header(line: str) -> None:
    with pytest.raises(ScanError, match=r"er7\.header"):
        read_header(line)


@pytest.mark.parametrize(
    "line",
    [
        *("MSH", "MSH|", "MSH||DEMO", "BTSx3", r"MSH|^^\&|", r"FHS|^^\&|", r"MSH|^~\&#$|", r"MSH|^~\&amp;|"),
        *(r"MSHa^~\&a", r"MSH|^ \&|", r'MSH|^"\&|', "MSH|^\xe9\\&|", "MSH\t^~\\&\t"),
    ],
)
def test_delimiters_that_cannot_be_told_apart(line: str) -> None:
    with pytest.raises(ScanError, match=r"er7\.encoding_characters"):
        read_header(line)


def test_standard_characters_in_a_message_that_does_not_declare_them() -> None:
    few = Delimiters("|", "^")
    assert undeclared(few) == "~\\&"
    assert undeclared(Delimiters("|", "!", "@", "$", "%")) == ""
    check_undeclared(few, "PID|1||12^^^DEMO")
    for rest in ("12~13", "A&B", "\\T\\"):
        with pytest.raises(ScanError, match="MSH-2"):
            check_undeclared(few, rest)
    check_undeclared(Delimiters("|", "!", "@", "$", "%"), "A&B^~\\")
