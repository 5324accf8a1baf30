"""What the tests run as a worker: the stream with the real engine, or with the fake one."""

import asyncio
import logging
import os
import sys

from made_up import FakeEngine

from streamdeid.settings import Settings
from topologies import app


def main() -> None:
    logging.basicConfig(
        level=os.environ.get("TEST_LOG_LEVEL", "DEBUG"),
        format="%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    settings = Settings.from_environ(os.environ)
    if os.environ.get("TEST_SLOW_SEEK"):
        slow_seek(float(os.environ["TEST_SLOW_SEEK"]))
    if os.environ["TEST_ENGINE"] == "fake":
        app.run(settings, FakeEngine(settings.secret), FakeEngine.policy)
    from streamdeid.build import build_deidentifier
    from streamdeid.reloading import PolicySource
    from streamdeid.vault.seeds import SharedSeeds

    seeds = SharedSeeds()
    source = PolicySource(settings.policy, lambda policy: build_deidentifier(policy, settings.epochs, seeds))
    policy, engine = source.open()
    app.run(settings, engine, policy.digest, source, seeds)


def slow_seek(seconds: float) -> None:
    """Take so long over seeking: with Faust's own order of things, messages are lost then."""
    from topologies.flow import Consumer

    seek = Consumer.seek_to_next

    async def slowly(self, partitions):  # type: ignore[no-untyped-def]
        offsets = await seek(self, partitions)
        await asyncio.sleep(seconds)
        return offsets

    Consumer.seek_to_next = slowly


if __name__ == "__main__":
    main()
