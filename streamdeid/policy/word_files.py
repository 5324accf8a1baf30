"""Files of words and phrases, one a line."""

from __future__ import annotations

import hashlib
from pathlib import Path

from streamdeid.detect.phrases import words_of


def read_text(file: Path) -> str:
    """The text of a UTF-8 file.

    Raises:
        ValueError: it cannot be read; says which file, and never what is in it.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"the file {file} is not UTF-8") from None
    except (OSError, ValueError) as fault:
        raise ValueError(f"the file {file} cannot be read: {getattr(fault, 'strerror', None) or fault}") from None


def read_phrases(file: Path) -> list[str]:
    """The phrases of a UTF-8 file; blank lines, and lines that begin with ``#``, hold none.

    Raises:
        ValueError: the file cannot be read, or holds no words; says which file, and never what is in it.
    """
    lines = map(str.strip, read_text(file).splitlines())
    phrases = [line for line in lines if line and not line.startswith("#")]
    if not any(map(words_of, phrases[:100])):
        raise ValueError(f"the file {file} holds no words: it has one word or phrase a line")
    return phrases


def checksum(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits.

    Raises:
        ValueError: it cannot be read.
    """
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except (OSError, ValueError) as fault:
        raise ValueError(f"the file {file} cannot be read: {getattr(fault, 'strerror', None) or fault}") from None
