"""The last look before release finds what the stages before it left."""

import json
from collections.abc import Callable, Sequence

import pytest
from handwritten import observation, patient
from hypothesis import given
from hypothesis import strategies as st

from streamdeid.errors import SurvivorError
from streamdeid.formats import er7, fhir, text
from streamdeid.formats.splice import splice
from streamdeid.message.verify import OutputMap, verify
from streamdeid.types import Document, Edit, Leaf

MESSAGE = er7.scan(
    b"MSH|^~\\&|APP||||||ADT^A01||T|2.3\r"
    b"PID|1||40017765||Doemann^Johanna||19610214\r"
    b"OBX|1|TX|NOTE^A note||Mrs. DOEMANN (Johanna), no. 40017765, of Doemannsville||||||F\r"
)
NAMING = ("PID-3.1", "PID-5.1", "PID-5.2", "PID-7.1")


def at(document: Document, *paths: str) -> list[Leaf]:
    return [leaf for leaf in document.leaves if leaf.place.path in paths]


def whole(document: Document, *paths: str) -> list[Edit]:
    """Edits that replace values, by as many dots."""
    return [Edit(leaf.start, leaf.end, b"." * (leaf.end - leaf.start)) for leaf in at(document, *paths)]


def part(document: Document, word: bytes, nth: int = 1) -> Edit:
    """An edit of one occurrence of a word."""
    start = -1
    for _ in range(nth):
        start = document.raw.index(word, start + 1)
    return Edit(start, start + len(word), b"." * len(word))


MENTIONS = [part(MESSAGE, b"DOEMANN"), part(MESSAGE, b"Johanna", 2), part(MESSAGE, b"40017765", 2)]
EDITS = sorted(whole(MESSAGE, *NAMING) + MENTIONS)


def check(document: Document, edits: Sequence[Edit], *originals: str, kept: Sequence[Leaf] = ()) -> None:
    output = splice(document.raw, edits)
    values = [document.raw[leaf.start : leaf.end].lower() for leaf in at(document, *originals)]
    verify(document, output, edits, values, {leaf.start for leaf in kept})


def test_an_output_without_originals_passes() -> None:
    check(MESSAGE, EDITS, *NAMING)


@pytest.mark.parametrize("dropped", range(len(EDITS)))
def test_every_dropped_edit_is_a_survivor_with_its_place(dropped: int) -> None:
    edits = [edit for number, edit in enumerate(EDITS) if number != dropped]
    with pytest.raises(SurvivorError) as refusal:
        check(MESSAGE, edits, *NAMING)
    (leaf,) = [leaf for leaf in MESSAGE.leaves if leaf.start <= EDITS[dropped].start < leaf.end]
    assert (refusal.value.code, refusal.value.path) == ("verify.survivor", leaf.place.path)


def test_a_survivor_is_never_quoted() -> None:
    with pytest.raises(SurvivorError) as refusal:
        check(MESSAGE, [], *NAMING)
    assert "oemann" not in repr(refusal.value).lower()


def test_only_whole_words_count() -> None:
    # Doemannsville keeps the name inside a longer word; all else that holds it was replaced
    assert b"Doemannsville" in splice(MESSAGE.raw, EDITS)
    check(MESSAGE, EDITS, "PID-5.1")


def test_what_an_edit_wrote_may_equal_an_original() -> None:
    surrogate = [edit._replace(replacement=b"Johanna") if edit.end - edit.start == 7 else edit for edit in EDITS]
    check(MESSAGE, surrogate, *NAMING)


def test_short_values_are_not_looked_for() -> None:
    document = er7.scan(b"MSH|^~\\&|APP||||||ADT^A01||T|2.3\rPID|1||77||Lee^Ann\rOBX|1|TX|1||lee side, ann arbor, 77\r")
    check(document, whole(document, "PID-3.1", "PID-5.1", "PID-5.2"), "PID-3.1", "PID-5.1", "PID-5.2")


CODED = er7.scan(
    b"MSH|^~\\&|APP||||||ADT^A01||T|2.3\rPID|1||40017765||Park^Wardell\rOBX|1|CE|PARK^Parking||40017765\rOBX|2|NM|N||40017765\r"
)


def test_a_code_that_reads_like_a_name_is_excused() -> None:
    edits = whole(CODED, "PID-5.1")
    check(CODED, edits, "PID-5.1", kept=at(CODED, "OBX-3.1"))
    with pytest.raises(SurvivorError, match=r"^verify\.survivor at OBX-3\.1$"):
        check(CODED, edits, "PID-5.1")


def test_a_code_that_reads_like_a_telling_number_is_not_excused() -> None:
    edits = whole(CODED, "PID-3.1")
    with pytest.raises(SurvivorError, match=r"^verify\.survivor at OBX-5\.1$"):
        check(CODED, edits, "PID-3.1", kept=at(CODED, "OBX-5.1"))


def test_a_measured_number_is_excused() -> None:
    code, measure = at(CODED, "OBX-5.1", "OBX-5")
    edits = sorted([*whole(CODED, "PID-3.1"), Edit(code.start, code.end, b"x")])
    check(CODED, edits, "PID-3.1", kept=[measure])


def test_structure_is_no_survivor() -> None:
    document = fhir.scan(json.dumps(patient(name=[{"family": "birthDate"}])).encode())
    check(document, whole(document, "Patient.name.family"), "Patient.name.family")


@pytest.mark.parametrize("delimiter", [b"|", b"^", b"~", b"&", b"\r", b"\n"])
def test_another_number_of_delimiters_is_another_structure(delimiter: bytes) -> None:
    (leaf,) = at(MESSAGE, "PID-5.1")
    edits = [Edit(leaf.start, leaf.end, b"a" + delimiter + b"b")]
    with pytest.raises(SurvivorError, match=r"^verify\.structure$"):
        verify(MESSAGE, splice(MESSAGE.raw, edits), edits, [], set())


def test_delimiters_are_those_that_the_message_declares() -> None:
    document = er7.scan(b"MSH#*~\\&#APP######ADT*A01##T#2.3\rPID#1##4##Doe*John\r")
    (leaf,) = at(document, "PID-5.1")
    fine, broken = [Edit(leaf.start, leaf.end, b"a|^b")], [Edit(leaf.start, leaf.end, b"a*b")]
    verify(document, splice(document.raw, fine), fine, [], set())
    with pytest.raises(SurvivorError, match=r"^verify\.structure$"):
        verify(document, splice(document.raw, broken), broken, [], set())


def test_json_that_no_longer_parses_is_another_structure() -> None:
    document = fhir.scan(json.dumps(observation()).encode())
    (leaf,) = at(document, "Observation.status")
    edits = [Edit(leaf.start, leaf.end, b'a"b')]
    with pytest.raises(SurvivorError, match=r"^verify\.structure$"):
        verify(document, splice(document.raw, edits), edits, [], set())


def test_a_survivor_of_json_is_found_in_any_string() -> None:
    document = fhir.scan(json.dumps(patient(maritalStatus={"text": "married to Doemann"})).encode())
    with pytest.raises(SurvivorError, match=r"^verify\.survivor at Patient\.maritalStatus\.text$"):
        check(document, whole(document, "Patient.name.family"), "Patient.name.family")


def test_plain_text_has_no_structure_to_break() -> None:
    document = text.scan(b"Some text.")
    verify(document, b"Another|text\r", [], [], set())


def _naive(raw: bytes, edits: Sequence[Edit]) -> list[int | None]:
    """For every byte of the output where it came from."""
    sources: list[int | None] = []
    position = 0
    for edit in edits:
        sources += [*range(position, edit.start), *([None] * len(edit.replacement))]
        position = edit.end
    return [*sources, *range(position, len(raw))]


@st.composite
def _edited(draw: Callable[..., object]) -> tuple[bytes, list[Edit]]:
    raw = draw(st.binary(max_size=40))
    assert isinstance(raw, bytes)
    cuts = draw(st.lists(st.integers(0, len(raw)), unique=True, max_size=10))
    assert isinstance(cuts, list)
    bounds = sorted(cuts)[: len(cuts) // 2 * 2]
    new = st.binary(max_size=5)
    return raw, [Edit(start, end, draw(new)) for start, end in zip(bounds[::2], bounds[1::2], strict=True)]  # type: ignore[arg-type]


@given(_edited())
def test_an_output_map_agrees_with_a_naive_one(edited: tuple[bytes, list[Edit]]) -> None:
    raw, edits = edited
    output, sources, output_map = splice(raw, edits), _naive(raw, edits), OutputMap(edits)
    assert [output_map.source(position) for position in range(len(output))] == sources
    assert all(output[at] == raw[source] for at, source in enumerate(sources) if source is not None)
