r"""RTF as a document (Rich Text Format Specification 1.9.1).

The bytes are read once, token by token, without recursion. Formatting leaves no trace in the text: a name that is
split among runs reads whole. Structure is only control words in small letters, braces, line ends, and the ``;`` of
tables.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from streamdeid.attachments import rtf_words as words
from streamdeid.attachments.document import ALONE, BODY, AttachmentDocument, Collector
from streamdeid.attachments.rtf_run import ControlWord, RtfText, Run
from streamdeid.errors import ScanError
from streamdeid.types import Leaf, Place

#: Groups within one another, at most.
MAX_DEPTH: Final = 500

_TOKEN: Final = re.compile(
    r"\\(?:(?P<word>[A-Za-z]++)(?P<number>-?[0-9]++)?+(?P<blank> ?)|'(?P<hex>[0-9A-Fa-f]{2})|(?P<symbol>[^A-Za-z]))"
    r"|(?P<open>\{)|(?P<close>\})|(?P<eol>[\r\n\0]++)|(?P<text>[^\\{}\r\n\0]++)|(?P<bad>\\)"
)
_START: Final = re.compile(r"(?:\xef\xbb\xbf)?[ \t\r\n\v\f]*+(?=\{\\rtf)")
_TIME: Final = re.compile(r"(?:\\(?:yr|mo|dy|hr|min|sec)-?[0-9]{1,9} ?)++|-?[0-9]++")
_BLANK: Final = " \t"
_MOST_DIGITS: Final = 10
_MOST_SKIPPED: Final = 16
_EMBEDDED: Final = Place(words.EMBEDDED, (words.EMBEDDED,))


class _State(NamedTuple):
    """What a group inherits and what ends with it."""

    place: Place = words.TEXT
    flow: int = BODY
    skip: int = 1
    codec: str = ""  # of the font; empty: the document's


def scan(raw: bytes) -> AttachmentDocument:
    r"""The leaves of an RTF document.

    The body is one flow; so is every header, footer, note, property, field code, bookmark and unknown destination.
    Pictures and embedded objects are leaves of the group ``rtf.embedded``, in hexadecimal as they stand. Takes time
    linear in the length of `raw`.

    Raises:
        ScanError: ``attachment.unreadable``: no RTF, groups too deep, more binary data announced than there is;
            ``charset.undecodable``: half a character of an East Asian set.
    """
    scanner = _RtfScanner(raw)
    scanner.scan()
    return scanner.collector.document()


class _RtfScanner:
    """Reads one document from start to end."""

    def __init__(self, raw: bytes) -> None:
        self.collector = Collector(raw)
        self._source = raw.decode("latin-1")
        self._run = Run()
        self._state = _State()
        self._stack: list[_State] = []
        self._skipping = 0
        self._ignorable = False
        self._flows = 0
        self._loose = -1  # where a control word ended without a blank
        self._codec = "cp1252"
        self._default_font = 0
        self._font = -1
        self._fonts: dict[int, str] = {}

    def scan(self) -> None:
        source = self._source
        begin = _START.match(source)
        if begin is None:
            raise ScanError("attachment.unreadable")
        position = begin.end()
        while position < len(source):
            match = _TOKEN.match(source, position)
            if match is None:  # pragma: no cover - every character begins a token
                raise ScanError("attachment.unreadable", f"byte {position}")
            position = self._token(match)
            if not self._stack:
                break
        self._flush()
        self._trailing(position)

    def _trailing(self, position: int) -> None:
        value = self._source[position:]
        if value.strip(" \t\r\n\0"):
            self.collector.add(Leaf(words.TRAILING, value, position, len(self._source), 0, 0), RtfText(1, False, ()))

    def _token(self, match: re.Match[str]) -> int:
        kind, start, end = match.lastgroup, match.start(), match.end()
        if kind == "text":
            self._text(start, end)
        elif kind == "blank":
            return self._word(match)
        elif kind == "hex":
            self._character(bytes.fromhex(match["hex"]), start, end)
        elif kind == "symbol":
            self._symbol(match["symbol"], start, end)
        elif kind == "open":
            self._open()
        elif kind == "close":
            self._close()
        return end

    def _open(self) -> None:
        self._flush()
        if len(self._stack) == MAX_DEPTH:
            raise ScanError("attachment.unreadable")
        self._stack.append(self._state)

    def _close(self) -> None:
        self._flush()
        self._state = self._stack.pop()
        self._ignorable = False

    def _text(self, start: int, end: int) -> None:
        if self._skipping:
            skipped = min(self._skipping, end - start)
            self._skipping -= skipped
            start += skipped
            self._run.extend(start)
        if start < end:
            self._octets(self._source[start:end].encode("latin-1"), start, end)

    def _character(self, octets: bytes, start: int, end: int) -> None:
        if self._skipping:
            self._skipping -= 1
            self._run.extend(end)
        else:
            self._octets(octets, start, end)

    def _octets(self, octets: bytes, start: int, end: int) -> None:
        self._run.guarded |= start == self._loose
        self._ignorable = False
        self._run.octets(octets, start, end, self._state.codec or self._codec)

    def _symbol(self, symbol: str, start: int, end: int) -> None:
        if symbol in words.SYMBOLS:
            self._ignorable = False
            if self._skipping:
                self._skipping -= 1
                self._run.extend(end)
            else:
                self._run.guarded |= start == self._loose
                self._run.add(words.SYMBOLS[symbol], start, end)
            return
        self._flush()
        if symbol == "'":
            self._loose = end  # no digits follow, and none may come to
        elif symbol == "*":
            self._ignorable = True
        elif symbol in "\r\n":
            self.collector.gap("\n", self._state.flow)
        elif symbol == "\t":
            self.collector.gap("\t", self._state.flow)

    def _word(self, match: re.Match[str]) -> int:
        """A control word; gives where reading goes on."""
        word, start, end = match["word"], match.start(), match.end()
        digits = match["number"]
        number = int(digits) if digits and len(digits) <= _MOST_DIGITS else 0
        if word == "u" and digits:
            self._unicode(number, start, end)
        elif word in words.CHARACTERS:
            self._named(words.CHARACTERS[word], start, end)
        elif word == "bin" and number > 0:
            end = self._binary(number, end)
        else:
            self._flush()
            if not word.islower() and word not in words.CAPITALS:
                self._stray(match)
            end = self._control(word, number, end)
        if not match["blank"]:
            self._loose = end
        return end

    def _stray(self, match: re.Match[str]) -> None:
        start, end = match.start("word"), match.end("number") if match["number"] else match.end("word")
        text = self._source[start:end]
        self.collector.add(Leaf(words.CONTROL, text, start, end, 0, len(self._stack)), ControlWord())

    def _named(self, text: str, start: int, end: int) -> None:
        self._ignorable = False
        if self._skipping:
            self._skipping -= 1
            self._run.extend(end)
            return
        self._run.guarded |= start == self._loose or self._source[end - 1] != " "
        self._run.add(text, start, end)

    def _unicode(self, number: int, start: int, end: int) -> None:
        self._run.guarded |= self._skipping > 0  # what was announced before has not come
        self._skipping = 0
        self._ignorable = False
        code = number % 0x10000 if number < 0x10000 else number
        self._run.guarded |= start == self._loose or self._source[end - 1] != " "
        self._run.add(chr(code) if code < 0x110000 else "\ufffd", start, end)
        self._skipping = self._state.skip

    def _binary(self, number: int, start: int) -> int:
        self._flush()
        end = start + number
        if end > len(self._source):
            raise ScanError("attachment.unreadable", f"byte {start}")
        place = self._state.place if words.EMBEDDED in self._state.place.lineage else _EMBEDDED
        self._leaf(place, self._source[start:end], start, end)
        return end

    def _control(self, word: str, number: int, end: int) -> int:
        """A word that is no text; gives where reading goes on."""
        state = self._state
        if word in words.GAPS:
            self.collector.gap(words.GAPS[word], state.flow)
        elif word == "uc":
            self._state = state._replace(skip=min(max(number, 0), _MOST_SKIPPED))
        elif word in ("f", "af", "deff", "fcharset", "plain"):
            self._choose_font(word, number)
        elif word == "ansicpg":
            self._codec = words.CODE_PAGES.get(number, self._codec)
        elif word in words.HEADER_SETS:
            self._codec = words.HEADER_SETS[word]
        else:
            end = self._destination(word, end)
        self._ignorable = False
        return end

    def _destination(self, word: str, end: int) -> int:
        if word in words.VISIBLE:
            self._state = self._state._replace(place=words.TEXT, flow=self._new_flow())
        elif word in words.DESTINATIONS:
            self._enter(words.DESTINATIONS[word])
        elif self._ignorable and word not in words.TRANSPARENT:
            self._enter(words.UNKNOWN)
        if word in words.TIMES:
            time = _TIME.match(self._source, end)
            if time is not None:
                self._leaf(self._state.place, time.group(), time.start(), time.end())
                return time.end()
        return end

    def _enter(self, place: Place) -> None:
        is_text = place.lineage[-1] not in (words.EMBEDDED, words.TABLE)
        self._state = self._state._replace(place=place, flow=self._new_flow() if is_text else ALONE)

    def _new_flow(self) -> int:
        self._flows += 1
        return self._flows

    def _choose_font(self, word: str, number: int) -> None:
        """Fonts are declared in the table, chosen elsewhere."""
        is_table = self._state.place.path == "rtf.fonttbl"
        if word == "deff":
            self._default_font = number
        elif word == "fcharset":
            self._fonts[self._font] = words.FONT_SETS.get(number, "")
        elif is_table and word == "f":
            self._font = number
        elif not is_table and word != "af":
            font = self._default_font if word == "plain" else number
            self._state = self._state._replace(codec=self._fonts.get(font, ""))

    def _flush(self) -> None:
        """The run ends here."""
        self._skipping = 0
        guarded = self._run.guarded
        text, start, end, pieces = self._run.take()
        place, flow, skip, _ = self._state
        if not text:
            return
        if place.lineage[-1] == words.TABLE and not any(map(str.isalnum, text)):
            return
        if not text.strip(_BLANK):
            if flow != ALONE:
                self.collector.gap(" ", flow)
            return
        if place.lineage[-1] == words.EMBEDDED:
            self._leaf(place, self._source[start:end], start, end)
        else:
            self.collector.add(Leaf(place, text, start, end, 0, len(self._stack)), RtfText(skip, guarded, pieces), flow)

    def _leaf(self, place: Place, text: str, start: int, end: int) -> None:
        self.collector.add(Leaf(place, text, start, end, 0, len(self._stack)), RtfText(1, True, ()))
