"""What a policy says of lists of words and phrases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from streamdeid.detect.phrases import words_of
from streamdeid.policy.word_files import checksum, read_phrases


def _phrase(phrase: str) -> str:
    if not words_of(phrase):
        raise ValueError(f"{phrase!r} has neither letters nor digits")
    return phrase


Phrases = Annotated[
    tuple[Annotated[str, AfterValidator(_phrase)], ...],
    Field(strict=False, description="as whole words, in any case, however many blanks are between them"),
]
Checksum = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Strict(BaseModel):
    """Frozen, and with no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


def with_checksum(given: Any, read: Callable[[Path], object]) -> Any:
    """An entry with its `file` found and read, and the `sha256` of that filled in.

    Raises:
        ValueError: the file cannot be read, or is not the one whose sha256 is given.
    """
    if not isinstance(given, Mapping) or not isinstance(given.get("file"), str):
        return given
    file = Path(given["file"]).resolve()
    actual = checksum(file)
    if given.get("sha256") not in (None, actual):
        raise ValueError(f"the file {file} is not the one whose sha256 is given")
    read(file)
    return {**given, "file": str(file), "sha256": actual}


class WordList(Strict):
    """Words and phrases: `words`, those of `file` (UTF-8, one a line, beside the policy file), or both. The
    file's `sha256` is filled in, so that the policy's digest tells what was in it; where it is given, the file must
    have it."""

    words: Phrases = ()
    file: str | None = Field(default=None, min_length=1)
    sha256: Checksum | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_file(cls, given: Any) -> Any:
        return with_checksum(given, read_phrases)

    @model_validator(mode="after")
    def _holds_something(self) -> WordList:
        if not self.words and self.file is None:
            raise ValueError("give words, or a file of them")
        return self

    def phrases(self) -> list[str]:
        """All of them.

        Raises:
            ValueError: the file cannot be read, or is no longer the one that it was.
        """
        return [*self.words, *unchanged_phrases(self.file, self.sha256)]


def unchanged_phrases(file: str | None, sha256: str | None) -> list[str]:
    """The lines of a file that is the one that it was; none where there is no file.

    Raises:
        ValueError: it cannot be read, or is another one.
    """
    if file is None:
        return []
    return read_phrases(unchanged(file, sha256))


def unchanged(file: str, sha256: str | None) -> Path:
    """The file, which is the one that it was.

    Raises:
        ValueError: it cannot be read, or is another one.
    """
    if checksum(Path(file)) != sha256:
        raise ValueError(f"the file {file} has changed since the policy was loaded")
    return Path(file)


class Fuzzy(Strict):
    """How much a finding may differ from what is listed: `edits` (letters wrong, missing, too many, or two neighbours
    swapped) in a phrase of at least `shortest` letters, two of them in twice as many; other `spellings`. In YAML also
    ``fuzzy: 1``, ``fuzzy: ocr``, ``fuzzy: [transliteration, ocr]``."""

    edits: int = Field(default=0, ge=0, le=2)
    spellings: tuple[Literal["transliteration", "ocr"], ...] = Field(default=(), strict=False)
    shortest: int = Field(default=6, ge=4, le=40)

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, given: Any) -> Any:
        if isinstance(given, int) and not isinstance(given, bool):
            return {"edits": given}
        if isinstance(given, str):
            return {"spellings": [given]}
        return {"spellings": given} if isinstance(given, (list, tuple)) else given

    @model_validator(mode="after")
    def _allows_something(self) -> Fuzzy:
        if not self.edits and not self.spellings:
            raise ValueError("give a number of edits, such as fuzzy: 1, or spellings")
        return self


class FuzzyWordList(WordList):
    """A list that also finds what is misspelt, where `fuzzy` says so."""

    fuzzy: Fuzzy | None = None

    @model_serializer(mode="wrap")
    def _without_unused(self, inner: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The digest of a policy without fuzzy lists is what it always was."""
        content: dict[str, Any] = inner(self)
        return {name: value for name, value in content.items() if name != "fuzzy" or value is not None}
