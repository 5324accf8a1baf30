"""What a policy says of the models that read narrative."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

_Label = Annotated[str, Field(pattern=r"^(NAME|DATE|AGE|ID|CONTACT|LOCATION|PROFESSION)(/[A-Z_]+)?$")]
_Probability = Annotated[float, Field(ge=0, le=1, strict=False)]


class Votes(StrEnum):
    """Which findings of several models count: those of any of them, or those of most."""

    UNION = "union"
    MAJORITY = "majority"


class _UsedModel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, protected_namespaces=())

    enabled: bool = True
    labels: Mapping[str, _Label | None] = Field(
        default_factory=dict, description="a label of the model -> ours, or null for what identifies nobody"
    )
    thresholds: Mapping[_Label, _Probability] = Field(
        default_factory=dict,
        description="one of our labels, or a family of them -> the probability from which on it is found",
    )


class ModelRule(_UsedModel):
    """A model by the name of a shipped one, or by its directory. In YAML that string, or a mapping."""

    model: str = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        return {"model": given} if isinstance(given, str) else given


class ModelFiles(_UsedModel):
    """A model by its files, as anonymize-rs has it: `id2label` says for each number the model's label, and whether what
    has it is to be replaced. Which inputs the model gets is what its graph asks for."""

    kind: Literal["ner"]
    model_path: str = Field(min_length=1)
    tokenizer_path: str = Field(min_length=1)
    token_type_ids_included: bool = False
    id2label: Mapping[str, tuple[str, bool]] = Field(min_length=2)

    @field_validator("id2label", mode="before")
    @classmethod
    def _numbers_as_strings(cls, given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        pairs = given.items()
        return {str(key): tuple(pair) if isinstance(pair, list) else pair for key, pair in pairs}

    @field_validator("id2label")
    @classmethod
    def _numbered(cls, given: Mapping[str, tuple[str, bool]]) -> Mapping[str, tuple[str, bool]]:
        if not all(key.isascii() and key.isdigit() for key in given):
            raise ValueError("id2label goes by the numbers of the labels")
        return given
