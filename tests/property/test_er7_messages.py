"""Any message: what was written is what is read, and an edit changes nothing else."""

from __future__ import annotations

import re
import string
from contextlib import suppress
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from streamdeid.errors import ScanError
from streamdeid.formats.charset import to_scannable
from streamdeid.formats.er7 import Er7Document, scan
from streamdeid.formats.er7_escape import escaping
from streamdeid.formats.er7_header import Delimiters
from streamdeid.formats.er7_split import split
from streamdeid.formats.splice import splice
from streamdeid.types import Edit

# Not those of `""`, of version numbers and of names of character sets.
PUNCTUATION = "".join(character for character in string.punctuation if character not in '"-./')
CHARSETS = {
    "": ("ascii", string.printable),
    "8859/1": ("iso8859-1", string.printable + "äéÖßñ\x85\xa0"),
    "windows-1252": ("cp1252", string.printable + "€Žé"),
    "UNICODE UTF-8": ("utf-8", string.printable + "äé€Жß漢𝒟e\u0301\u200b\u2028\x85"),
}
LINE_ENDS = ["\r", "\n", "\r\n", "\r\n\r\n", "\n \n"]
SEGMENTS = ["PID", "OBX", "NTE", "PV1", "DSP", "ZPI"]


any_message = settings(deadline=None, max_examples=60)


@dataclass(frozen=True)
class Sample:
    """A message, and the values that were written into it."""

    raw: bytes
    texts: list[str]
    alphabet: str


@st.composite
def delimiter_sets(draw: st.DrawFn) -> Delimiters:
    count = draw(st.sampled_from([5, 6]))
    usual = Delimiters("|", "^", "~", "\\", "&")
    drawn = st.permutations(PUNCTUATION).map(lambda characters: Delimiters(*characters[:count]))
    return draw(st.one_of(st.just(usual), drawn))


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    delimiters = draw(delimiter_sets())
    charset = draw(st.sampled_from(sorted(CHARSETS)))
    codec, alphabet = CHARSETS[charset]
    write = escaping(delimiters, codec).write
    values = st.one_of(st.just(""), st.text(alphabet, max_size=8))
    line_end = draw(st.sampled_from(LINE_ENDS))
    header = ["MSH", "".join(delimiters[1:]), *[""] * 9, "2.5", *[""] * 5, charset]
    lines = [delimiters.field.join(header)]
    texts = ["2.5", charset]
    for name in draw(st.lists(st.sampled_from(SEGMENTS), max_size=4)):
        fields: list[str] = [name]
        for repetitions in draw(
            st.lists(st.lists(st.lists(st.lists(values, max_size=2), max_size=3), max_size=2), max_size=5)
        ):
            texts += [text for components in repetitions for parts in components for text in parts]
            fields.append(
                delimiters.repetition.join(
                    delimiters.component.join(delimiters.subcomponent.join(map(write, parts)) for parts in components)
                    for components in repetitions
                )
            )
        lines.append(delimiters.field.join(fields) + ("" if len(fields) > 1 else delimiters.field))
    raw = line_end.join(lines).encode(codec) + draw(st.sampled_from([b"", line_end.encode()]))
    return Sample(raw, [text for text in texts if text], alphabet)


def check_ranges(document: Er7Document) -> None:
    position = 0
    for leaf in document.leaves:
        assert position <= leaf.start < leaf.end <= len(document.raw)
        position = leaf.end
        assert leaf.start <= document.locate(leaf, 0, len(leaf.text))[0]
        assert document.locate(leaf, 0, len(leaf.text))[1] <= leaf.end


@any_message
@given(samples())
def test_what_was_written_is_read(sample: Sample) -> None:
    document = scan(sample.raw)
    assert [leaf.text for leaf in document.leaves] == sample.texts
    check_ranges(document)


@any_message
@given(samples())
def test_every_byte_is_in_a_leaf_or_is_structure(sample: Sample) -> None:
    document = scan(sample.raw)
    structure = splice(sample.raw, [Edit(leaf.start, leaf.end, b"") for leaf in document.leaves]).decode("ascii")
    marks = re.escape("".join(document.delimiters))
    assert re.fullmatch(rf"MSH[{marks}]+(?:[\r\n ]+(?:{'|'.join(SEGMENTS)})[{marks}]+)*[\r\n ]*", structure)


@any_message
@given(samples(), st.data())
def test_an_edit_changes_its_range_and_nothing_else(sample: Sample, data: st.DataObject) -> None:
    document = scan(sample.raw)
    index = data.draw(st.integers(0, len(document.leaves) - 1))
    leaf = document.leaves[index]
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(leaf.text))] * 2)))
    start, end = document.locate(leaf, first, last)
    assert leaf.start <= start <= end <= leaf.end
    text = data.draw(st.text(sample.alphabet, max_size=6))
    edited = splice(sample.raw, [Edit(start, end, document.encode(leaf, text))])
    expected = leaf.text[:first] + text + leaf.text[last:]
    if leaf.unit and expected not in ("", '""'):
        texts = [other.text for other in document.leaves]
        assert [other.text for other in scan(edited).leaves] == [*texts[:index], expected, *texts[index + 1 :]]
    same = splice(sample.raw, [Edit(start, end, document.encode(leaf, leaf.text[first:last]))])
    if leaf.unit and leaf.text != '""':
        assert [other.text for other in scan(same).leaves] == [other.text for other in document.leaves]


@any_message
@given(samples())
def test_every_leaf_is_in_one_passage(sample: Sample) -> None:
    document = scan(sample.raw)
    passages = document.passages(document.leaves)
    parts = [part for passage in passages for part in passage.parts]
    assert sorted(part.leaf.start for part in parts) == [leaf.start for leaf in document.leaves]
    assert all(passage.text[part.start : part.end] == part.leaf.text for passage in passages for part in passage.parts)


HOSTILE = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from(
            [b"\r", b"|", b"^", b"~", b"&", b"\\", b"X", b"\\X4A", b"\\.br\\", b'""', b"PID|", b"\xc3", b"a"]
        ),
        max_size=40,
    ).map(b"".join),
)


@any_message
@given(st.sampled_from([b"", b"MSH", b"MSH|^~\\&|", b"MSH|^~\\&|||||||||||||||||UNICODE UTF-8\rPID|"]), HOSTILE)
def test_hostile_bytes_are_refused_or_scanned(head: bytes, tail: bytes) -> None:
    with suppress(ScanError):
        document = scan(head + tail)
        check_ranges(document)
        for leaf in document.leaves:
            assert document.path(leaf)
            for at in range(len(leaf.text)):
                start, end = document.locate(leaf, at, at + 1)
                assert leaf.start <= start < end <= leaf.end
        assert sum(len(passage.parts) for passage in document.passages(document.leaves)) == len(document.leaves)


@any_message
@given(samples(), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_utf16_comes_back(sample: Sample, codec: str) -> None:
    raw = ("\ufeff" + sample.raw.decode("utf-8", "replace")).encode(codec)
    scannable, transcoder = to_scannable(raw)
    assert transcoder is not None
    assert transcoder.restore(scannable) == raw


MESSAGES = [b"MSH|^~\\&|A\r", b"PID|1\r", b"FHS|^~\\&\r", b"BTS|1\n", b"text", b"// x", b"\xef\xbb\xbf"]
BETWEEN = [b"\r", b"\n", b"\r\n", b"\x0b", b"\x1c\r", b"\x1c", b" ", b"\t"]


@any_message
@given(st.lists(st.sampled_from(MESSAGES + BETWEEN), max_size=30).map(b"".join) | st.binary(max_size=80))
def test_pieces_and_gaps_are_the_whole(raw: bytes) -> None:
    position = 0
    for start, end in split(raw):
        assert position <= start < end <= len(raw)
        assert not raw[position:start].strip(b" \t\r\n\x0b\x1c")
        position = end
    assert not raw[position:].strip(b" \t\r\n\x0b\x1c")


@any_message
@given(st.lists(samples(), min_size=1, max_size=4), st.booleans())
def test_a_file_falls_into_its_messages(messages: list[Sample], framed: bool) -> None:
    before, after = (b"\x0b", b"\x1c\r") if framed else (b"", b"\r")
    raw = b"".join(before + message.raw + after for message in messages)
    pieces = [scan(raw[start:end]) for start, end in split(raw)]
    assert [[leaf.text for leaf in piece.leaves] for piece in pieces] == [message.texts for message in messages]
