"""`streamdeid run` and `streamdeid topics create`: the stream on Kafka."""

from __future__ import annotations

from typing import Annotated

import typer

from streamdeid.cli import options
from streamdeid.cli.guard import guarded


@guarded
def run(
    policy: options.Policy = None,
    secret_file: options.SecretFile = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run a policy that keeps everything, identifiers too.")
    ] = False,
) -> None:
    """Run a worker: raw topics in, clean topics, quarantine and audit out."""


@guarded
def create() -> None:
    """Create the topics of the stream."""
