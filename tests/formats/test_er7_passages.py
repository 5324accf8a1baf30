from collections.abc import Sequence

from streamdeid.formats.er7 import Er7Document, scan
from streamdeid.types import Passage

HEADER = "MSH|^~\\&|LAB|DEMO|||20240102||ORU^R01|1|P|2.5"


def document(*segments: str) -> Er7Document:
    return scan("\r".join([HEADER, *segments]).encode())


def texts(passages: Sequence[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def report(*segments: str) -> list[str]:
    """The passages of OBX-5, NTE-3 and DSP-3."""
    scanned = document(*segments)
    leaves = [leaf for leaf in scanned.leaves if leaf.place.path.startswith(("OBX-5", "NTE-3", "DSP-3"))]
    passages = scanned.passages(leaves)
    assert sorted(part.leaf.start for passage in passages for part in passage.parts) == [leaf.start for leaf in leaves]
    for passage in passages:
        for start, end, leaf in passage.parts:
            assert passage.text[start:end] == leaf.text
    return texts(passages)


def test_rows_of_one_report_are_one_passage() -> None:
    rows = ("OBX|1|TX|R^Report|1|Seen with Jane", "OBX|2|FT|R^Report|2|Doe, daughter.", "OBX|3|ST|R^Report||End")
    assert report(*rows) == ["Seen with Jane\nDoe, daughter.\nEnd"]


def test_another_observation_or_segment_between_ends_the_passage() -> None:
    assert report("OBX|1|TX|A||one", "OBX|2|TX|B||two", "OBX|3|TX|A||three") == ["one", "two", "three"]
    assert report("OBX|1|TX|A||one", "NTE|1||note", "OBX|2|TX|A||two") == ["one", "note", "two"]
    assert report("OBX|1|TX|A||one", "OBR|2", "OBX|1|TX|A||two") == ["one", "two"]


def test_repetitions_and_empty_rows_are_line_breaks_components_blanks() -> None:
    assert report("OBX|1|TX|A||one~two~~three", "OBX|2|TX|A", "OBX|3|TX|A||four^five") == [
        "one\ntwo\nthree\n\nfour five"
    ]


def test_notes_and_display_lines_are_joined() -> None:
    assert report("NTE|1||Jane", "NTE|2||Doe", "PV1|1", "NTE|1||other") == ["Jane\nDoe", "other"]
    assert report("DSP|1||line", "DSP|2||line two") == ["line\nline two"]


def test_coded_and_other_values_stand_alone() -> None:
    assert report("OBX|1|CE|A||1^one", "OBX|2|CE|A||2^two") == ["1", "one", "2", "two"]
    assert report("OBX|1|CWE|A||1^one", "OBX|2|TX|A||two") == ["1", "one", "two"]
    assert report("OBX|1||A||one", "OBX|2||A||two") == ["one", "two"]


def test_only_the_given_leaves_are_in_passages() -> None:
    scanned = document("OBX|1|TX|A^Seen||one", "OBX|2|TX|A^Seen||two")
    first, second = (leaf for leaf in scanned.leaves if leaf.place.path == "OBX-5")
    other = next(leaf for leaf in scanned.leaves if leaf.place.path == "OBX-3.2")
    assert texts(scanned.passages([second])) == ["two"]
    assert sorted(texts(scanned.passages([other, first, second]))) == ["Seen", "one\ntwo"]
    assert scanned.passages([]) == []
