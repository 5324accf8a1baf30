import pytest

from streamdeid.formats import generate_hl7_tables as generated
from streamdeid.formats import hl7_tables as tables


def test_the_shipped_tables_are_what_hl7apy_says() -> None:
    found = generated.written({version: generated.table(version) for version in tables.VERSIONS})
    assert found == tables.TABLE_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("version", "served_by"),
    [
        ("2.5.1", "2.5.1"),
        ("2.9", "2.8.2"),
        ("2.999", "2.8.2"),
        ("2.3.2", "2.3.1"),
        ("2.0", "2.1"),
        ("", "2.8.2"),
        ("two", "2.8.2"),
        ("2.5\u0663", "2.8.2"),
        ("9" * 7, "2.8.2"),
    ],
)
def test_a_version_without_tables_is_served_by_the_nearest(version: str, served_by: str) -> None:
    assert tables.nearest_version(version) == served_by


@pytest.mark.parametrize("version", tables.VERSIONS)
def test_every_version_defines_the_segments_that_all_messages_need(version: str) -> None:
    assert {"MSH", "PID", "PV1", "OBR", "OBX", "NTE", "ORC"} <= tables.known_segments(version)


def test_segments_of_one_version_are_not_those_of_another() -> None:
    assert "PRT" in tables.known_segments("2.8")
    assert "PRT" not in tables.known_segments("2.5")
    assert {"PRT", "RX1"} <= tables.all_segments()
    assert not {name for name in tables.all_segments() if len(name) != 3}


@pytest.mark.parametrize(
    ("version", "segment", "field", "datatype"),
    [
        ("2.5", "PID", 5, "XPN"),
        ("2.1", "PID", 5, "PN"),
        ("2.3", "PID", 33, "TS"),  # pre-adopted from 2.4
        ("2.8.2", "PID", 19, "ST"),  # withdrawn in 2.7
        ("2.6", "DG1", 7, "CE"),  # missing in 2.6, withdrawn later
        ("2.2", "PID", 3, "CX"),  # CM_PAT_ID
        ("2.1", "PID", 2, "CX"),  # CK
        ("2.2", "PV1", 3, "PL"),  # CM_INTERNAL_LOCATION
        ("2.5", "OBX", 5, "varies"),
        ("2.5", "QPD", 3, "varies"),
        ("2.5", "QPD", 9, "varies"),
        ("2.5", "RDT", 12, "varies"),
        ("2.5", "PID", 60, None),
        ("2.5", "ZPI", 1, None),
    ],
)
def test_datatypes_of_fields(version: str, segment: str, field: int, datatype: str | None) -> None:
    assert tables.field_datatype(version, segment, field) == datatype


def test_datatypes_of_components() -> None:
    assert tables.component_datatype("2.5", "XPN", 1) == "FN"
    assert tables.component_datatype("2.3", "XPN", 1) == "ST"
    assert tables.composite_component("2.3", "XPN", 1) == "FN"
    assert tables.component_datatype("2.6", "XTN", 1) == "ST"  # hl7apy's 2.6 has none, 2.7 withdrew it
    assert tables.component_datatype("2.5", "XPN", 40) is None
    assert tables.component_datatype("2.5", "ST", 1) is None


def test_composites_and_datatypes() -> None:
    assert tables.is_composite("TS")
    assert not tables.is_composite("ST")
    assert {"TN", "CE", "CWE", "SNM", "ED", "FT"} <= tables.all_datatypes()
    assert not {"WD", "CM", "DR_SIMPLE"} & tables.all_datatypes()


@pytest.mark.parametrize(
    ("message", "has_patient"),
    [
        (("2.5", "ADT", "A01", "ADT_A01"), True),
        (("2.5", "ADT", "A04"), True),
        (("2.3", "ADT", "A40"), True),
        (("2.5", "ADT", "A20"), False),
        (("2.5.1", "ORU", "R01", "ORU_R01"), True),
        (("2.4", "SIU", "S26"), True),
        (("2.5", "ACK", "A01", "ACK"), False),
        (("2.5", "ACK"), False),
        (("2.5", "MFN", "M02"), False),
        (("2.5", "MFK", "M01"), False),
        (("2.5", "FHS"), False),
        (("2.5", "ZZZ", "Z01"), None),
        (("2.5", "", ""), None),
        (("", "", "", ""), None),
    ],
)
def test_which_messages_are_about_a_patient(message: tuple[str, ...], has_patient: bool | None) -> None:
    assert tables.message_has_patient(*message) is has_patient
