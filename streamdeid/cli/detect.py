"""`streamdeid detect`: what the detectors find in texts, and where."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, NamedTuple, NoReturn

import typer

from streamdeid.cli import options
from streamdeid.cli.guard import guarded
from streamdeid.cli.output import AtomicFile
from streamdeid.errors import UsageError
from streamdeid.message.ahead import together
from streamdeid.types import Span

if TYPE_CHECKING:
    from streamdeid.engine import Deidentifier

_BOM = b"\xef\xbb\xbf"
_AHEAD, _CHARACTERS_AHEAD = 256, 256 * 1024


class Text(NamedTuple):
    """One line of the input; `id` is a string or a number."""

    id: Any
    text: str


@guarded
def detect(
    jsonl: Annotated[
        Path, typer.Option(metavar="IN", help='File of lines {"id": ..., "text": "..."}; - is standard input.')
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="OUT",
            help='File for lines {"id": ..., "spans": [{"start", "end", "label", "score", "by"}]};'
            " - is standard output.",
        ),
    ],
    policy: options.Policy = None,
) -> None:
    """Find identifiers in texts, without replacing them.

    Offsets count characters (Unicode code points) from 0, ends are exclusive. All labels are reported, ages under 90
    included. A line that is not what it should be ends the command before OUT is written.
    """
    from streamdeid.build import build_deidentifier, load_policy  # noqa: PLC0415 - keeps --help fast

    # Nothing is replaced, so no surrogate depends on this secret.
    engine = build_deidentifier(load_policy(policy), secrets.token_bytes(32))
    if str(out) != "-" and out.is_dir():
        raise UsageError(f"--out {out} is a directory")
    with _opened(jsonl) as source:
        # Whoever feeds standard input line by line may wait for each answer.
        most = 1 if str(jsonl) == "-" else _AHEAD
        windows = together(texts(source), lambda text: len(text.text), most, _CHARACTERS_AHEAD)
        lines = (line for window in windows for line in _lines(engine, window))
        if str(out) == "-":
            for line in lines:
                typer.echo(line, nl=False)
        else:
            _write(out, lines)


def _lines(engine: Deidentifier, window: Sequence[Text]) -> Iterator[str]:
    engine.read_ahead([text.text for text in window])
    return (_found(text, engine.detect_text(text.text)) for text in window)


def texts(source: BinaryIO) -> Iterator[Text]:
    """The texts of a JSON Lines file; blank lines count, but hold none.

    Raises:
        UsageError: a line is not UTF-8, not JSON, or has no `id` and `text`. The message gives its number only.
    """
    for number, line in enumerate(source, 1):
        content = line.removeprefix(_BOM).strip() if number == 1 else line.strip()
        if content:
            yield _text(content, number)


def _text(line: bytes, number: int) -> Text:
    try:
        given = json.loads(line.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise UsageError(f"line {number} is not UTF-8") from None
    except (ValueError, RecursionError):
        raise UsageError(f"line {number} is not JSON") from None
    if not isinstance(given, dict):
        raise UsageError(f'line {number} is not an object {{"id": ..., "text": "..."}}')
    identity, text = given.get("id"), given.get("text")
    if not isinstance(identity, str | int | float) or isinstance(identity, bool):
        raise UsageError(f'line {number}: "id" must be a string or a number')
    if not isinstance(text, str):
        raise UsageError(f'line {number}: "text" must be a string')
    return Text(identity, text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON (RFC 8259, section 6)


def _found(text: Text, spans: Sequence[Span]) -> str:
    listed = [
        {"start": span.start, "end": span.end, "label": span.label, "score": round(span.score, 4), "by": span.by}
        for span in sorted(spans, key=itemgetter(0, 1))
    ]
    return json.dumps({"id": text.id, "spans": listed}) + "\n"


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as fault:
        raise UsageError(f"cannot read {path}: {fault.strerror}") from fault
    with file:
        yield file


def _write(out: Path, lines: Iterator[str]) -> None:
    with AtomicFile(out) as file:
        file.write(b"")
        for line in lines:
            file.write(line.encode())
        file.commit()
