"""What a policy says of the models that read narrative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    field_validator,
    model_serializer,
    model_validator,
)

_Label = Annotated[str, Field(pattern=r"^(NAME|DATE|AGE|ID|CONTACT|LOCATION|PROFESSION)(/[A-Z_]+)?$")]
_Probability = Annotated[float, Field(ge=0, le=1, strict=False)]


class Votes(StrEnum):
    """Which findings of several models count: those of any of them, or those of most."""

    UNION = "union"
    MAJORITY = "majority"


#: What a model rule is without as long as nobody says it.
_UNLESS_SAID: Final = ("sha256", "id2label")
#: Where a model's files lie, as pydantic's `exclude`: what is in them says their `sha256`.
FILES: Final = frozenset({"model_path", "tokenizer_path"})
_NO_MODEL: Final = "give the name of a shipped model, a model's directory, or a mapping with model or kind"
#: What makes a directory a model.
_DIRECTORY: Final = ("model.onnx", "tokenizer.json", "config.json")


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
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        default=None, description="of the model's files, where they are the deployment's own; filled in"
    )

    @model_serializer(mode="wrap")
    def _without_unused(self, inner: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The digest of a policy with shipped models is what it always was."""
        content: dict[str, Any] = inner(self)
        return {name: value for name, value in content.items() if name not in _UNLESS_SAID or value is not None}


def _or_its_name(schema: dict[str, Any]) -> None:
    mapping = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"type": "string", "minLength": 1}, mapping]


class ModelRule(_UsedModel):
    """A model by the name of a shipped one, or by its directory: what has a slash is one. In YAML that string, or a
    mapping. `id2label` goes before that of the directory's ``config.json``."""

    model_config = ConfigDict(json_schema_extra=_or_its_name)

    model: str = Field(min_length=1)
    id2label: Mapping[str, str] | None = Field(
        default=None, min_length=2, description="number of a label -> the model's label, where config.json has others"
    )

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        given = {"model": given} if isinstance(given, str) else given
        if not isinstance(given, (Mapping, ModelRule)):
            raise ValueError(_NO_MODEL)  # noqa: TRY004 - pydantic takes a TypeError for a fault of ours
        if not isinstance(given, Mapping) or not is_directory(given.get("model")):
            return given
        return _with_checksum(given, [Path(given["model"]) / name for name in _DIRECTORY])

    @field_validator("id2label", mode="before")
    @classmethod
    def _numbers_as_strings(cls, given: Any) -> Any:
        return {str(key): label for key, label in given.items()} if isinstance(given, Mapping) else given

    @field_validator("id2label")
    @classmethod
    def _numbered(cls, given: Mapping[str, str] | None) -> Mapping[str, str] | None:
        _check_numbers(given or {})
        return given


class ModelFiles(_UsedModel):
    """A model by its files, as anonymize-rs has it: `id2label` says for each number the model's label, and whether what
    has it is to be replaced. Which inputs the model gets is what its graph asks for."""

    kind: Literal["ner"]
    model_path: str = Field(min_length=1)
    tokenizer_path: str = Field(min_length=1)
    token_type_ids_included: bool = False
    id2label: Mapping[str, tuple[str, bool]] = Field(min_length=2)

    @model_validator(mode="before")
    @classmethod
    def _known_by_its_files(cls, given: Any) -> Any:
        paths = [given.get(name) for name in ("model_path", "tokenizer_path")] if isinstance(given, Mapping) else []
        known = [Path(path) for path in paths if isinstance(path, str)]
        return _with_checksum(given, known) if len(known) == 2 else given

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
        _check_numbers(given)
        return given


def _form(given: Any) -> str:
    """Which of the two forms somebody has begun to write."""
    if isinstance(given, Mapping):
        return "ner" if "model" not in given and given.keys() & {"kind", *FILES} else "model"
    return "ner" if isinstance(given, ModelFiles) else "model"


#: A model in a policy: what is wrong with one is told of the form that it has.
UsedModel = Annotated[Annotated[ModelRule, Tag("model")] | Annotated[ModelFiles, Tag("ner")], Discriminator(_form)]


def is_directory(name: object) -> bool:
    """Whether a model is named by its directory and not by the name of a shipped one."""
    return isinstance(name, str) and "/" in name


def _check_numbers(keys: Iterable[str]) -> None:
    if not all(key.isascii() and key.isdigit() for key in keys):
        raise ValueError("id2label goes by the numbers of the labels")


def _with_checksum(given: Mapping[str, Any], files: Iterable[Path]) -> Mapping[str, Any]:
    """An entry with the `sha256` of a model's files filled in, so that the policy's digest tells which model it was.
    One whose files are not there is left to whoever opens the model: it may be a shipped one.

    Raises:
        ValueError: the model is not the one whose sha256 is given.
    """
    try:
        actual = sha256("".join(map(file_checksum, files)).encode()).hexdigest()
    except (OSError, ValueError):
        return given
    if given.get("sha256") not in (None, actual):
        raise ValueError(
            "the model's files are not those whose sha256 is given: install these again, or leave sha256 out"
        )
    return {**given, "sha256": actual}


def file_checksum(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits; remembered for as long as the file stays as it is.

    Raises:
        OSError: it cannot be read.
    """
    return _checksum(file, _stamp(file))


def _stamp(file: Path) -> tuple[int, ...]:
    status = file.stat()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


@lru_cache(maxsize=64)
def _checksum(file: Path, stamp: tuple[int, ...]) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()
