import pytest

from streamdeid.formats import hl7_places
from streamdeid.formats.hl7_places import STANDARD, Definitions, Er7Place, definitions_for


def place(version: str, segment: str, key: int | tuple[int, int, int], datatype: str = "") -> Er7Place:
    places = STANDARD.version(version)[segment]
    return (places.varied(datatype) if datatype else places)[key]


@pytest.mark.parametrize(
    ("version", "segment", "key", "lineage"),
    [
        ("2.5", "PID", (5, 1, 1), ("PID-5.1.1", "PID-5.1", "PID-5", "XPN.1.1", "XPN.1", "FN.1", "FN", "ST")),
        ("2.5", "PID", (5, 2, 1), ("PID-5.2", "PID-5", "XPN.2", "XPN", "ST")),
        ("2.5", "PID", (3, 4, 1), ("PID-3.4.1", "PID-3.4", "PID-3", "CX.4.1", "CX.4", "HD.1", "HD", "IS")),
        ("2.5", "PID", 8, ("PID-8", "IS")),
        ("2.5", "PID", 7, ("PID-7.1", "PID-7", "TS.1", "TS", "DTM")),
        ("2.8.2", "PID", 7, ("PID-7", "DTM")),
        # a composite inside a subcomponent: its first part
        (
            "2.5",
            "ORC",
            (7, 1, 2),
            ("ORC-7.1.2", "ORC-7.1", "ORC-7", "TQ.1.2", "TQ.1", "CQ.2", "CQ", "CE.1", "CE", "ST"),
        ),
        # beyond the composite
        ("2.5", "PID", (5, 40, 1), ("PID-5.40", "PID-5", "XPN.40", "undefined-component")),
        ("2.5", "PID", (5, 40, 2), ("PID-5.40.2", "PID-5.40", "PID-5", "XPN.40.2", "XPN.40", "undefined-component")),
        ("2.5", "PID", (3, 4, 9), ("PID-3.4.9", "PID-3.4", "PID-3", "CX.4.9", "CX.4", "HD.9", "undefined-component")),
        # of the successor of a composite
        ("2.3", "OBX", (3, 9, 1), ("OBX-3.9", "OBX-3", "CE.9", "CWE.9", "CWE", "ST")),
        # no such field, no such segment
        ("2.5", "PID", 60, ("PID-60", "PID", "undefined-field")),
        ("2.5", "PID", (60, 2, 1), ("PID-60.2", "PID-60", "PID", "undefined-field")),
        ("2.5", "ZPI", 3, ("ZPI-3", "ZPI", "undefined-segment")),
        ("2.5", "ZPI", (3, 1, 1), ("ZPI-3.1", "ZPI-3", "ZPI", "undefined-segment")),
        ("2.5", "ZPI", (3, 1, 2), ("ZPI-3.1.2", "ZPI-3.1", "ZPI-3", "ZPI", "undefined-segment")),
        # parts of what has none are text, whatever the whole is
        ("2.5", "PID", (30, 2, 1), ("PID-30.2", "PID-30", "ID.2", "ST")),
        ("2.5", "NTE", (3, 2, 1), ("NTE-3.2", "NTE-3", "FT.2", "FT")),
        ("2.2", "PID", (13, 7, 1), ("PID-13.7", "PID-13", "TN.7", "XTN.7", "XTN", "ST")),
        ("2.3", "PID", (5, 1, 2), ("PID-5.1.2", "PID-5.1", "PID-5", "XPN.1.2", "XPN.1", "ST.2", "FN.2", "FN", "ST")),
        ("2.5", "PID", (19, 1, 2), ("PID-19.1.2", "PID-19.1", "PID-19", "ST.1.2", "ST.1", "ST")),
    ],
)
def test_lineage(version: str, segment: str, key: int | tuple[int, int, int], lineage: tuple[str, ...]) -> None:
    found = place(version, segment, key)
    assert (found.path, found.lineage) == (lineage[0], lineage)


def test_a_text_with_components_is_text() -> None:
    lineage = place("2.5", "OBX", (4, 2, 1)).lineage
    assert lineage[:3] == ("OBX-4.2", "OBX-4", "ST.2")
    assert lineage[-1] == "ST"


@pytest.mark.parametrize(
    ("key", "datatype", "lineage"),
    [
        (5, "ST", ("OBX-5", "ST")),
        ((5, 2, 1), "CE", ("OBX-5.2", "OBX-5", "CE.2", "CE", "ST")),
        ((5, 5, 1), "ED", ("OBX-5.5", "OBX-5", "ED.5", "ED", "TX")),
        (5, "", ("OBX-5", "varies")),
        (5, "NOT", ("OBX-5", "varies")),
        ((5, 2, 1), "NOT", ("OBX-5.2", "OBX-5", "varies")),
    ],
)
def test_the_observation_value_has_the_datatype_that_obx_2_names(
    key: int | tuple[int, int, int], datatype: str, lineage: tuple[str, ...]
) -> None:
    assert place("2.5", "OBX", key, datatype).lineage == lineage


def test_a_position_has_one_place() -> None:
    assert place("2.5", "PID", 5) is place("2.5", "PID", (5, 1, 1))
    assert place("2.5", "PID", (5, 2, 1)) is place("2.5.1", "PID", (5, 2, 1))
    assert place("2.5", "OBX", (3, 1, 1), "TX") is place("2.5", "OBX", (3, 1, 1), "NM")


def test_a_place_knows_its_position() -> None:
    found = place("2.5", "PID", (3, 4, 2))
    assert (found.segment, found.field, found.component, found.subcomponent, found.datatype) == ("PID", 3, 4, 2, "CX")


def test_declarations_come_first() -> None:
    declared = {"ZPI": {3: "XPN"}, "PID": {60: "ST", 8: "CE", 61: "NOT"}}
    places = definitions_for(declared).version("2.5")
    assert places["ZPI"][(3, 2, 1)].lineage == ("ZPI-3.2", "ZPI-3", "XPN.2", "XPN", "ST")
    assert places["ZPI"][4].lineage == ("ZPI-4", "ZPI", "undefined-field")
    assert places["PID"][60].lineage == ("PID-60", "ST")
    assert places["PID"][8].lineage == ("PID-8.1", "PID-8", "CE.1", "CE", "ST")
    assert places["PID"][61].lineage == ("PID-61", "PID", "undefined-field")
    assert places["ZPJ"][1].lineage == ("ZPJ-1", "ZPJ", "undefined-segment")
    assert definitions_for(declared) is definitions_for(declared)
    assert definitions_for({}) is definitions_for(None) is STANDARD


def test_hostile_positions_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hl7_places, "_MOST_PLACES", 50)
    definitions = Definitions()
    for name in ("ZAA", "ZBB", "ZCC"):
        for number in range(1, 40):
            assert definitions.version("2.5")[name][number].path == f"{name}-{number}"
    assert len(definitions._interned) <= 51
    assert definitions.version("2.5")["ZAA"][5000].path == "ZAA-1000"


def test_a_code_with_parts_is_text_that_slipped_there() -> None:
    places = definitions_for(None).version("2.8.2")["OBX"]
    assert places[26].lineage == ("OBX-26", "ID")
    assert places[(26, 1, 1)].lineage == ("OBX-26", "ID.1", "ST")
    assert places[(26, 1, 1)].path == "OBX-26"
    assert places[(26, 3, 1)].lineage == ("OBX-26.3", "OBX-26", "ID.3", "ST")
