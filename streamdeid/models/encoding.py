"""From a text to the numbers of its tokens."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from streamdeid.detect.ner.shapes import shape_ids
from streamdeid.detect.ner.symbols import without_symbols
from streamdeid.detect.ner.windows import sections
from streamdeid.errors import UsageError

Numbers = NDArray[np.int32]
_SECTION = 32_768


class Encoded(NamedTuple):
    """The tokens of a text, an array each: ids, shape ids, and which characters they are."""

    ids: Numbers
    shapes: Numbers
    starts: Numbers
    ends: Numbers


class Encoder:
    """A tokenizer, and the special tokens that it puts around a text: `prefix` and `suffix` are their ids."""

    def __init__(self, file: Path) -> None:
        """Raises UsageError for a file that is no tokenizer."""
        try:
            self._tokenizer = Tokenizer.from_file(str(file))
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
            # What a message says is text, be it "[SEP]".
            self._tokenizer.encode_special_tokens = True
            sample = self._tokenizer.encode("a")
        except Exception as fault:  # the library raises plain Exception
            raise UsageError(
                f"{file} is not a tokenizer file: {type(fault).__name__}; it is made by the `tokenizers` library"
            ) from None
        special = [at for at, is_special in enumerate(sample.special_tokens_mask) if is_special]
        own = [at for at in range(len(sample.ids)) if at not in special]
        middle = own[0] if own else len(special) // 2 + len(special) % 2
        self.prefix = [sample.ids[at] for at in special if at < middle]
        self.suffix = [sample.ids[at] for at in special if at >= middle]
        self.size = self._tokenizer.get_vocab_size()

    def padding(self) -> int | None:
        """The id of the padding token, None where there is none of a usual name."""
        ids = map(self._tokenizer.token_to_id, ("[PAD]", "<pad>"))
        return next((number for number in ids if number is not None), None)

    def __call__(self, text: str) -> Encoded:
        """The tokens of a text of any length, without special ones. Symbols are shown as blanks: no vocabulary has a
        word that begins or ends with one."""
        shown = without_symbols(text)
        parts = [self._section(shown, start, end) for start, end in sections(shown, _SECTION)]
        return (
            parts[0] if len(parts) == 1 else Encoded(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
        )

    def _section(self, text: str, start: int, end: int) -> Encoded:
        whole = start == 0 and end == len(text)
        encoding = self._tokenizer.encode(text if whole else text[start:end], add_special_tokens=False)
        offsets = [(first + start, last + start) for first, last in encoding.offsets] if start else encoding.offsets
        places = np.array(offsets, np.int32).reshape(-1, 2)
        ids, shapes = np.array(encoding.ids, np.int32), np.array(shape_ids(text, offsets), np.int32)
        return Encoded(ids, shapes, places[:, 0].copy(), places[:, 1].copy())
