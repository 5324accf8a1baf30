"""`streamdeid evaluate detect`: what the detectors find in texts whose identifiers are known, and what they miss."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from streamdeid.cli import options
from streamdeid.cli.console import console, print_json
from streamdeid.cli.evaluate_tables import as_values, print_tables
from streamdeid.cli.guard import guarded
from streamdeid.cli.output import AtomicFile
from streamdeid.errors import UsageError

if TYPE_CHECKING:
    from streamdeid.evaluate.evaluation import Evaluation
    from streamdeid.evaluate.marked import Gold, Marked

    Detected = Iterator[tuple[Gold, Sequence[Marked]]]

_TEXTS_AT_ONCE = 64
PredictionsFile = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        metavar="FILE",
        help="Evaluate these findings instead: as `streamdeid detect` writes them, or with Presidio's entity_type.",
    ),
]
AgainstFile = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        metavar="FILE",
        help="Compare with these findings: of an earlier run, or of another tool.",
    ),
]
LeaveOpen = Annotated[
    list[str],
    typer.Option(
        "--leave-open",
        metavar="LABEL",
        help="A label of the gold that stands for nothing to be found, such as DRUG. May be given several times.",
    ),
]


@guarded
def detect(  # noqa: PLR0913, PLR0917 - options of a command
    gold: Annotated[
        Path,
        typer.Argument(
            metavar="GOLD",
            help='File of lines {"id", "text", "spans": [[start, end, label], ...]}, each maybe with "labelled",'
            ' "kind" and "seen"; - is standard input.',
        ),
    ],
    policy: options.Policy = None,
    predictions: PredictionsFile = None,
    against: AgainstFile = None,
    leave_open: LeaveOpen = [],  # noqa: B006 - Typer's way; never changed
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page with tables and with errors in their context: it holds PHI."),
    ] = None,
    examples: Annotated[
        int, typer.Option(min=0, help="Show at most so many errors for each label and sort of error.")
    ] = 20,
    as_json: options.AsJson = False,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Print what was missed and marked. Identifiers, most of it.")
    ] = False,
) -> None:
    """Compare what the detectors find with gold texts: leaks first, then recall, precision, F1 and F2.

    By label, by kind of text, and seen against unseen texts where the gold says so. Without --html and --show-values
    no word of a text is written anywhere.
    """
    if policy is not None and predictions is not None:
        raise UsageError("--policy and --predictions exclude each other: findings from a file need no policy")
    inputs = {path.resolve() for path in (gold, predictions, against) if path is not None}
    if html is not None and html.resolve() in inputs:
        raise UsageError(f"--html {html} is a file that is read; name another")
    evaluation = _evaluated(gold, leave_open, policy, predictions, against, examples)
    if html is not None:
        from streamdeid.evaluate.page import page  # noqa: PLC0415

        with AtomicFile(html, private=True) as file:
            file.write(page(evaluation).encode(errors="replace"))  # half of a surrogate pair is no UTF-8
            file.commit()
    if as_json:
        print_json(as_values(evaluation, show_values))
    else:
        print_tables(evaluation, show_values)
        if html is not None:
            console(err=True).print(f"{html} holds identifiers: protect it as you protect {gold}")


def _evaluated(
    gold: Path,
    leave_open: Sequence[str],
    policy: str | None,
    predictions: Path | None,
    against: Path | None,
    examples: int,
) -> Evaluation:
    from streamdeid.evaluate.agreement import Agreement, differences  # noqa: PLC0415
    from streamdeid.evaluate.evaluation import Evaluation  # noqa: PLC0415
    from streamdeid.evaluate.gold import Findings, golds  # noqa: PLC0415
    from streamdeid.evaluate.marked import SCORED  # noqa: PLC0415
    from streamdeid.evaluate.misses import Chosen, Sort  # noqa: PLC0415
    from streamdeid.evaluate.scoring import Scores  # noqa: PLC0415

    name = "standard input" if str(gold) == "-" else str(gold)
    scores, chosen, agreement = Scores(), Chosen(examples), Agreement()
    with ExitStack() as open_files:
        texts = golds(_opened(gold, open_files), name, leave_open)
        other = open_files.enter_context(Findings(against)) if against else None
        if predictions is None:
            detected, what = _detecting(texts, policy)
        else:
            given = open_files.enter_context(Findings(predictions))
            detected, what = ((text, given.of(text)) for text in texts), f"findings of {predictions.name}"
        for text, findings in detected:
            comparison = scores.add(text, findings)
            chosen.add(comparison)
            if other is not None:
                alone = agreement.add(comparison, other.of(text))
                chosen.add_marks(Sort.ONLY_HERE, alone.first, comparison)
                chosen.add_marks(Sort.ONLY_OTHER, alone.other, comparison)
    if not scores.texts:
        raise UsageError(f"{name} holds no text")
    if not scores.scored:
        raise UsageError(
            f'nothing was scored: by "labelled", no text of {name} is annotated with any of {", ".join(sorted(SCORED))}'
        )
    compared = list(differences(scores, agreement)) if against else []
    return Evaluation(gold.name, what, scores, chosen, against.name if against else "", compared)


def _opened(path: Path, open_files: ExitStack) -> BinaryIO:
    if str(path) == "-":
        return sys.stdin.buffer
    try:
        return open_files.enter_context(path.open("rb"))
    except OSError as fault:
        raise UsageError(f"cannot read {path}: {fault.strerror}") from fault


def _detecting(texts: Iterator[Gold], policy: str | None) -> tuple[Detected, str]:
    """The texts with what the policy's detectors find, and what these are called."""
    from streamdeid.build import build_deidentifier, load_policy  # noqa: PLC0415 - keeps --help fast
    from streamdeid.evaluate.marked import Marked  # noqa: PLC0415

    # Nothing is replaced, so no surrogate depends on this secret.
    engine = build_deidentifier(load_policy(policy), secrets.token_bytes(32))

    def detected() -> Detected:
        while window := list(islice(texts, _TEXTS_AT_ONCE)):
            engine.read_ahead([text.text for text in window])
            for text in window:
                spans = engine.detect_text(text.text)
                yield text, [Marked(span.start, span.end, span.label) for span in spans]

    return detected(), f"detectors of policy {engine.policy.name}"
