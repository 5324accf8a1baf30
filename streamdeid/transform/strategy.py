"""What every operator of a policy has in common: its parameters, checked by type, and one method that applies it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final, NamedTuple

from pydantic import BaseModel, ConfigDict

from streamdeid.transform.leaving import Left
from streamdeid.transform.own_lists import OwnLists
from streamdeid.transform.prf import Prf
from streamdeid.transform.references import References
from streamdeid.transform.surrogates import Surrogates
from streamdeid.types import Entity, Format

#: Datatypes of HL7 v2 and FHIR that hold nothing but a date, a time or a number.
HL7_DATES: Final = frozenset({"DT", "TS", "DTM"})
FHIR_DATES: Final = frozenset({"date", "dateTime", "instant"})
TIMES: Final = frozenset({"TM", "time"})
NUMBERS: Final = frozenset({"NM", "SI", "decimal", "integer", "integer64", "positiveInt", "unsignedInt"})
#: FHIR datatypes in which any text may stand.
FHIR_TEXTS: Final = frozenset({"string", "markdown"})
_FHIR_ADDRESSES: Final = frozenset({"uri", "url", "canonical"})
_HL7_TYPED: Final = HL7_DATES | TIMES | {"NM", "SI"}


class _Omitted(str):
    """The empty text that says more: the whole element goes, where the format can do without it."""

    __slots__ = ()


#: What an operator gives that leaves a value out. Compared by identity.
OMITTED: Final = _Omitted("")


class Subject(NamedTuple):
    """For whom surrogates are chosen: `scope` is the patient's key, empty for what is the same for everybody; `days`
    is how far the patient's dates move. `year` is given where years that tell an age above 89 may not be told: the one
    that the message is of. `near` is the day, an ordinal of the calendar, that dates without a year lie near to; 0
    where it is not known."""

    scope: str
    days: int
    year: int = 0
    near: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One mention that is to be replaced. `datatype` is the HL7 or FHIR datatype of the place; `number` tells the
    entity from others of its family in one message, from 1 on, where the strategy is numbered. `shared`: the value
    plays no part, and all of a label in the subject's scope get the same."""

    entity: Entity
    subject: Subject
    mention: str
    datatype: str
    format: Format
    number: int = 0
    shared: bool = False

    @property
    def family(self) -> str:
        """The label without its finer type."""
        return self.entity.label.partition("/")[0]


class Derivation:
    """What replacements are derived with, all from one secret; but tokens from that of `tokens`, if it is another."""

    def __init__(self, prf: Prf, tokens: Prf | None = None, own: OwnLists = OwnLists()) -> None:  # noqa: B008 - frozen
        self.prf = prf
        self.tokens = prf if tokens is None else tokens
        self.surrogates = Surrogates(prf, own)
        self.references = References(prf, self.surrogates.identifiers, self.surrogates.names)


class Strategy(BaseModel):
    """One operator with its parameters, which are the fields of the class. Frozen, and strict about what it takes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    #: The parameter that a bare word in a rule's short form gives.
    lead: ClassVar[str] = ""
    takes_label: ClassVar[bool] = True
    #: Whether a rule for a place needs a label; what a detector found has one.
    needs_label: ClassVar[bool] = False
    #: Whether it takes time linear in a value's length, and so may be given values of any length.
    any_length: ClassVar[bool] = False
    #: Whether what it gives depends on what the policy keys it on, and whether it can do without the value itself.
    is_keyed: ClassVar[bool] = False
    can_be_shared: ClassVar[bool] = False

    def __hash__(self) -> int:
        return hash(type(self))

    @property
    def default_label(self) -> str:
        """What it is done with where a rule for a place has no label; empty where that does not say."""
        return ""

    @property
    def is_numbered(self) -> bool:
        """Whether the replacement depends on `Request.number`."""
        return False

    @property
    def merges(self) -> bool:
        """Whether two mentions of one family side by side become one: what stands for both is the same."""
        return False

    @property
    def may_omit(self) -> bool:
        """Whether it may give `OMITTED`."""
        return False

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """What stands for the mention; None where it stays as it is.

        Raises:
            TransformError: ``transform.unreadable``, the value is not of its type, or the type cannot hold the result.
        """
        return None

    def leaves(self, label: str) -> Left:
        """What it leaves of a value that the label tells the kind of; the label is empty where nothing does."""
        return Left.WHOLE

    def unfit_label(self, label: str) -> str:
        """Why this cannot be done with what a label means; empty where it can. `label` may be empty, for any."""
        return ""

    def unfit_type(self, format: Format, datatype: str) -> str:
        """Why what this gives can never stand in a value of a datatype: a policy that wants it there is wrong. Empty
        where it can. `datatype` may be empty, for any."""
        return ""


@dataclass(frozen=True, slots=True, eq=False)
class Manner:
    """How values are replaced that have one strategy, datatype and format. Compared by identity: `manner` gives one
    object for each, so that what depends on it is quickly looked up."""

    strategy: Strategy
    datatype: str
    format: Format
    is_numbered: bool


@lru_cache(maxsize=4096)
def manner(strategy: Strategy, datatype: str, format: Format) -> Manner:
    """The manner of these three."""
    return Manner(strategy, datatype, format, strategy.is_numbered)


def holds_text(format: Format, datatype: str) -> bool:
    """Whether any text may stand in a value of this datatype."""
    if format is Format.FHIR:
        return datatype in FHIR_TEXTS
    return format is Format.TEXT or datatype not in _HL7_TYPED


def holds_token(format: Format, datatype: str) -> bool:
    """Whether letters, digits, full stops, hyphens and underscores may stand in a value of this datatype."""
    return holds_text(format, datatype) or (format is Format.FHIR and datatype in _FHIR_ADDRESSES)


def no_token_fits(format: Format, datatype: str) -> str:
    """For `Strategy.unfit_type`: that a datatype cannot hold a token."""
    return "" if not datatype or holds_token(format, datatype) else f"a value of type {datatype} cannot hold it"


def no_text_fits(format: Format, datatype: str) -> str:
    """For `Strategy.unfit_type`: that a datatype cannot hold any text."""
    return "" if not datatype or holds_text(format, datatype) else f"a value of type {datatype} cannot hold it"
