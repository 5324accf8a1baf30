"""What Prometheus may know of the stream: counts and times, with labels from closed sets, never from a message."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from streamdeid.errors import QUARANTINE_CODES
from streamdeid.types import Format, Outcome, Quarantined

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The stream's metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._messages = Counter(
            "streamdeid_messages",
            "Messages whose outcome is on its topic, by format, outcome and quarantine code.",
            ("format", "outcome", "code"),
            registry=self.registry,
        )
        self._latency = Histogram(
            "streamdeid_latency_seconds",
            "From the moment that a worker takes a message up to the broker's confirmation of all that came of it.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._lag = Gauge(
            "streamdeid_lag_messages",
            "Messages waiting in an assigned partition.",
            ("topic", "partition"),
            registry=self.registry,
        )
        self._in_flight = Gauge(
            "streamdeid_in_flight_messages",
            "Messages taken up and not yet confirmed.",
            ("stage",),
            registry=self.registry,
        )
        self._routed = Counter(
            "streamdeid_routed", "Raw messages handed to the internal topic.", registry=self.registry
        )
        self._repeats = Counter(
            "streamdeid_repeats", "Internal messages recognised as handed over twice.", registry=self.registry
        )
        self._notices = Counter(
            "streamdeid_notices",
            "Notices of other partitions' messages that were taken note of.",
            registry=self.registry,
        )
        self._assignments = Counter(
            "streamdeid_assignments", "Times that this worker was given partitions.", registry=self.registry
        )

        self._reloads = Counter(
            "streamdeid_policy_reload",
            "Times that the policy was read again, by what became of it: accepted, refused, unchanged.",
            ("outcome",),
            registry=self.registry,
        )
        self._policy = Gauge(
            "streamdeid_policy_in_force",
            "1 for the digest of the policy that messages are handled under.",
            ("digest",),
            registry=self.registry,
        )

    def serve(self, port: int) -> None:
        """Answer scrapes on a port of all interfaces, from a thread of its own."""
        start_http_server(port, registry=self.registry)

    def settled(self, format: Format, outcome: Outcome, seconds: float) -> None:
        """The outcome of one message is confirmed."""
        quarantined = isinstance(outcome, Quarantined)
        code = outcome.code if isinstance(outcome, Quarantined) else ""
        self._messages.labels(
            format.value,
            "quarantined" if quarantined else "released",
            code if code in QUARANTINE_CODES else "",
        ).inc()
        self._latency.observe(seconds)

    def routed(self, count: int) -> None:
        """Raw messages are confirmed on the internal topic."""
        self._routed.inc(count)

    def repeated(self, count: int) -> None:
        """Internal messages were dropped because they had been handed over before."""
        self._repeats.inc(count)

    def noticed(self, count: int) -> None:
        """What notices say has been learned and is confirmed."""
        self._notices.inc(count)

    def assigned(self) -> None:
        """This worker starts on a new set of partitions; what it said of others is forgotten."""
        self._assignments.inc()
        self._lag.clear()

    def policy(self, digest: str) -> None:
        """Messages are handled under this policy from now on."""
        self._policy.clear()
        self._policy.labels(digest).set(1)

    def reloaded(self, outcome: str, digest: str) -> None:
        """The policy was read again, with this outcome; `digest` is that of the one in force after it."""
        self._reloads.labels(outcome).inc()
        self.policy(digest)

    def lag(self, topic: str, partition: int, messages: int) -> None:
        """So many messages wait in a partition."""
        self._lag.labels(topic, str(partition)).set(messages)

    def in_flight(self, stage: str, messages: int) -> None:
        """So many messages are in a stage's hands."""
        self._in_flight.labels(stage).set(messages)
