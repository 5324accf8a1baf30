"""`streamdeid model train` and `model export`: a model of one's own, from one's own texts."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from streamdeid.cli.console import console
from streamdeid.cli.guard import guarded
from streamdeid.errors import UsageError

if TYPE_CHECKING:
    from streamdeid.training.recipe import Recipe
    from streamdeid.training.train import Progress as Trained

_Corpora = Annotated[
    list[Path],
    typer.Option(
        "--corpus",
        exists=True,
        file_okay=False,
        metavar="DIR",
        help='Folder of texts: *.jsonl with lines {"text", "spans", "labelled"} are annotated, lines without spans and'
        " *.txt files are notes that values are put into. May be given several times.",
    ),
]
_Work = Annotated[
    Path, typer.Option(metavar="DIR", help="Folder for checkpoints; training goes on from what is there.")
]
_Out = Annotated[Path, typer.Option(metavar="DIR", help="Folder for the finished model.")]
_Lists = Annotated[
    Path | None, typer.Option(exists=True, file_okay=False, metavar="DIR", help="Folder of lists of names and places.")
]
_Base = Annotated[
    Path | None,
    typer.Option(exists=True, file_okay=False, metavar="DIR", help="Published weights to start from (MiniLM)."),
]
_Adapt = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL",
        help="Go on from a trained model, by its name (clinical is the one that ships) or folder, instead of from"
        " published weights: a million tokens are enough then.",
    ),
]
_Layers = Annotated[str, typer.Option(metavar="N,N..", help="Which of the encoder's layers to keep.")]
_Name = Annotated[str, typer.Option(help="What the model is called.")]
_HeldOut = Annotated[
    list[str], typer.Option("--hold-out", metavar="SOURCE", help="Do not train on this source, only measure on it.")
]
_LINE_EVERY, _LINE_SECONDS = 100, 50.0
#: A model that knows the task already should not forget it for a few notes.
_ADAPTING_RATE = 1e-4


@guarded
def train_model(  # noqa: PLR0913, PLR0917 - options of a command
    corpus: _Corpora,
    out: _Out,
    work: _Work,
    gold: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, metavar="FILE", help="Annotated texts to measure on afterwards."),
    ] = None,
    lists: _Lists = None,
    base: _Base = None,
    adapt: _Adapt = None,
    tokens: Annotated[float, typer.Option(min=0.001, help="On how many million tokens to train.")] = 8.0,
    layers: _Layers = "0,1,3,5",
    name: _Name = "own",
    hold_out: _HeldOut = [],  # noqa: B006 - Typer's way; never changed
) -> None:
    """Train a model on one's own texts beside the frames that come with streamdeid, and export it.

    On two processor cores eight million tokens take about an hour and a half; a GPU is used where there is one. Stop it
    at any time: the same command goes on where it was.
    """
    recipe = _recipe(base, adapt, layers, tokens)
    from streamdeid.training import recipe as steps  # noqa: PLC0415 - loads PyTorch
    from streamdeid.training.mixture import Mixture, Places  # noqa: PLC0415

    work.mkdir(parents=True, exist_ok=True)
    places, sources_out = Places(corpus, lists), frozenset(hold_out)
    if gold is not None:
        _check(gold)
    with _told(recipe.schedule.tokens) as told:
        told.begins("reading texts")
        mixture = Mixture(places, sources_out=sources_out)
        told.begins("training")
        tagger, tokenizer = steps.fitted(recipe, mixture, work, told)
        told.begins("calibrating on held-out texts")
        held_out = Mixture(places, share=True, sources_out=sources_out)
        facts = steps.calibrated(recipe, tagger, tokenizer, held_out, name)
        told.begins("exporting")
        parity = steps.packed(recipe, tagger, tokenizer, mixture, out, facts)
    typer.echo(f"{out}: 8-bit model, {parity.agreeing:.2%} of tokens classed as in training")
    if gold is not None:
        _measure(out, gold)


@guarded
def export_model(
    model: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="The model that `model train` made.")],
    work: _Work,
    out: _Out,
) -> None:
    """Export a trained model once more in half precision, for a GPU, with the labels and thresholds that it has."""
    _needed()
    from streamdeid.training.pack import exported  # noqa: PLC0415 - loads PyTorch

    if not (work / "checkpoint.pt").is_file():
        raise UsageError(f"--work {work} has no checkpoint.pt: name the folder that `model train` worked in")
    parity = exported(model, work / "checkpoint.pt", out)
    typer.echo(f"{out}: 16-bit model, {parity.agreeing:.2%} of tokens classed as in training")


def _needed() -> None:
    try:
        import torch  # noqa: F401, PLC0415
    except ModuleNotFoundError as missing:
        raise UsageError(
            f"this needs what `pip install 'streamdeid[train]'` installs ({missing.name} is missing)"
        ) from None


def _recipe(base: Path | None, adapt: str | None, layers: str, millions: float) -> Recipe:
    if base is not None and adapt is not None:
        raise UsageError("--base and --adapt both say what to start from: give one of them")
    try:
        kept = tuple(int(number) for number in layers.split(","))
    except ValueError:
        raise UsageError("--layers is a list of numbers such as 0,1,3,5") from None
    _needed()
    from streamdeid.training.recipe import Recipe, base_directory  # noqa: PLC0415 - loads PyTorch
    from streamdeid.training.train import Schedule  # noqa: PLC0415

    tokens = int(millions * 1e6)
    if adapt is not None:
        from streamdeid.models.loading import find_model  # noqa: PLC0415 - keeps --help fast

        return Recipe(find_model(adapt), kept, schedule=Schedule(tokens, rate=_ADAPTING_RATE))
    return Recipe(base or base_directory(), kept, schedule=Schedule(tokens))


class _Told:
    """What is being done, and how many tokens were trained on with which loss: a bar in a terminal; elsewhere lines,
    one at least every minute of training. `clock` gives monotonic seconds."""

    def __init__(self, bar: Progress, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._bar, self._total, self._clock = bar, total, clock
        self._task = bar.add_task("", total=total)
        self._said = clock()

    def begins(self, what: str) -> None:
        """This is done from now on."""
        self._bar.update(self._task, description=what)
        self._line(what)

    def __call__(self, done: Trained) -> None:
        """So far has training come."""
        self._bar.update(self._task, completed=done.seen, description=f"training, loss {done.loss:.3f}")
        if done.steps % _LINE_EVERY == 0 or self._clock() - self._said >= _LINE_SECONDS:
            self._line(f"{done.seen:,} of {self._total:,} tokens, loss {done.loss:.4f}")

    def _line(self, line: str) -> None:
        if self._bar.disable:
            self._said = self._clock()
            self._bar.console.print(line)


@contextmanager
def _told(total: int) -> Iterator[_Told]:
    on = console(err=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=on, disable=not on.is_terminal) as bar:
        yield _Told(bar, total)


def _check(gold: Path) -> None:
    """Raises UsageError for a gold that could not be measured on: before the training, not hours later."""
    from streamdeid.evaluate.gold import golds  # noqa: PLC0415 - keeps --help fast

    with gold.open("rb") as lines:
        for _ in golds(lines, str(gold)):
            pass


def _measure(model: Path, gold: Path) -> None:
    """What rules and the new model find in annotated texts."""
    from streamdeid.build import build_deidentifier, load_policy  # noqa: PLC0415 - loads the engine
    from streamdeid.cli.evaluate_tables import print_tables  # noqa: PLC0415
    from streamdeid.evaluate.evaluation import Evaluation  # noqa: PLC0415
    from streamdeid.evaluate.gold import golds  # noqa: PLC0415
    from streamdeid.evaluate.marked import Marked  # noqa: PLC0415
    from streamdeid.evaluate.misses import Chosen  # noqa: PLC0415
    from streamdeid.evaluate.scoring import Scores  # noqa: PLC0415
    from streamdeid.policy.models import ModelRule  # noqa: PLC0415

    policy = load_policy().model_copy(update={"models": (ModelRule(model=str(model)),)})
    find = build_deidentifier(policy, secrets.token_bytes(32)).detect_text  # replaces nothing: any secret will do
    scores = Scores()
    with gold.open("rb") as lines:
        for one in golds(lines, gold.name):
            scores.add(one, [Marked(span.start, span.end, span.label) for span in find(one.text)])
    print_tables(Evaluation(gold.name, str(model), scores, Chosen(0)), show_values=False)
