import pytest

from streamdeid.detect.clinical_words import Clinically
from streamdeid.detect.edges import _FIELDS, completed, trimmed
from streamdeid.detect.resolve import resolve
from streamdeid.detect.rules.detector import RuleDetector
from streamdeid.detect.rules.words import GIVEN, SURNAMES
from streamdeid.types import Entity, Span


def left(text: str, covered: str, label: str = "NAME/DOCTOR", entity: Entity | None = None) -> str:
    start = text.index(covered)
    span = trimmed(Span(start, start + len(covered), label, 0.9, "ner.own", entity), text)
    assert span.start == start
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "covered", "name"),
    [
        ("Consultant: Wendeline Quorn   Op: Ferdi Ostrander", "Wendeline Quorn   Op", "Wendeline Quorn"),
        ("Next of kin: Wendeline Quorn Tel: 555-0143", "Wendeline Quorn Tel", "Wendeline Quorn"),
        ("Seen by Wendeline Quorn\nDate: May", "Wendeline Quorn\nDate", "Wendeline Quorn"),
        ("Wendeline Quorn, M.D.\nRadiology", "Wendeline Quorn, M.D.", "Wendeline Quorn"),
        ("Wendeline Quorn LMSW, ext 4", "Wendeline Quorn LMSW", "Wendeline Quorn"),
        ("Wendeline Quorn\nProperty: phone", "Wendeline Quorn\nProperty", "Wendeline Quorn"),
        ("Wendeline Quorn and of her", "Wendeline Quorn and of", "Wendeline Quorn"),
        ("Re: Wendeline Quorn, DoB 11.9.09", "Wendeline Quorn, DoB", "Wendeline Quorn"),
        ("Wendeline Quorn   Hosp no. 7", "Wendeline Quorn   Hosp", "Wendeline Quorn"),
        ("Wendeline Quorn   Room 7", "Wendeline Quorn   Room", "Wendeline Quorn"),
        ("Wendeline Quorn Ref 85:22", "Wendeline Quorn Ref", "Wendeline Quorn"),
        ("Wendeline Quorn\nForename(s): see above", "Wendeline Quorn\nForename", "Wendeline Quorn"),
    ],
)
def test_names_end_before_degrees_and_the_next_label(text: str, covered: str, name: str) -> None:
    assert left(text, covered) == name


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("Wendeline\nQuorn: and then he fell", "Wendeline\nQuorn"),
        ("Wendeline Op went home", "Wendeline Op"),
        ("Wendeline Ward: and then he fell", "Wendeline Ward"),
        ("Wendeline To: and then he fell", "Wendeline To"),
        ("Pham, Loc 4 days ago", "Pham"),
        ("Quorn, Loc went home", "Quorn, Loc"),
        ("Tel: 555-0143", "Tel"),
        ("MD", "MD"),
        ("quorn on the ward", "quorn on"),
        ("the band The Who with", "with"),
    ],
)
def test_what_may_be_a_name_stays(text: str, covered: str) -> None:
    assert left(text, covered) == covered


def test_no_label_of_a_field_is_a_name() -> None:
    also_names = _FIELDS & (GIVEN | SURNAMES)
    assert also_names == {"date"}


def test_nothing_is_cut_off_the_front_of_a_name_but_what_joins() -> None:
    text = "with and Quorn"
    assert trimmed(Span(0, 14, "NAME", 0.9, "ner.own"), text) == Span(9, 14, "NAME", 0.9, "ner.own")


def test_a_place_keeps_its_letters_and_a_known_value_is_whole() -> None:
    assert left(
        "Facility: Nowhere Eye Clinic   Therapist: A", "Nowhere Eye Clinic   Therapist", "LOCATION/HOSPITAL"
    ) == ("Nowhere Eye Clinic")
    assert left("moved to Nowhere in 1998", "Nowhere in", "LOCATION/CITY") == "Nowhere"
    assert left("in Baltimore, MD", "Baltimore, MD", "LOCATION/CITY") == "Baltimore, MD"
    assert left("by Quorn, M.D.", "Quorn, M.D.", entity=Entity("NAME/FULL", "Quorn, M.D.")) == "Quorn, M.D."
    assert left("on 3 May Date: x", "3 May Date", "DATE") == "3 May Date"


@pytest.mark.parametrize("degree", ["M.D.", "D.O.", "LCSW-supervised", "R.N."])
def test_no_rule_takes_a_degree_for_initials(degree: str) -> None:
    text = f"REQUESTING PHYSICIAN:  Hubert Quorn, {degree}\nCONSULTANT:"
    spans = Clinically(resolve)(RuleDetector()(text), text)
    assert [text[span.start : span.end] for span in spans] == ["Hubert Quorn"]


@pytest.mark.parametrize(
    ("text", "covered", "whole"),
    [
        ("badge FS:7F:MX, off", "MX", "FS:7F:MX"),
        ("RiO 51:24:0041", "51:24", "51:24:0041"),
        ("env [32:68:CT].", "CT", "32:68:CT"),
        ("wrote to 8311/DEN/52, then", "8311", "8311/DEN/52"),
        ("MRN:4711", "4711", "4711"),
        ("MRN:4711/2mg", "4711", "4711"),
        ("lot AB-12. Then", "AB", "AB-12"),
        ("see Lot-Ab", "Lot", "Lot"),
        ("a" * 60 + "-4711", "4711", "4711"),
    ],
)
def test_a_number_is_found_as_far_as_it_is_written(text: str, covered: str, whole: str) -> None:
    start = text.index(covered)
    spans = completed([Span(start, start + len(covered), "ID", 0.9, "ner.clinical")], text)
    assert [text[span.start : span.end] for span in spans] == [whole]


def test_a_number_does_not_reach_into_the_next_finding_nor_grow_where_a_rule_has_read_it() -> None:
    text = "no 4711/12/05"
    number, day = Span(3, 7, "ID", 0.9, "ner.clinical"), Span(8, 13, "DATE", 0.9, "rules.dates.month-day")
    assert completed([number, day], text) == [number, day]
    known = Span(3, 7, "ID", 0.9, "rules.ids.cue")
    assert completed([known], text) == [known]
