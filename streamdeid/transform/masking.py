"""Masks: the label of what was there, or characters in its place."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import Field, model_validator

from streamdeid.errors import TransformError
from streamdeid.transform.leaving import Left
from streamdeid.transform.strategy import (
    FHIR_TEXTS,
    HL7_DATES,
    NUMBERS,
    TIMES,
    Derivation,
    Request,
    Strategy,
    holds_text,
    no_text_fits,
)
from streamdeid.types import Format

_TEXTUAL: Final = FHIR_TEXTS | {"xhtml"}
#: Categories of Unicode characters that say nothing: blanks, punctuation, symbols, controls.
_SEPARATING: Final = frozenset("ZPSC")
_WORD: Final = re.compile(r"\S+")
#: The parameters that make a form of mask, so that the form need not be named.
_OF_FORM: Final = {
    **dict.fromkeys(("fine", "numbered"), "label"),
    **dict.fromkeys(("count", "from_end", "keep_separators"), "characters"),
    "length": "fixed",
}


def label_mask(request: Request, name: str = "") -> str:
    """The label's family, or another `name`, in angle brackets: ``<NAME>``; square ones in XHTML. Dates and numbers of
    HL7 v2 go.

    Raises:
        TransformError: the FHIR datatype cannot hold it.
    """
    name = name or request.family or "VALUE"
    if request.format is Format.FHIR and request.datatype not in _TEXTUAL:
        raise TransformError("transform.unreadable")
    if request.datatype == "xhtml":
        return f"[{name}]"
    is_typed = request.format is Format.HL7V2 and request.datatype in HL7_DATES | NUMBERS | TIMES
    return "" if is_typed else f"<{name}>"


def character_mask(text: str, character: str, count: int | None, *, from_end: bool, keep_separators: bool) -> str:
    """`text` with `character` for each of its characters, or for the first or last `count` of them; blanks, punctuation
    and symbols are not counted and stay where they are to be kept."""
    at = [index for index, one in enumerate(text) if not (keep_separators and is_separator(one))]
    chosen = at if count is None else at[max(0, len(at) - count) :] if from_end else at[:count]
    masked = list(text)
    for index in chosen:
        masked[index] = character
    return "".join(masked)


def is_separator(char: str) -> bool:
    """Whether a character is neither letter, digit nor a mark on one."""
    return not char.isalnum() and unicodedata.category(char)[0] in _SEPARATING


class Mask(Strategy):
    """The label in angle brackets (`label`, the default); or a character for each letter and digit (`characters`); or
    so many characters for each word (`fixed`). The form need not be named where a parameter of it is given."""

    lead: ClassVar[str] = "form"
    needs_label: ClassVar[bool] = True
    any_length: ClassVar[bool] = True

    form: Literal["label", "characters", "fixed"] = "label"
    fine: bool = Field(default=False, description="the finer type too: <NAME/FAMILY>")
    numbered: bool = Field(default=False, description="with a number for each of a message's entities: <NAME1>")
    character: Annotated[str, Field(min_length=1, max_length=1, pattern=r"^[!-~]$")] = "*"
    count: int | None = Field(default=None, ge=1, description="how many characters are masked; all where not given")
    from_end: bool = Field(default=False, description="count from the end")
    keep_separators: bool = Field(default=True, description="blanks, punctuation and symbols stay")
    length: int = Field(default=4, ge=1, le=64, description="characters for each word")

    @model_validator(mode="before")
    @classmethod
    def _form_of_parameters(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        meant = {form for name, form in _OF_FORM.items() if name in given}
        if "character" in given and not meant & {"characters", "fixed"} and given.get("form") != "fixed":
            meant.add("characters")
        meant |= {given["form"]} if "form" in given else set()
        if len(meant) > 1:
            raise ValueError(f"parameters of several forms of mask: {', '.join(sorted(map(str, meant)))}")
        return given | {"form": meant.pop()} if meant else given

    @property
    def is_numbered(self) -> bool:
        """Whether the entities of a message are told apart by number."""
        return self.numbered

    @property
    def merges(self) -> bool:
        """John Smith is one <NAME>, not two."""
        return self.form == "label" and not self.fine and not self.numbered

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The mask."""
        if self.form == "label":
            name = request.entity.label if self.fine else request.family
            return label_mask(request, name + (str(request.number) if self.numbered else ""))
        if not any(map(str.isalnum, request.mention)):
            return None
        if not holds_text(request.format, request.datatype):
            return label_mask(request)
        if self.form == "fixed":
            return _WORD.sub(self.character * self.length, request.mention)
        return character_mask(
            request.mention,
            self.character,
            self.count,
            from_end=self.from_end,
            keep_separators=self.keep_separators,
        )

    def leaves(self, label: str) -> Left:
        """Nothing, unless only so many characters are masked."""
        return Left.PART if self.form == "characters" and self.count is not None else Left.NOTHING

    def unfit_type(self, format: Format, datatype: str) -> str:
        """Where no text can stand, no mask can."""
        return no_text_fits(format, datatype)
