"""`streamdeid policy test`: the cases of a policy, tried."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from streamdeid.cli import options
from streamdeid.cli.console import console, print_json
from streamdeid.cli.guard import ExitCode, guarded
from streamdeid.errors import UsageError

if TYPE_CHECKING:
    from streamdeid.policy_check.trial import Result


@guarded
def run_tests(
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="A policy file, or the name of a shipped policy.")],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="The cases; NAME_test.yaml beside the policy if left out."),
    ] = None,
    show_values: Annotated[
        bool, typer.Option("--show-values", help="Say what stands where something else was expected.")
    ] = False,
    as_json: options.AsJson = False,
) -> None:
    """Try the cases of a policy: messages, and what is expected to become of them.

    Surrogates are derived from a made-up secret that is always the same. Ends with 1 if a case fails.
    """
    from streamdeid.build import build_deidentifier, load_policy  # noqa: PLC0415 - keeps --help fast
    from streamdeid.policy_check.cases import read_cases  # noqa: PLC0415
    from streamdeid.policy_check.trial import MADE_UP_SECRET, results  # noqa: PLC0415

    loaded = load_policy(policy)
    cases = read_cases(*_cases_of(policy, file)).cases
    found = list(results(build_deidentifier(loaded, MADE_UP_SECRET), cases, show_values=show_values))
    failed = sum(bool(result.problems) for result in found)
    if as_json:
        print_json({"policy": loaded.name, "digest": loaded.digest, "cases": list(map(_as_values, found))})
    else:
        out = console()
        for result in found:
            _print(out, result)
        out.print(
            f"{loaded.name}, digest {loaded.digest}: {len(found)} cases, {failed or 'none'} failed", soft_wrap=True
        )
    if failed:
        raise typer.Exit(ExitCode.FAILURE)


def _cases_of(policy: str, file: Path | None) -> tuple[str, str]:
    """The text of the cases, and what to call it.

    Raises:
        UsageError: there are none.
    """
    from streamdeid.build import shipped_policies  # noqa: PLC0415
    from streamdeid.policy_files.shipped import shipped_tests  # noqa: PLC0415

    if file is None and policy in shipped_policies():
        return shipped_tests(policy), f"{policy}_test"
    lying = file or Path(policy).with_name(f"{Path(policy).stem}_test.yaml")
    try:
        return lying.read_text(encoding="utf-8"), str(lying)
    except FileNotFoundError:
        raise UsageError(f"there are no cases for {policy}: no file {lying}") from None
    except (OSError, UnicodeDecodeError) as fault:
        from streamdeid.policy_files.wording import why_unread  # noqa: PLC0415 - keeps --help fast

        raise UsageError(f"{lying} cannot be read: {why_unread(fault)}") from None


def _print(out: Console, result: Result) -> None:
    mark, style = ("FAIL", "bold red") if result.problems else ("ok", "green")
    out.print(Text.assemble((f"{mark:<5}", style), result.name, (f"  {result.outcome}", "dim")), soft_wrap=True)
    for problem in result.problems:
        out.print(Text(f"       {problem}"), soft_wrap=True)


def _as_values(result: Result) -> dict[str, Any]:
    return {"name": result.name, "outcome": result.outcome, "problems": list(result.problems)}
