"""The worker of `streamdeid run`, but for two things that the embedded broker does not do.

It gives aiokafka no producer id, so the producer cannot be idempotent; and it answers a waiting fetch only after half
the time that the fetch may wait, so that has to be short. No setting does either: with a Kafka nothing is gained by
it, and the first would cost the promise that nothing is doubled.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from streamdeid.build import build_deidentifier, load_policy
from streamdeid.settings import Settings
from streamdeid.vault.seeds import SharedSeeds
from topologies import app, flow, stream
from topologies.outputs import Publisher

_FETCH_WAIT_MS = 20


class _Publisher(Publisher):
    """A producer without a producer id."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._options["enable_idempotence"] = False


class _ConsumerThread(flow.ConsumerThread):
    """A consumer whose fetches wait for a moment only."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = _FETCH_WAIT_MS
        return consumer


def main() -> None:
    """Run the worker, with the settings of the environment."""
    settings = Settings.from_environ(os.environ)
    policy = load_policy(settings.policy)
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s %(message)s")
    stream.Publisher = _Publisher  # type: ignore[attr-defined]  # the name that the stream makes its producers by
    flow.ConsumerThread = _ConsumerThread  # type: ignore[misc]  # the same for consumers
    seeds = SharedSeeds()
    app.run(settings, build_deidentifier(policy, settings.epochs, seeds), policy.digest, seeds=seeds)


if __name__ == "__main__":
    main()
