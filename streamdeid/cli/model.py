"""`streamdeid model`: what models there are, what they say of themselves, and whether they work here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streamdeid.cli import options
from streamdeid.cli.console import console, facts, print_json
from streamdeid.cli.guard import guarded

if TYPE_CHECKING:
    from streamdeid.models.loading import Description
    from streamdeid.models.trial import Trial

_Model = Annotated[
    str | None,
    typer.Argument(
        metavar="[DIR|NAME]", help="A model's directory, or the name of a shipped one; the default one else."
    ),
]
_CARDS = ("README.md", "MODEL_CARD.md", "card.md")


@guarded
def list_models(as_json: options.AsJson = False) -> None:
    """Name the models that come with streamdeid, their versions and sizes."""
    from streamdeid.models.loading import describe, find_model, shipped_models  # noqa: PLC0415 - keeps --help fast

    described = {name: describe(find_model(name)) for name in shipped_models()}
    if as_json:
        print_json([_summary(one) for one in described.values()])
        return
    if not described:
        typer.echo("No model comes with this installation; rules and known values find identifiers without one.")
    for name, one in described.items():
        typer.echo(f"{name} {one.version} {_megabytes(one.model)} {len(one.labels)} labels".replace("  ", " "))


@guarded
def describe_model(model: _Model = None, as_json: options.AsJson = False) -> None:
    """Tell what a model finds, from which probabilities on, how large it is, and what its card says."""
    from streamdeid.models.loading import describe, find_model, verify_checksums  # noqa: PLC0415 - keeps --help fast

    directory = find_model(model)
    described = describe(directory)
    compared = verify_checksums(described)
    card = next((directory / name for name in _CARDS if (directory / name).is_file()), None)
    if as_json:
        print_json({**_summary(described), "checksums": compared, "card": str(card) if card else None})
        return
    rows = {
        "version": described.version or "-",
        "directory": str(directory),
        "size": _megabytes(described.model),
        "tokens at once": f"{described.max_tokens}, of which {described.overlap} overlap",
        "temperature": f"{described.temperature:g}",
        "checksums": f"{compared} files as they should be" if compared else "none given",
    }
    out = console()
    out.print(facts(described.name, rows))
    out.print(facts("labels", _labels(described)))
    if card is not None:
        typer.echo(card.read_text(encoding="utf-8", errors="replace"))


@guarded
def check(
    model: _Model = None,
    text: Annotated[str, typer.Option(metavar="TEXT", help="Find in this text, not in a made-up sentence.")] = "",
    as_json: options.AsJson = False,
) -> None:
    """Load a model, compare its checksums, and run it on every provider that this machine has."""
    from streamdeid.models.loading import describe, find_model, verify_checksums  # noqa: PLC0415 - keeps --help fast
    from streamdeid.models.trial import SENTENCE, trials  # noqa: PLC0415 - keeps --help fast
    from streamdeid.settings import ModelSettings  # noqa: PLC0415 - keeps --help fast

    described = describe(find_model(model))
    compared = verify_checksums(described)
    shown = text or SENTENCE
    results = list(trials(described, shown, ModelSettings.from_environ(os.environ).threads))
    if as_json:
        print_json({"model": described.name, "checksums": compared, "text": shown, "trials": _listed(results)})
        return
    typer.echo(f"{described.name}: loads; {compared} checksums compared")
    out = console()  # takes what an argument has that is no character
    for trial in results:
        typer.echo(f"{trial.provider}: loaded in {trial.seconds:.2f} s, {trial.tokens_per_second:,.0f} tokens/s")
        for span in trial.spans:
            found = f"{span.label:<22} {span.score:.3f}  {shown[span.start : span.end]}"
            out.print(f"  {span.start:>5} {span.end:>5}  {found}", soft_wrap=True)


def _summary(described: Description) -> dict[str, object]:
    return {
        "name": described.name,
        "version": described.version,
        "bytes": described.model.stat().st_size,
        "labels": dict(zip(described.labels, described.meanings(), strict=True)),
        "thresholds": dict(described.thresholds),
        "temperature": described.temperature,
        "max_tokens": described.max_tokens,
        "overlap": described.overlap,
    }


def _labels(described: Description) -> dict[str, str]:
    """What each label means, and its threshold."""
    from streamdeid.detect.ner.scheme import Scheme  # noqa: PLC0415 - keeps --help fast

    meant = described.meanings()
    scheme = Scheme(described.labels, meant, described.thresholds)
    limits = dict(zip(scheme.names, scheme.thresholds, strict=True))
    pairs = zip(described.labels, meant, strict=True)
    return {label: f"{ours} from {limits[ours]:g}" if ours else "not reported" for label, ours in pairs}


def _listed(results: list[Trial]) -> list[dict[str, object]]:
    return [
        {
            "provider": trial.provider,
            "seconds": round(trial.seconds, 3),
            "tokens_per_second": round(trial.tokens_per_second),
            "spans": [
                {"start": span.start, "end": span.end, "label": span.label, "score": span.score} for span in trial.spans
            ],
        }
        for trial in results
    ]


def _megabytes(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"
