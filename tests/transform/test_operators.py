import base64

import pytest

from streamdeid.errors import TransformError
from streamdeid.policy.policy import Operator
from streamdeid.transform.keeping import ByEngine
from streamdeid.transform.operators import OMITTED, Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.types import Entity, Format

SUBJECT = Subject("p", -100)


@pytest.fixture(scope="module")
def apply():
    transformer = Transformer(Prf(b"a made-up secret for tests"))

    def run(operator, label, text, datatype="ST", format=Format.HL7V2, value=None, **parameters):
        entity = Entity(label, text if value is None else value)
        return transformer.apply(
            operator, entity, subject=SUBJECT, mention=text, datatype=datatype, format=format, parameters=parameters
        )

    return run


def test_every_operator_says_what_it_does():
    assert all(operator.strategy.__doc__ for operator in Operator)
    assert all(apply_none(operator) for operator in (Operator.DETECT, Operator.DOCUMENT, Operator.QUARANTINE))


def apply_none(operator):
    return operator.strategy.apply is ByEngine.apply


def test_omit_is_nothing_and_says_so(apply):
    assert apply("omit", "NAME", "Doe") is OMITTED
    assert apply("omit", "NAME", "12", "integer", Format.FHIR) is OMITTED


def test_keep(apply):
    assert apply("keep", "NAME", "Doe") is None


def test_a_code_stays_unless_it_is_none(apply):
    assert apply("code", "NAME", "MR") is None
    assert apply("code", "NAME", "6175551234") == ""


def test_a_media_type_loses_what_may_name_a_file(apply):
    for kept in ("text/plain", "application/fhir+json; charset=utf-8", "x-application/hl7-v2+er7", "image/svg+xml"):
        assert apply("media_type", None, kept, "code", Format.FHIR) is None
    for named in ('text/plain; name="Doe.txt"', 'text/plain; charset="Doe"', "text/plain Doe"):
        assert apply("media_type", None, named, "code", Format.FHIR) == "text/plain"
    both = "text/plain; charset=utf-8; name=Doe"
    assert apply("media_type", None, both, "code", Format.FHIR) == "text/plain; charset=utf-8"
    for other in ("Letter of Mr. Doe", "Doe", "/"):
        assert apply("media_type", None, other, "code", Format.FHIR) == "application/octet-stream"


def test_remove_leaves_nothing_in_hl7_and_text(apply):
    assert apply("remove", "NAME", "Doe") == ""
    assert apply("remove", "NAME", "Doe", "text", Format.TEXT) == ""


@pytest.mark.parametrize(
    ("datatype", "expected"),
    [
        ("string", "[removed]"),
        ("markdown", "[removed]"),
        ("base64Binary", base64.b64encode(b"[removed]").decode()),
        ("xhtml", '<div xmlns="http://www.w3.org/1999/xhtml">[removed]</div>'),
        ("uri", "urn:removed"),
        ("url", "urn:removed"),
    ],
)
def test_remove_leaves_a_marker_in_fhir(apply, datatype, expected):
    assert apply("remove", "NAME", "Doe", datatype, Format.FHIR) == expected


@pytest.mark.parametrize("datatype", ["code", "decimal", "integer", "boolean", "date", "instant", "id"])
@pytest.mark.parametrize("operator", ["remove", "mask"])
def test_what_cannot_be_removed_is_refused(apply, operator, datatype):
    with pytest.raises(TransformError) as refused:
        apply(operator, "NAME", "12", datatype, Format.FHIR)
    assert refused.value.code == "transform.unreadable"


def test_substitute(apply):
    assert apply("substitute", "NAME", "Doe", **{"with": "X"}) == "X"
    assert apply("substitute", "NAME", "X", **{"with": "X"}) is None
    with pytest.raises(TransformError):
        apply("substitute", "ID", "1", "positiveInt", Format.FHIR, **{"with": "x"})


def test_mask_is_the_label(apply):
    assert apply("mask", "NAME/FAMILY", "Doe") == "<NAME>"
    assert apply("mask", "NAME/FAMILY", "Doe", "string", Format.FHIR) == "<NAME>"
    assert apply("mask", "NAME/FAMILY", "Doe", "xhtml", Format.FHIR) == "[NAME]"
    assert apply("mask", "DATE", "20240305", "DTM") == ""


def test_surrogate_keeps_the_blanks_around(apply):
    new = apply("surrogate", "NAME/FAMILY", " Doe ")
    assert new == f" {apply('surrogate', 'NAME/FAMILY', 'Doe')} "


@pytest.mark.parametrize("label", ["NAME/FAMILY", "ID/MRN", "CONTACT/ANY", "LOCATION/STREET", "LOCATION/CITY"])
@pytest.mark.parametrize("text", ["", " ", '""', "-"])
def test_nothing_to_replace(apply, label, text):
    assert apply("surrogate", label, text) is None


def test_an_empty_surrogate_is_a_marker_in_fhir(apply):
    assert apply("surrogate", "NAME/SUFFIX", "of Nowhere") == ""
    assert apply("surrogate", "NAME/SUFFIX", "of Nowhere", "string", Format.FHIR) == "[removed]"
    assert apply("surrogate", "LOCATION/STATE", "Bavaria", "string", Format.FHIR) == "[removed]"


def test_coordinates(apply):
    assert apply("surrogate", "LOCATION/GEO", "42.36", "decimal", Format.FHIR) == "0"
    assert apply("surrogate", "LOCATION/GEO", "42.36, -71.06", "string", Format.FHIR) == "[removed]"


def test_shift_by_datatype(apply):
    assert apply("shift", "DATE", "20240305", "DTM") == "20231126"
    assert apply("shift", "DATE", "03/05/2024", "DTM") == "11/26/2023"
    assert apply("shift", "DATE", "2024-03-05T10:00:00Z", "dateTime", Format.FHIR) == "2023-11-26T10:00:00Z"
    assert apply("shift", "DATE", "March 5, 2024", "FT") == "November 26, 2023"
    assert apply("shift", "DATE", "202403051015-0500", "text", Format.TEXT) == "202311261015-0500"
    assert apply("surrogate", "DATE/BIRTH", "20240305", "DT") == "20231126"
    assert apply("shift", "DATE", "1015", "TM") is None
    assert apply("shift", "DATE", "2024", "DTM") is None
    assert apply("shift", "DATE", "3/5/2024", "ST", day_first=True) == "24/1/2024"


def test_dates_that_cannot_be_read(apply):
    assert apply("shift", "DATE", "19001350", "DTM") == ""
    assert apply("shift", "DATE", "Jane Doe", "DTM") == ""
    assert apply("shift", "DATE", '""', "DTM") is None
    assert apply("shift", "DATE", "yesterday", "FT") is None
    assert apply("shift", "DATE", "13/45/2000", "FT") == "<DATE>"
    with pytest.raises(TransformError):
        apply("shift", "DATE", "2024-02-30", "date", Format.FHIR)


def test_year(apply):
    assert apply("year", "DATE", "20240305", "DTM") == "2024"
    assert apply("year", "DATE", "2024-03-05", "date", Format.FHIR) == "2024"
    assert apply("year", "DATE", "2024-03-05T10:00:00Z", "instant", Format.FHIR) == "2024-01-01T00:00:00Z"
    assert apply("year", "DATE", "March 5, 2024", "FT") == "2024"
    assert apply("year", "DATE", "March 5", "FT") == "<DATE>"
    with pytest.raises(TransformError):
        apply("year", "DATE", "x", "date", Format.FHIR)


def test_age(apply):
    assert apply("age", "AGE", "92", "NM") == "90"
    assert apply("age", "AGE", "92", "decimal", Format.FHIR) == "90"
    assert apply("age", "AGE", "92-year-old", "FT") == "90+ year-old"
    assert apply("age", "AGE", "45", "NM") is None
    assert apply("surrogate", "AGE", "92", "NM") == "90"


def test_a_reference_and_the_id_agree(apply):
    new = apply("surrogate", "ID/RESOURCE", "abc-1", "id", Format.FHIR)
    assert apply("reference", "ID/RESOURCE", "Patient/abc-1", "string", Format.FHIR) == f"Patient/{new}"
    assert apply("reference", "ID/RESOURCE", "Patient", "uri", Format.FHIR) is None


def test_a_result_that_the_datatype_cannot_hold_is_refused(apply):
    with pytest.raises(TransformError):
        apply("surrogate", "NAME/FULL", "1", "boolean", Format.FHIR, value="true")
    with pytest.raises(TransformError):
        apply("surrogate", "NAME/FULL", "Doe", "decimal", Format.FHIR)


def test_a_field_and_its_mention_agree(apply):
    family = apply("surrogate", "NAME/FAMILY", "DOE")
    assert apply("surrogate", "NAME/FAMILY", "Mr. Doe's", "FT", value="DOE") == f"Mr. {family.title()}'s"


def test_the_year_of_birth_is_that_of_the_shifted_date(apply):
    def born(text, value, operator="shift"):
        return apply(operator, "DATE/BIRTH", text, "TX", value=value)

    assert born("1961", "19610214") == "1960"
    assert born("1961", "1961-08-14") is None
    assert born("1961", "19610214", "surrogate") == "1960"
    assert apply("shift", "DATE", "1961", "TX") is None
    assert apply("shift", "DATE/BIRTH", "1961", "DT") is None
