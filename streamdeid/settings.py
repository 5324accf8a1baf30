"""What a deployment decides: brokers, topics, limits, keys. Read from the environment, checked in one place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from streamdeid.errors import SettingsError
from streamdeid.vault.false_identity import Epoch

#: Every environment variable is this and a field's name in capitals.
PREFIX = "STREAMDEID_"
_SECRET_BYTES_MIN = 16
_QUARANTINE_KEY_BYTES = 32
_EPOCH_NAME = re.compile(r"[A-Za-z0-9_.-]{1,32}")

Topic = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")]
Seconds = Annotated[float, Field(gt=0, le=3600)]


class TopicNames(BaseModel):
    """The topics of the stream. `internal` holds raw messages keyed by patient: it is to be protected like `raw_*`.
    `seeds` holds what random surrogates are drawn from, encrypted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    raw_hl7v2: Topic = "raw.hl7v2"
    raw_fhir: Topic = "raw.fhir"
    internal: Topic = "streamdeid.internal"
    seeds: Topic = "streamdeid.seeds"
    clean_hl7v2: Topic = "clean.hl7v2"
    clean_fhir: Topic = "clean.fhir"
    quarantine: Topic = "quarantine"
    audit: Topic = "audit"

    @model_validator(mode="after")
    def _all_different(self) -> TopicNames:
        names = [getattr(self, name) for name in type(self).model_fields]
        if len(set(names)) < len(names):
            raise ValueError("two topics have the same name")
        return self


class Security(BaseModel):
    """How brokers are spoken to. Paths are PEM files; without `ca_file` the system's authorities are used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    ca_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    sasl_username: str = ""
    sasl_password: str = Field(default="", repr=False)


class ModelSettings(BaseModel):
    """How models are run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: Threads of a model on a CPU; 0: as many as this machine or container has cores.
    threads: int = Field(default=0, ge=0, le=1024)
    #: Characters of texts whose findings are remembered, by each model; 0: none.
    remembered: int = Field(default=4_000_000, ge=0, le=10**10)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> ModelSettings:
        """``STREAMDEID_MODEL_THREADS`` and ``STREAMDEID_MODEL_REMEMBERED``.

        Raises:
            SettingsError: a value is unusable, or another variable begins so. No value is quoted.
        """
        try:
            return cls.model_validate(_own(environ)["model"])
        except ValidationError as fault:
            raise SettingsError(_complaint(fault, ("model",))) from None


class Settings(BaseModel):
    """Everything that `streamdeid run` has to be told. Times are seconds, sizes bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    brokers: str = Field(default="localhost:9092", pattern=r"^[^\s,]+:\d+(,[^\s,]+:\d+)*$")
    application: Topic = "streamdeid"
    topics: TopicNames = TopicNames()
    security: Security = Security()
    model: ModelSettings = ModelSettings()
    secret: bytes = Field(repr=False, min_length=_SECRET_BYTES_MIN)
    #: The secrets of later epochs, oldest first.
    later: tuple[Epoch, ...] = Field(default=(), repr=False)
    quarantine_key: bytes = Field(repr=False, min_length=_QUARANTINE_KEY_BYTES, max_length=_QUARANTINE_KEY_BYTES)
    policy: str | None = None
    #: How often the policy's files are looked at; 0: only on SIGHUP.
    policy_reload_seconds: float = Field(default=5.0, ge=0, le=3600)
    data_directory: Path = Path("streamdeid-data")

    #: Of the internal, clean, quarantine, audit and changelog topics alike; fixed once there are messages.
    partitions: int = Field(default=8, ge=1, le=4096)
    raw_partitions: int = Field(default=8, ge=1, le=4096)
    #: -1 leaves it to the broker.
    replication: int = Field(default=-1, ge=-1, le=32)

    max_message_bytes: int = Field(default=64 * 2**20, ge=2**10, le=2**30)
    #: Messages in flight, and their bytes; a single larger one goes alone.
    window: int = Field(default=64, ge=1, le=100)
    window_bytes: int = Field(default=16 * 2**20, ge=1)

    session_seconds: Seconds = 10.0
    rebalance_seconds: Seconds = 60.0
    #: With messages waiting and none done for so long, the process ends, so that it is started afresh.
    stall_seconds: Seconds = 30.0
    #: Without partitions to work on for so long (joining the group, restoring the table), it ends too.
    ready_seconds: Seconds = 180.0
    #: What one message may take, and more for each million bytes; both have to be more than the policy's own limits.
    message_seconds: Seconds = 60.0
    message_seconds_per_megabyte: Seconds = 90.0
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """All secrets, oldest first."""
        return (Epoch("", self.secret), *self.later)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str], secret_file: Path | None = None) -> Settings:
        """Settings from variables such as ``STREAMDEID_BROKERS``; a topic's name is in ``STREAMDEID_TOPIC_RAW_FHIR``,
        what concerns `Security` in ``STREAMDEID_SECURITY_CA_FILE``, `ModelSettings` in ``STREAMDEID_MODEL_THREADS``.

        Raises:
            SettingsError: a value is unusable, or a variable is none of ours. No value is quoted.
        """
        given = _own(environ)
        (_, secret), *later = read_epochs(environ, secret_file)
        given |= {"secret": secret, "later": later, "quarantine_key": _read_quarantine_key(environ, secret)}
        try:
            return cls.model_validate(given)
        except ValidationError as fault:
            raise SettingsError(_complaint(fault)) from None


def read_secret(environ: Mapping[str, str], file: Path | None = None) -> bytes:
    """The secret that surrogates are derived from: the first of `read_epochs`.

    Raises:
        SettingsError: as `read_epochs`.
    """
    return read_epochs(environ, file)[0].secret


def read_epochs(environ: Mapping[str, str], file: Path | None = None) -> tuple[Epoch, ...]:
    """The secrets of `file`, ``STREAMDEID_SECRET_FILE`` or ``STREAMDEID_SECRET``: hexadecimal digits, one secret a
    line, the oldest first. A name may stand before one, ``2027:6f..``; others are called by their number, from 1 on.

    Patients keep the epoch in which they were first seen, see `streamdeid.vault.false_identity`; so no line may ever
    go, nor change its name, nor its place with the first.

    Raises:
        SettingsError: there is none, one is not 16 bytes or more in hexadecimal, or two have one name or are the same.
    """
    content, place = _key_text(environ, "SECRET", file)
    lines = [line for line in content.splitlines() if line.strip()] or [""]
    places = [place if len(lines) == 1 else f"{place}, line {number}" for number in range(1, len(lines) + 1)]
    epochs = tuple(
        _epoch(line, str(number), where) for number, (line, where) in enumerate(zip(lines, places, strict=True), 1)
    )
    for what, values in (("name", [epoch.name for epoch in epochs]), ("secret", [epoch.secret for epoch in epochs])):
        if len(set(values)) < len(values):
            raise SettingsError(f"{place} has one {what} twice")
    return epochs


def _epoch(line: str, number: str, place: str) -> Epoch:
    name, colon, digits = line.rpartition(":")
    name = name.strip() if colon else number
    if not _EPOCH_NAME.fullmatch(name):
        raise SettingsError(f"{place}: the name before the colon has letters, digits and -_., at most 32 of them")
    return Epoch(name, _key(digits, place, _SECRET_BYTES_MIN))


def _read_quarantine_key(environ: Mapping[str, str], secret: bytes) -> bytes:
    """The 32 bytes that quarantined originals are encrypted with. Where the deployment gives none it is derived from
    the secret; its own lets reviewers open the quarantine without holding the secret."""
    if f"{PREFIX}QUARANTINE_KEY" in environ or f"{PREFIX}QUARANTINE_KEY_FILE" in environ:
        return _read_key(environ, "QUARANTINE_KEY", _QUARANTINE_KEY_BYTES)
    return HKDF(SHA256(), _QUARANTINE_KEY_BYTES, salt=None, info=b"streamdeid quarantine").derive(secret)


def _read_key(environ: Mapping[str, str], name: str, least: int) -> bytes:
    digits, place = _key_text(environ, name)
    return _key(digits, place, least)


def _key_text(environ: Mapping[str, str], name: str, file: Path | None = None) -> tuple[str, str]:
    """What a file or a variable holds, and which it is."""
    variable = PREFIX + name
    if file is None and f"{variable}_FILE" in environ:
        file = Path(environ[f"{variable}_FILE"])
    if file is not None:
        return _read_file(file), str(file)
    if variable in environ:
        return environ[variable], variable
    raise SettingsError(f"set {variable}_FILE or {variable}")


def _key(digits: str, place: str, least: int) -> bytes:
    try:
        key = bytes.fromhex(digits.strip())
    except ValueError:
        raise SettingsError(f"{place} must hold hexadecimal digits") from None
    if len(key) < least:
        raise SettingsError(f"{place} must hold at least {least} bytes, {2 * least} hexadecimal digits")
    return key


def _read_file(file: Path) -> str:
    try:
        return file.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{file} cannot be read as text") from None


_KEYS = {"SECRET", "SECRET_FILE", "QUARANTINE_KEY", "QUARANTINE_KEY_FILE"}
_GROUPS = {"TOPIC_": "topics", "SECURITY_": "security", "MODEL_": "model"}


def _own(environ: Mapping[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {group: {} for group in _GROUPS.values()}
    for variable, value in environ.items():
        name = variable.removeprefix(PREFIX)
        if name == variable or name in _KEYS or name.startswith("TEST_"):
            continue
        for prefix, group in _GROUPS.items():
            if name.startswith(prefix):
                given[group][name.removeprefix(prefix).lower()] = value
                break
        else:
            given[name.lower()] = value
    return given


def _complaint(fault: ValidationError, within: tuple[str, ...] = ()) -> str:
    """What is wrong and where, without the values that pydantic would quote. `within`: the group that was looked at."""
    problems = []
    for error in fault.errors(include_input=False, include_url=False, include_context=False):
        path = [*within, *map(str, error["loc"])]
        group = next((prefix for prefix, name in _GROUPS.items() if path[0] == name), "")
        variable = f"{PREFIX}{group}{path[-1].upper()}" if len(path) > bool(group) else f"{PREFIX}{group}*"
        problems.append(f"{variable}: {error['msg']}")
    return "; ".join(problems)
