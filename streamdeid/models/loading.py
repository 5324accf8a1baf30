"""A model's directory read: what its files say of it, before any of it is run.

A directory holds ``model.onnx``, ``tokenizer.json`` and ``config.json``, as Hugging Face's token-classification models
do once exported; ``config.json`` may have a section ``streamdeid`` of our own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streamdeid.detect.ner.labels import is_label, meanings, tag
from streamdeid.errors import UsageError
from streamdeid.policy.models import ModelFiles, ModelRule, file_checksum

_SHIPPED = Path(str(files("streamdeid.models"))) / "shipped"
#: The model that is used where a policy names none.
DEFAULT_MODEL = "clinical"
MODEL_FILE, TOKENIZER_FILE, CONFIG_FILE = "model.onnx", "tokenizer.json", "config.json"
#: Model types whose positions are counted from the padding token's id on (RoBERTa and its descendants).
_COUNTING_FROM_PADDING = frozenset({"roberta", "xlm-roberta", "camembert", "longformer", "mpnet"})
_MAX_TOKENS = 256
_FEWEST_TOKENS = 16
_Probability = Annotated[float, Field(ge=0, le=1)]


class _OwnSection(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")] | None = None
    version: str = ""
    labels: Mapping[str, str | None] = Field(default_factory=dict)
    thresholds: Mapping[str, _Probability] = Field(default_factory=dict)
    temperature: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    max_tokens: int | None = Field(default=None, ge=_FEWEST_TOKENS)
    overlap: int | None = Field(default=None, ge=0)
    sha256: Mapping[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(default_factory=dict)


class _Config(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id2label: Mapping[int, str] = Field(min_length=2)
    max_position_embeddings: int = Field(default=512, ge=_FEWEST_TOKENS)
    model_type: str = ""
    pad_token_id: int | None = None
    streamdeid: _OwnSection = _OwnSection()


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of a model before it is loaded. Paths are those of its files.

    `labels` are the model's own, in the order of its scores; `mapping` says what they mean to us, None for nothing;
    `thresholds` go by our labels, or families of them. `max_tokens` counts special tokens, `overlap` is in tokens.
    """

    name: str
    version: str
    model: Path
    tokenizer: Path
    labels: tuple[str, ...]
    mapping: Mapping[str, str | None]
    thresholds: Mapping[str, float]
    temperature: float
    max_tokens: int
    overlap: int
    padding: int | None
    first_position: int
    sha256: Mapping[str, str]

    def meanings(self) -> list[str | None]:
        """Our label for each of the model's labels.

        Raises:
            UsageError: one is not mapped, or to what is no label.
        """
        try:
            return meanings(self.labels, self.mapping)
        except UsageError as fault:
            raise UsageError(f"model {self.name}: {fault}") from None

    def with_own(self, labels: Mapping[str, str | None], thresholds: Mapping[str, float]) -> Description:
        """The same with other meanings and thresholds for some labels. A threshold for a family goes before those for
        its finer labels that were there.

        Raises:
            UsageError: a label is none of the model's, or a threshold is for none of ours.
        """
        _check_names(self.name, self.labels, labels, thresholds)
        kept = {name: value for name, value in self.thresholds.items() if name.partition("/")[0] not in thresholds}
        return replace(self, mapping={**self.mapping, **labels}, thresholds={**kept, **thresholds})


def shipped_models() -> list[str]:
    """The names of the models that come with streamdeid."""
    if not _SHIPPED.is_dir():
        return []
    return sorted(entry.name for entry in _SHIPPED.iterdir() if (entry / CONFIG_FILE).is_file())


def find_model(name_or_directory: str | None = None) -> Path:
    """The directory of a shipped model by its name, or any other directory; the default model for None.

    Raises:
        UsageError: there is none.
    """
    name = name_or_directory or DEFAULT_MODEL
    if name in shipped_models():
        return _SHIPPED / name
    directory = Path(name)
    if name_or_directory and directory.is_dir():
        return directory
    shipped = ", ".join(shipped_models()) or "none"
    raise UsageError(f"there is no directory {name}, and the shipped models are: {shipped}")


def describe(directory: Path, id2label: Mapping[str, str] | None = None) -> Description:
    """What a model's directory says of it; `id2label` goes before what its ``config.json`` says.

    Raises:
        UsageError: a file is missing or not what it should be; says which, and what to do.
    """
    for name in (MODEL_FILE, TOKENIZER_FILE, CONFIG_FILE):
        if not (directory / name).is_file():
            raise UsageError(
                f"model {directory} has no {name}: a model's directory holds {MODEL_FILE}, {TOKENIZER_FILE} and"
                f" {CONFIG_FILE}, as an export of a token-classification model to ONNX makes them"
            )
    config = _read_config(directory / CONFIG_FILE, id2label)
    name = config.streamdeid.name or _plain_name(directory.resolve().name)
    return _described(name, directory / MODEL_FILE, directory / TOKENIZER_FILE, config)


def describe_files(model: Path, tokenizer: Path, id2label: Mapping[str, tuple[str, bool]]) -> Description:
    """A model by its two files and its labels, each with whether it is to be found; a ``config.json`` beside the model
    adds what it knows.

    Raises:
        UsageError: a file is missing or not what it should be, or the numbers of the labels have a gap.
    """
    for file in (model, tokenizer):
        if not file.is_file():
            raise UsageError(f"there is no file {file}: model_path and tokenizer_path name an .onnx and a .json file")
    beside = model.parent / CONFIG_FILE
    known = _json_object(beside) if beside.is_file() else {}
    config = _validated({**known, "id2label": {number: label for number, (label, _) in id2label.items()}}, model)
    description = _described(
        config.streamdeid.name or _plain_name(model.parent.resolve().name), model, tokenizer, config
    )
    unwanted = dict.fromkeys((label for label, wanted in id2label.values() if not wanted and tag(label)), None)
    return replace(description, mapping={**description.mapping, **unwanted})


def described(rule: ModelRule | ModelFiles) -> Description:
    """The model that a policy speaks of, with the policy's own labels and thresholds.

    Raises:
        UsageError: there is no such model, or it does not fit what the policy says.
    """
    if isinstance(rule, ModelRule):
        description = describe(find_model(rule.model), rule.id2label)
    else:
        description = describe_files(Path(rule.model_path), Path(rule.tokenizer_path), rule.id2label)
    return description.with_own(rule.labels, rule.thresholds)


def checked(rule: ModelRule | ModelFiles) -> Description:
    """The same, known to have a meaning for every label, and the files whose checksums it has.

    Raises:
        UsageError: as `described`, or a label means nothing to us, or a file is another one or cannot be read.
    """
    try:
        description = described(rule)
        description.meanings()
        verify_checksums(description)
    except OSError as fault:
        raise UsageError(f"a file of the model cannot be read: {fault.strerror or type(fault).__name__}") from None
    return description


def verify_checksums(description: Description) -> int:
    """Compare the model's files with the checksums that its configuration gives; how many were compared.

    Raises:
        UsageError: a file is missing or another one.
    """
    for name, expected in description.sha256.items():
        file = description.model.parent / name
        if Path(name).name != name or not file.is_file():
            raise UsageError(f"model {description.name}: {CONFIG_FILE} gives a checksum for {name}, which is not there")
        if checksum(file) != expected:
            raise UsageError(
                f"model {description.name}: the SHA-256 of {name} is not the one in {CONFIG_FILE}; the file is damaged"
                " or another one: install the model again"
            )
    return len(description.sha256)


def checksum(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    return file_checksum(file)


def _read_config(file: Path, id2label: Mapping[str, str] | None) -> _Config:
    given = {} if id2label is None else {"id2label": id2label}
    return _validated({**_json_object(file), **given}, file)


def _json_object(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as fault:
        raise UsageError(f"{file} is not a JSON file: {type(fault).__name__}") from None
    if not isinstance(content, dict):
        raise UsageError(f"{file} is not a JSON object")
    return content


def _validated(content: dict[str, Any], file: Path) -> _Config:
    try:
        config = _Config.model_validate(content)
    except ValidationError as faults:
        lines = [_told(file, fault["loc"], fault["msg"]) for fault in faults.errors()]
        raise UsageError("\n".join(lines)) from None
    if sorted(config.id2label) != list(range(len(config.id2label))):
        raise UsageError(f"{file}: id2label must number the labels from 0 on without a gap")
    return config


def _told(file: Path, place: tuple[int | str, ...], why: str) -> str:
    hint = "; say it in the policy, or in the file" if place == ("id2label",) else ""
    return f"{file}: {'.'.join(map(str, place)) or 'config'}: {why}{hint}"


def _described(name: str, model: Path, tokenizer: Path, config: _Config) -> Description:
    own, labels = config.streamdeid, tuple(label for _, label in sorted(config.id2label.items()))
    _check_names(name, labels, own.labels, own.thresholds)
    padding = config.pad_token_id
    first = (1 if padding is None else padding) + 1 if config.model_type in _COUNTING_FROM_PADDING else 0
    longest = config.max_position_embeddings - first
    max_tokens = min(_MAX_TOKENS, longest) if own.max_tokens is None else own.max_tokens
    overlap = max_tokens * 3 // 16 if own.overlap is None else own.overlap
    if max_tokens > longest:
        raise UsageError(f"model {name}: max_tokens is {max_tokens}, but the model has {longest} positions")
    if overlap > max_tokens // 5:
        raise UsageError(f"model {name}: overlap must not be above a fifth of max_tokens ({max_tokens})")
    return Description(
        name, own.version, model, tokenizer, labels, own.labels, own.thresholds, own.temperature, max_tokens, overlap,
        padding, first, own.sha256,
    )  # fmt: skip


def _check_names(
    name: str, labels: tuple[str, ...], mapped: Mapping[str, str | None], thresholds: Mapping[str, float]
) -> None:
    known = set(labels) | {parts.name for label in labels if (parts := tag(label)) is not None}
    for label in mapped:
        if label not in known:
            raise UsageError(f"model {name} has no label {label}; it has {', '.join(labels)}")
    for label in thresholds:
        if not is_label(label):
            raise UsageError(f"model {name}: thresholds go by labels such as NAME or LOCATION/CITY, not {label}")


def _plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:64] or "model"
