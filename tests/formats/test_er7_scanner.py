import pytest

from streamdeid.errors import ScanError
from streamdeid.formats.er7_header import read_header
from streamdeid.formats.er7_scanner import LeafScanner, Line
from streamdeid.formats.hl7_places import STANDARD

HEADER = r"MSH|^~\&|LAB"


def scanned(*lines: str) -> LeafScanner:
    numbered: list[Line] = []
    position = 0
    for line in lines:
        numbered.append((position, line))
        position += len(line) + 1
    scanner = LeafScanner(read_header(lines[0]), STANDARD, None)
    scanner.scan(numbered)
    return scanner


def leaves(*lines: str) -> list[tuple[str, str]]:
    return [(leaf.place.path, leaf.text) for leaf in scanned(*lines).leaves]


def test_fields_repetitions_components_subcomponents() -> None:
    assert leaves(HEADER, "PID|1||A^^^B&1.2&ISO~C||DOE&VAN^JANE")[1:] == [
        ("PID-1", "1"),
        ("PID-3.1", "A"),
        ("PID-3.4.1", "B"),
        ("PID-3.4.2", "1.2"),
        ("PID-3.4.3", "ISO"),
        ("PID-3.1", "C"),
        ("PID-5.1.1", "DOE"),
        ("PID-5.1.2", "VAN"),
        ("PID-5.2", "JANE"),
    ]


def test_byte_ranges() -> None:
    lines = (HEADER, "PID|1||A^^^B&1.2&ISO~~C||DOE&VAN^JANE|", "PV1||I")
    text = "\r".join(lines)
    for leaf in scanned(*lines).leaves:
        assert text[leaf.start : leaf.end] == leaf.text


def test_units_and_holders() -> None:
    scanner = scanned(HEADER, "PID|1||A^^^B&C~D~~E^F", "PID|2||A")
    assert [leaf.unit for leaf in scanner.leaves] == [0, 1, 1, 1, 1, 1, 1, 1, 2, 2]
    holders = [leaf.holder for leaf in scanner.leaves]
    assert len(set(holders[2:5])) == 1
    assert len(set(holders[6:8])) == 1
    assert len(set(holders)) == 7
    assert [scanner.first_leaves[unit] for unit in range(4)] == [0, 1, 8, 10]


def test_values_to_be_deleted_are_no_leaves() -> None:
    assert leaves(HEADER, 'PID|""|""~1|""^2|3^""&4|5&""|a""') == [
        ("MSH-3.1", "LAB"),
        ("PID-2.1", "1"),
        ("PID-3.2", "2"),
        ("PID-4.1", "3"),
        ("PID-4.2.2", "4"),
        ("PID-5.1.1", "5"),
        ("PID-6.1.1", 'a""'),
    ]


def test_headers_have_no_leaves_for_their_delimiters() -> None:
    assert leaves("BHS|^~\\&|LAB||||||remark^more")[1:] == [("BHS-9", "remark"), ("BHS-9.2", "more")]
    assert leaves("MSH|^~\\&") == []
    assert leaves("BTS|3|remark", "FTS|1") == [("BTS-1", "3"), ("BTS-2", "remark"), ("FTS-1", "1")]


def test_the_observation_value_follows_its_datatype() -> None:
    found = scanned(HEADER, "OBX|1|CE|A||B", "OBX|2|TX^|A||B", "OBX|3||A||B", "OBX|4", "MFE|MAD|1||A|PL")
    values = [leaf.place for leaf in found.leaves if leaf.place.path.startswith(("OBX-5", "MFE-4"))]
    assert [place.path for place in values] == ["OBX-5.1", "OBX-5", "OBX-5", "MFE-4.1.1"]
    assert [place.lineage[-1] for place in values] == ["ST", "TX", "varies", "IS"]


@pytest.mark.parametrize("line", ["PID", "PI|1", "pid|1", "PIDX|1", "1ID|1", "// remark", "PID^1", "É|D|1"])
def test_lines_that_are_no_segments(line: str) -> None:
    with pytest.raises(ScanError, match=r"er7\.segment at segment 3"):
        scanned(HEADER, "EVN|A01", line)


@pytest.mark.parametrize("lines", [(HEADER, HEADER), (HEADER, "FHS|^~\\&"), ("BTS|1", "PID|1")])
def test_a_header_inside_a_message_or_a_segment_outside(lines: tuple[str, ...]) -> None:
    with pytest.raises(ScanError, match=r"er7\.header at segment 2"):
        scanned(*lines)
