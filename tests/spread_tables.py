"""The stream without Kafka: several identity tables, each with a log of the messages and notices that came to it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from streamdeid.engine import Deidentifier, Request
from streamdeid.types import Format, Outcome, Released
from streamdeid.vault.lesson import Lesson, Notice


@dataclass
class Table:
    """A partition: its log, how far it was worked on, what is remembered, and what came of the messages."""

    log: list[Request | Lesson] = field(default_factory=list)
    done: int = 0
    vault: dict[str, bytes] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)


class Spread:
    """So many tables. Keys are spread by `at`, evenly if it is not given. A feed is a raw partition."""

    def __init__(self, engine: Deidentifier, count: int, at: Callable[[str], int] | None = None) -> None:
        self.engine = engine
        self.tables = [Table() for _ in range(count)]
        self.at = at or (lambda key: int(key, 16) % count)
        self._offsets: dict[str, int] = {}

    def send(self, content: bytes, format: Format = Format.HL7V2, feed: str = "raw/0") -> Table:
        """What the first hop does; the table that the message goes to."""
        offset = self._offsets[feed] = self._offsets.get(feed, -1) + 1
        return self.send_again(content, format, f"{feed}/{offset}")

    def send_again(self, content: bytes, format: Format, origin: str) -> Table:
        """The same for a message of a known origin."""
        key, notices = self.engine.route(content, format, origin)
        table = self.tables[self.at(key)]
        table.log.append(Request(content, format, len(table.log), origin))
        self._tell(notices, table)
        return table

    def work(self, table: Table) -> None:
        """What the second hop does with all that waits in one partition."""
        while table.done < len(table.log):
            entry = table.log[table.done]
            told: list[Notice] = []
            if isinstance(entry, Lesson):
                told += self.engine.learn(entry, table.done, table.vault)
            else:
                table.outcomes += self.engine.process([entry], table.vault, told.append)
            table.done += 1
            self._tell(told, table)

    def settle(self) -> None:
        """Work until nothing waits anywhere."""
        while waiting := [table for table in self.tables if table.done < len(table.log)]:
            assert sum(len(table.log) for table in self.tables) < 10_000, "notices of notices without end"
            for table in waiting:
                self.work(table)

    def handle(self, content: bytes, format: Format = Format.HL7V2) -> bytes:
        """Send one message, let everything come to rest, and give its clean bytes."""
        table = self.send(content, format)
        self.settle()
        outcome = table.outcomes[-1]
        assert isinstance(outcome, Released), outcome
        return outcome.content

    def replay(self, keep: bool) -> None:
        """Handle everything again from the beginning, with what is remembered or without."""
        for table in self.tables:
            table.done, table.outcomes = 0, []
            if not keep:
                table.vault = {}
        self.settle()

    def _tell(self, notices: tuple[Notice, ...] | list[Notice], table: Table) -> None:
        told = {(self.at(notice.key), notice.lesson) for notice in notices}
        for at, lesson in sorted(told):
            if self.tables[at] is not table:  # as it is encoded, and read again
                self.tables[at].log.append(Lesson.decode(lesson.encode(), lesson.origin))
