"""The demo in figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from streamdeid.demo.traffic import Fate


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the messages. `ms` are times from sending to the outcome, sent one by one; `rate` is messages a
    second, sent as fast as can be."""

    sent: int
    released: int
    quarantined: Counter[str]
    lost: int
    doubled: int
    unexpected: int
    ms: tuple[float, ...]
    rate: float

    @property
    def good(self) -> bool:
        """Whether each message came out once, released or, if broken, quarantined for the right reason."""
        return not (self.lost or self.doubled or self.unexpected)

    def percentile(self, of_hundred: float) -> float:
        """The time in milliseconds that so many messages in a hundred stay within; 0 where none was timed."""
        return percentile(self.ms, of_hundred)

    def as_json(self) -> dict[str, Any]:
        """All figures, for `--json`."""
        return {
            "sent": self.sent,
            "released": self.released,
            "quarantined": dict(sorted(self.quarantined.items())),
            "lost": self.lost,
            "doubled": self.doubled,
            "unexpected": self.unexpected,
            "latency_ms": {name: round(self.percentile(of), 1) for name, of in _PERCENTILES.items()},
            "messages_per_second": round(self.rate, 1),
        }

    def rows(self) -> dict[str, str]:
        """The figures for people."""
        times = ", ".join(f"{name} {self.percentile(of):.0f}" for name, of in _PERCENTILES.items())
        return {
            "sent": f"{self.sent:,}",
            "released": f"{self.released:,}",
            "quarantined": f"{self.quarantined.total():,}",
            "lost": f"{self.lost:,}",
            "doubled": f"{self.doubled:,}",
            **({"not as expected": f"{self.unexpected:,}"} if self.unexpected else {}),
            "milliseconds": f"{times}: from raw topic to clean topic, {len(self.ms)} sent one by one",
            "rate": f"{self.rate:,.0f} messages/s, one worker, sent at once",
        }


_PERCENTILES = {"p50": 50.0, "p95": 95.0, "p99": 99.0}


def figures(fates: Sequence[Fate], timed: Sequence[Fate], rate: float) -> Figures:
    """Count what became of the messages; `timed` are those that were sent one by one."""
    done = [fate for fate in fates if fate.copies]
    return Figures(
        sent=len(fates),
        released=sum(not fate.code for fate in done),
        quarantined=Counter(fate.code for fate in done if fate.code),
        lost=sum(not fate.done for fate in fates),
        doubled=sum(fate.copies - 1 for fate in done),
        unexpected=sum(fate.code != fate.message.broken for fate in done),
        ms=tuple(sorted(fate.seconds * 1000 for fate in timed if fate.copies)),
        rate=rate,
    )


def percentile(ordered: Sequence[float], of_hundred: float) -> float:
    """The value that so many of a hundred are not above, by nearest rank; 0 for an empty sequence."""
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * of_hundred // 100)
    return ordered[max(0, int(rank) - 1)]
