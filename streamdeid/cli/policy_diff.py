"""`streamdeid policy diff`: what changes from one policy to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from streamdeid.cli import options
from streamdeid.cli.console import console, print_json
from streamdeid.cli.guard import guarded
from streamdeid.errors import UsageError

if TYPE_CHECKING:
    from streamdeid.policy_check.difference import Change, Setting
    from streamdeid.policy_check.effects import Effects

#: All that happens to each of the made-up patients, twice.
_SAMPLES = 48
#: Characters of a value that a table shows.
_LONGEST = 60


@guarded
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A policy file, or the name of a shipped policy.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The policy to compare it with.")],
    messages: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Files or folders of messages to try both on; made-up ones if left out."),
    ] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Show a value for each difference. It may be a patient's.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Compare two policies: the rules that differ, where they act; and what both make of the same messages.

    Both are tried with one made-up secret, so that only the policies make a difference.
    """
    from streamdeid.build import build_deidentifier, load_policy  # noqa: PLC0415 - keeps --help fast
    from streamdeid.policy_check.difference import changes, settings  # noqa: PLC0415
    from streamdeid.policy_check.effects import effects, made_up, read_samples  # noqa: PLC0415
    from streamdeid.policy_check.trial import MADE_UP_SECRET  # noqa: PLC0415

    old, new = load_policy(a), load_policy(b)
    samples = read_samples(messages) if messages else made_up(_SAMPLES)
    seen = effects(build_deidentifier(old, MADE_UP_SECRET), build_deidentifier(new, MADE_UP_SECRET), samples)
    if messages and not seen.messages:
        raise UsageError(f"there are no messages in {', '.join(map(str, messages))}")
    rules, others = changes(old, new), settings(old, new)
    if as_json:
        print_json({"a": old.digest, "b": new.digest, **_as_values(rules, others, seen, show_values)})
        return
    out = console()
    out.print(f"{a}, digest {old.digest} -> {b}, digest {new.digest}", soft_wrap=True)
    if old.digest == new.digest:
        out.print("The policies say the same.")
        return
    for table in (_rules(rules), _settings(others), _outcomes(seen), _places(seen, show_values)):
        if table.row_count:
            out.print(table)
    whose = "messages" if messages else "made-up messages"
    out.print(f"{seen.differing:,} of {seen.messages:,} {whose} end differently")


def _table(title: str, *columns: str) -> Table:
    table = Table(*columns, title=title, box=box.SIMPLE, title_justify="left")
    for column in table.columns:
        column.overflow = "fold"
    return table


def _rules(changes: list[Change]) -> Table:
    table = _table("rules", "", "where", "name", "A", "B")
    for one in changes:
        sides = ((one.before, one.before_by), (one.after, one.after_by))
        table.add_row(*map(Text, (one.kind, one.section, one.name, *(_rule(*side, one.name) for side in sides))))
    return table


def _rule(rule: str, by: str, name: str) -> str:
    if not rule:
        return "none: quarantine"
    return rule if by == name else f"{rule} (by {by})"


def _settings(settings: list[Setting]) -> Table:
    table = _table("settings", "name", "A", "B")
    for one in settings:
        table.add_row(*map(Text, one))
    return table


def _outcomes(seen: Effects) -> Table:
    table = _table("messages that fare differently", "times", "A", "B")
    for one, times in seen.outcomes.most_common():
        table.add_row(*map(Text, (f"{times:,}", one.before, one.after)))
    return table


def _places(seen: Effects, show_values: bool) -> Table:
    columns = ("times", "path", "A", "B", *(("value", "in A", "in B") if show_values else ()))
    table = _table("values that end differently", *columns)
    for one, times in seen.places.most_common():
        cells = (f"{times:,}", *one, *(map(_short, seen.examples[one]) if show_values else ()))
        table.add_row(*map(Text, cells))
    return table


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} ..."


def _as_values(changes: list[Change], settings: list[Setting], seen: Effects, show_values: bool) -> dict[str, Any]:
    places = [
        {
            **one._asdict(),
            "times": times,
            **({"example": seen.examples[one]._asdict()} if show_values else {}),
        }
        for one, times in seen.places.most_common()
    ]
    return {
        "rules": [{"kind": one.kind, **one._asdict()} for one in changes],
        "settings": [one._asdict() for one in settings],
        "messages": seen.messages,
        "differing": seen.differing,
        "outcomes": [
            {"before": one.before, "after": one.after, "times": times} for one, times in seen.outcomes.most_common()
        ],
        "places": places,
    }
