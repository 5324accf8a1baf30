"""What a policy says of surrogates itself: lists to draw them from, and pairs of a true and a false value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from streamdeid.policy.rule_forms import LABEL
from streamdeid.policy.value_files import Entry, entries_of, read_entries
from streamdeid.policy.word_lists import unchanged, with_checksum
from streamdeid.transform.casing import folded
from streamdeid.transform.name_parts import KEPT, name_tokens
from streamdeid.transform.own_lists import OwnList, OwnLists

_PARTS: Final = {"family": "NAME/FAMILY", "given": "NAME/GIVEN"}
_NAME_PARTS: Final = tuple(_PARTS.values())
#: Labels that no list can be for, or families of them, and why.
_NO_LIST: Final = {
    "NAME": "give lists for NAME/FAMILY and NAME/GIVEN: whole names are put together from them",
    "NAME/USER": "user names keep their shape: give pairs",
    **dict.fromkeys(("NAME/PREFIX", "NAME/SUFFIX", "NAME/DEGREE"), "titles stay, or go"),
    "ID": "two identifiers would get one surrogate: give pairs",
    "DATE": "dates are shifted: see dates",
    "AGE": "ages are told or generalised",
    "LOCATION/STATE": "states stay",
    "LOCATION/COUNTRY": "countries stay",
    "LOCATION/GEO": "coordinates go",
    "LOCATION/ADDRESS": "give lists for LOCATION/STREET and LOCATION/CITY",
}
_TEXTS: Final = {"type": "array", "items": {"type": "string"}}
_VALUES: Final = {"anyOf": [_TEXTS, {"type": "object", "additionalProperties": {"type": "number"}}]}
_LABEL_PATTERN: Final = f"^{LABEL}$"
_Label = Annotated[str, Field(pattern=_LABEL_PATTERN)]


def _weighted(given: Any) -> Any:
    """A list of values, or a mapping to weights, as a mapping in the order of the values: the file's order is none of
    the policy's content."""
    if not isinstance(given, list | tuple | Mapping):
        return given
    weights: dict[str, float] = defaultdict(float)
    for entry in entries_of(given):
        if entry.sex or entry.region:
            raise ValueError("sex and region stand beside values, and are for all of them")
        weights[entry.value] += entry.weight
    return dict(sorted(weights.items()))


class SurrogateList(BaseModel):
    """False values of one label: `values`, as a list or as a mapping to weights, those of `file` (text, JSON or YAML,
    beside the policy file), or both. `sex` (given names) and `region` say for which true values they are: a culture for
    names, the code of a state for places. The file's `sha256` is filled in; a given one must be its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    values: Annotated[Mapping[str, float], BeforeValidator(_weighted), WithJsonSchema(_VALUES)] = Field(
        default_factory=dict, strict=False
    )
    file: str | None = Field(default=None, min_length=1)
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    sex: Literal["F", "M"] | None = None
    region: str | None = Field(default=None, min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _read_file(cls, given: Any) -> Any:
        return with_checksum(given, read_entries)

    @model_validator(mode="after")
    def _holds_something(self) -> SurrogateList:
        if not self.values and self.file is None:
            raise ValueError("give values, or a file of them")
        return self

    def entries(self) -> Iterator[Entry]:
        """All values.

        Raises:
            ValueError: the file cannot be read, or is no longer the one that it was.
        """
        for value, weight in self.values.items():
            yield Entry(value, weight, self.sex or "", self.region or "")
        if self.file is None:
            return
        for entry in sorted(read_entries(unchanged(self.file, self.sha256))):
            yield entry._replace(sex=entry.sex or self.sex or "", region=entry.region or self.region or "")


def _listed(given: Any) -> Any:
    """One list, or the values of one, as a list of lists."""
    if isinstance(given, Mapping):
        return (given,)
    if isinstance(given, list | tuple) and given and not any(isinstance(one, Mapping | SurrogateList) for one in given):
        return ({"values": list(given)},)
    return given


def _no_list(label: str) -> str:
    """Why there can be no list for a label; empty where there can."""
    if label in _NAME_PARTS:
        return ""
    return _NO_LIST.get(label) or _NO_LIST.get(label.partition("/")[0], "")


def _is_whole_name(label: str) -> bool:
    return label.partition("/")[0] == "NAME" and label not in (*_NAME_PARTS, "NAME/USER")


_Lists = Annotated[tuple[SurrogateList, ...], BeforeValidator(_listed), Field(strict=False, min_length=1)]
Lists: TypeAlias = Mapping[_Label, _Lists]
Pairs: TypeAlias = Mapping[_Label, Mapping[str, str]]


def faults_of(lists: Lists, pairs: Pairs) -> Iterator[str]:
    """What is wrong with lists and pairs: a line each, with the place in the policy before it, and no value."""
    for label, own in lists.items():
        why = _no_list(label)
        if why:
            yield f"lists.{label}: there can be no list: {why}"
        elif label != "NAME/GIVEN" and any(one.sex for one in own):
            yield f"lists.{label}: only given names have a sex"
    for label, paired in pairs.items():
        for number, (true, false) in enumerate(paired.items(), 1):
            if not folded(true) or folded(true) == folded(false):
                yield f"pairs.{label}: pair {number}: give a true value, and a false one that is another"
            elif _is_whole_name(label) and len(_words(true)) != len(_words(false)):
                yield f"pairs.{label}: pair {number}: the false name needs as many words as the true one"


def lists_schema(own: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema of `Lists` in a policy file, which may leave out brackets: `own` is that of the model."""
    several = own["patternProperties"][_LABEL_PATTERN]
    return {**own, "patternProperties": {_LABEL_PATTERN: {"anyOf": [several, several["items"], _TEXTS]}}}


def own_lists(lists: Lists, pairs: Pairs) -> OwnLists:
    """Lists and pairs, ready to be drawn from.

    Raises:
        ValueError: a file has changed since the policy was loaded.
    """
    grouped: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
    for label, own in lists.items():
        for entry in (entry for one in own for entry in one.entries()):
            grouped[label, entry.sex, entry.region].append(entry)
    drawn = (
        OwnList(label, tuple(one.value for one in entries), tuple(one.weight for one in entries), sex, region)
        for (label, sex, region), entries in grouped.items()
    )
    return OwnLists(tuple(drawn), {label: dict(own) for label, own in _by_label(pairs)})


def _by_label(pairs: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The pairs by label, true values folded; of whole names, their words."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for label, own in pairs.items():
        for true, false in own.items():
            if not _is_whole_name(label):
                found[label][folded(true)] = false
                continue
            for (part, old), (_, new) in zip(_words(true), _words(false), strict=True):
                found[_PARTS[part]].setdefault(folded(old), new)
    yield from found.items()


def _words(name: str) -> list[tuple[str, str]]:
    """The words of a whole name with their parts, given names first."""
    words = [(token.part, token.text) for token in name_tokens("NAME/FULL", name) if token.part != KEPT]
    return sorted(words, key=lambda word: word[0] == "family")
