from hypothesis import given
from hypothesis import strategies as st

from streamdeid.formats.hl7_places import STANDARD
from streamdeid.formats.hl7_variants import variants
from streamdeid.formats.variants import is_variant, plain_name, with_variant

NAMES = st.lists(st.from_regex(r"[A-Z]{2,4}(-\d)?(\.\d){0,2}", fullmatch=True), min_size=1, max_size=8, unique=True)


def test_what_is_a_variant() -> None:
    assert is_variant("CX(SS).1")
    assert is_variant("canonical(#)")
    assert not is_variant("CX.1")
    assert not is_variant("Extension(http://madeup.example/own).valueString")
    assert plain_name("XON(NPI).10") == "XON.10"


@given(NAMES, st.data())
def test_a_variant_stands_right_before_its_plain_name(names: list[str], chance: st.DataObject) -> None:
    plain = chance.draw(st.sampled_from(names))
    variant = f"{plain}(X)"
    found = with_variant(tuple(names), variant)
    assert found[found.index(variant) + 1] == plain
    assert tuple(name for name in found if name != variant) == tuple(names)


@given(
    st.sampled_from([("PID", 3), ("PID", 2), ("PV1", 7), ("PD1", 3), ("IN1", 2), ("OBX", 5)]),
    st.sampled_from(["2.3", "2.5.1", "2.8.2"]),
    st.integers(1, 12),
)
def test_every_path_of_a_place_goes_before_the_type(at: tuple[str, int], version: str, component: int) -> None:
    segment, field = at
    place = STANDARD.place(version, segment, (field, component, 1), "CX")
    for name in variants(place):
        lineage = with_variant(place.lineage, name)
        paths = [one for one in lineage if one.startswith(f"{segment}-") and not is_variant(one)]
        if name != "OBX-5(age)":  # a path itself
            assert lineage[: len(paths)] == tuple(paths)
            assert lineage[len(paths)] == name
        assert lineage.index(name) + 1 == lineage.index(plain_name(name))


def test_what_may_stand_at_a_place_can_be_asked_for() -> None:
    assert variants(STANDARD.place("2.5", "PID", (3, 1, 1)))[0] == "CX(SS).1"
    assert variants(STANDARD.place("2.5", "PV1", (7, 1, 1)))[2] == "XCN(NPI).1"
    assert variants(STANDARD.place("2.5", "OBX", 5)) == ("OBX-5(age)",)
    assert variants(STANDARD.place("2.5", "PID", (3, 4, 1))) == ()
    assert variants(STANDARD.place("2.5", "PID", 8)) == ()
