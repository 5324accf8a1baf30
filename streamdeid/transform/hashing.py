"""Keyed hashes: HMAC-SHA256 under a key of their own, derived from the secret."""

from __future__ import annotations

from base64 import b32encode, urlsafe_b64encode
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from streamdeid.errors import TransformError
from streamdeid.transform.leaving import Left
from streamdeid.transform.strategy import Derivation, Request, Strategy, holds_token, no_token_fits
from streamdeid.types import Format

_LONGEST = {"hex": 64, "base32": 52, "base64": 43}


class Hash(Strategy):
    """The keyed hash of the value, in `hex` (the default), `base32` or URL-safe `base64`, whole or its first `length`
    characters. A mention has the hash of the value that it stands for. With the scope `patient` two patients' equal
    values have different hashes; with `entity` everybody's are equal."""

    lead: ClassVar[str] = "encoding"
    needs_label: ClassVar[bool] = True
    any_length: ClassVar[bool] = True
    is_keyed: ClassVar[bool] = True
    can_be_shared: ClassVar[bool] = True

    encoding: Literal["hex", "base32", "base64"] = "hex"
    length: int | None = Field(default=None, ge=8, le=64, description="how many characters; all where not given")

    @model_validator(mode="after")
    def _long_enough(self) -> Hash:
        if self.length is not None and self.length > _LONGEST[self.encoding]:
            raise ValueError(f"a hash in {self.encoding} has {_LONGEST[self.encoding]} characters")
        return self

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The hash of the entity's value."""
        value = "" if request.shared else request.entity.value.strip()
        if not any(map(str.isalnum, request.mention)):
            return None
        if not holds_token(request.format, request.datatype):
            raise TransformError("transform.unreadable")
        scope, digest = request.subject.scope, derivation.prf.digest
        new = self._encoded(digest(scope, "hash", value))
        return new if new not in (value, request.mention) else self._encoded(digest(scope, "hash", f"{value}\n"))

    def leaves(self, label: str) -> Left:
        """A hash is drawn like any false value: under another seed it is another one."""
        return Left.FALSE

    def unfit_type(self, format: Format, datatype: str) -> str:
        """Hashes are text."""
        return no_token_fits(format, datatype)

    def _encoded(self, digest: bytes) -> str:
        if self.encoding == "hex":
            text = digest.hex()
        else:
            text = (b32encode if self.encoding == "base32" else urlsafe_b64encode)(digest).decode().rstrip("=")
        return text[: self.length]
