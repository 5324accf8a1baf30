"""A text with its identifiers marked: what there is to be found."""

from __future__ import annotations

from dataclasses import dataclass

#: Labels by family, the part before the slash, that are scored. Others in a gold file (such as ORG) are left open.
SCORED = frozenset({"NAME", "DATE", "AGE", "ID", "CONTACT", "LOCATION", "PROFESSION"})


@dataclass(frozen=True, slots=True, order=True)
class Marked:
    """`text[start:end]`, at least one character, has this label."""

    start: int
    end: int
    label: str

    @property
    def family(self) -> str:
        """The label without its finer type."""
        return self.label.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Gold:
    """A text and its identifiers. `labelled` are the families annotated in it; `kind` is the kind of text that results
    are told apart by; `seen` says whether the detectors may have learnt from such a text, None where nobody says;
    `line` is where it stands in its file, counted from 1."""

    id: str
    text: str
    spans: tuple[Marked, ...]
    labelled: frozenset[str] = SCORED
    kind: str = ""
    seen: bool | None = None
    line: int = 0

    def scores(self, span: Marked) -> bool:
        """Whether this gold span is to be found; if not, what stands there is left open."""
        return span.family in SCORED and span.family in self.labelled

    def judges(self, finding: Marked) -> bool:
        """Whether a finding of this label can be told to be wrong: its family is annotated, or everything is."""
        return finding.family in self.labelled or (finding.family not in SCORED and self.labelled >= SCORED)
