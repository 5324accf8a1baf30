"""The Faust app of `streamdeid run`: its two agents, and how the process starts and ends."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import uuid
from collections.abc import Mapping
from typing import Any, NoReturn

import faust
from faust.types import TP
from mode.supervisors import CrashingSupervisor

from streamdeid.metrics import Metrics
from streamdeid.reloading import PolicySource
from streamdeid.settings import Settings
from streamdeid.vault.seeds import SharedSeeds
from topologies import logs, seed_topic, topics
from topologies.connection import faust_options
from topologies.deidentify import Engine
from topologies.flow import QUEUED, Transport
from topologies.membership import Membership
from topologies.policy_watch import PolicyWatch
from topologies.recovery import Tables
from topologies.stream import Assignment, Stream
from topologies.watchdog import Limits, Watchdog

log = logging.getLogger(__name__)

#: How the process ends: on request, after a failure, or because it stood still. Nothing is acknowledged by the latter
#: two; a supervisor is to start it again.
EXIT_OK, EXIT_FAILED, EXIT_STALLED = 0, 70, 75

_GRACE_SECONDS = 20.0
_REQUEST_SECONDS = 40.0
#: Per partition and fetch. A larger message comes alone.
_FETCH_BYTES = 2**20
#: Per partition. RocksDB's own defaults in Faust are 2 GiB of cache and 3 x 64 MiB of write buffers.
_STORE = {
    "block_cache_size": 16 * 2**20,
    "write_buffer_size": 8 * 2**20,
    "max_write_buffer_number": 2,
    "target_file_size_base": 16 * 2**20,
    "max_open_files": 256,
}


class App(faust.App):  # type: ignore[misc]  # Faust has no types
    """A Faust app that tells the stream when partitions come and go."""

    # Libraries' classes log under their own names, whatever module extends them (see `logs`).
    logger = logging.getLogger("faust.flow.app")
    gateway: Stream
    membership: Membership
    table: Any
    #: Bytes of one topic that may wait for its agent.
    buffer_bytes: int

    async def hand_over(self) -> None:
        """See `Stream`."""
        await self.gateway.hand_over()

    async def take_over(self, offsets: Mapping[TP, int]) -> Assignment:
        """See `Stream`."""
        return await self.gateway.take_over(offsets, self.table)

    def open(self, assignment: Assignment) -> None:
        """See `Stream`."""
        self.gateway.open(assignment)


def build_app(settings: Settings, stream: Stream) -> App:
    """The app, with its table and agents; not started."""
    app = App(settings.application, **_options(settings))
    app.gateway = stream
    app.membership = stream.membership
    app.buffer_bytes = 2 * settings.window_bytes
    app.transport = Transport(app.conf.broker_consumer, app)
    app.table = app.Table(
        topics.TABLE, key_type=bytes, value_type=bytes, partitions=settings.partitions, options=dict(_STORE)
    )
    names = settings.topics
    raw = {"key_type": bytes, "value_type": bytes, "key_serializer": "raw", "value_serializer": "raw"}

    @app.agent(app.topic(names.raw_hl7v2, names.raw_fhir, **raw), supervisor_strategy=CrashingSupervisor)  # type: ignore[untyped-decorator]
    async def ingest(events: Any) -> None:
        async for event in events.noack().events():
            await stream.raw.take(event)

    @app.agent(app.topic(names.internal, **raw), supervisor_strategy=CrashingSupervisor)  # type: ignore[untyped-decorator]
    async def deidentify(events: Any) -> None:
        async for event in events.noack().events():
            await stream.internal.take(event)

    return app


def run(
    settings: Settings,
    engine: Engine,
    policy: str,
    source: PolicySource | None = None,
    seeds: SharedSeeds | None = None,
) -> NoReturn:
    """Work until SIGTERM or SIGINT, then end the process with `EXIT_OK`; or before that with `EXIT_FAILED` or
    `EXIT_STALLED`. `policy` is the digest that records carry. `source` is asked for a policy that has changed, every
    `policy_reload_seconds` and on SIGHUP. `seeds` are those that its engines draw random surrogates from: found here.

    Raises:
        SettingsError: brokers cannot be reached, or topics are not as they have to be.
    """
    logs.calm()
    topics.verify(settings)
    if seeds is not None:
        seeds.value = seed_topic.open_seeds(settings)
    metrics = Metrics()
    if settings.metrics_port is not None:
        metrics.serve(settings.metrics_port)
    settings.data_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    asyncio.run(_serve(settings, engine, policy, metrics, source))
    _end(EXIT_OK)


async def _serve(
    settings: Settings, engine: Engine, policy: str, metrics: Metrics, source: PolicySource | None
) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.on_loop_error)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    stream = Stream(settings, engine, policy, metrics, _fail)
    watching = None
    if source is not None:
        watch = PolicyWatch(source, stream, metrics, policy, settings.policy_reload_seconds, _fail)
        loop.add_signal_handler(signal.SIGHUP, watch.ask)
        watching = asyncio.create_task(watch.run())
    limits = Limits(
        settings.stall_seconds, settings.ready_seconds, settings.message_seconds, settings.message_seconds_per_megabyte
    )
    Watchdog(stream.progress, limits, lambda: _end(EXIT_STALLED)).start()
    try:
        app = build_app(settings, stream)
        await stream.start(app)
        await _until(stop, app)
        log.info("stopping")
        if watching is not None:
            watching.cancel()
        await _stop(app, stream)
    except BaseException as fault:  # a cancelled one, too: there is nobody else to end the process
        _fail(fault)
    _end(EXIT_OK)


async def _stop(app: App, stream: Stream) -> None:
    """Let what is being sent arrive, acknowledge it, and leave the group; the rest comes again."""
    app.consumer.stop_flow()
    await asyncio.wait_for(stream.hand_over(), _GRACE_SECONDS)
    await asyncio.wait_for(app.stop(), _GRACE_SECONDS)
    await asyncio.wait_for(stream.stop(), _GRACE_SECONDS)


async def _until(stop: asyncio.Event, app: App) -> None:
    """Run the app until it is to stop.

    Raises:
        BaseException: the app has crashed.
    """
    starting = asyncio.create_task(app.start())
    crashed = asyncio.create_task(app._crashed.wait())
    stopping = asyncio.create_task(stop.wait())
    waiting = {starting, crashed, stopping}
    while not stopping.done():
        done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if crashed in done:
            raise app.crash_reason or RuntimeError("the app has crashed")
        for task in done:
            task.result()
        waiting -= done


def _options(settings: Settings) -> dict[str, Any]:
    return faust_options(settings) | {
        "autodiscover": False,
        "datadir": settings.data_directory,
        "store": "rocksdb://",
        "TableManager": Tables,
        "debug": False,
        # Nobody may ask a worker for the content of its table.
        "web_enabled": False,
        # Never spoken to, but Faust tells workers apart by it.
        "canonical_url": f"http://{uuid.uuid4().hex}",
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "topic_partitions": settings.partitions,
        "table_standby_replicas": 0,
        "stream_buffer_maxsize": QUEUED,
        "stream_wait_empty": False,
        "stream_recovery_delay": 0.0,
        "broker_commit_interval": 1.0,
        "broker_session_timeout": settings.session_seconds,
        "broker_heartbeat_interval": settings.session_seconds / 3,
        "broker_rebalance_timeout": settings.rebalance_seconds,
        "broker_request_timeout": max(_REQUEST_SECONDS, settings.session_seconds),
        "consumer_auto_offset_reset": "earliest",
        "consumer_max_fetch_size": _FETCH_BYTES,
        "agent_supervisor": CrashingSupervisor,
    }


def _fail(fault: BaseException) -> None:
    """End the process as it stands: what is not acknowledged comes again."""
    log.critical("failed: %s; ending unacknowledged", logs.told(fault))
    _end(EXIT_FAILED)


def _end(code: int) -> NoReturn:
    """End now, whatever threads are doing."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
