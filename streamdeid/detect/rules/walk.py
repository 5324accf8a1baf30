"""Walking over the words of a text, from a place that a cue has found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_WORD = re.compile(r"[A-Za-z](?:[A-Za-z]|['-](?=[A-Za-z])){0,39}\.?|&")
_GAP = re.compile(r"(?:[ ]{1,3}|[ ]{0,2}\n[ ]{0,4}|(?<=\.))")
#: Longer than any name that is looked for, in characters.
_REACH = 120
#: More blanks stand between columns, not between words.
_WIDEST_GAP = 2


class Word(NamedTuple):
    """A word as written, with a point that follows it at once."""

    start: int
    end: int
    text: str

    @property
    def plain(self) -> str:
        """Lower case, without point and possessive s."""
        return self.text.rstrip(".").lower().removesuffix("'s")

    @property
    def bare_end(self) -> int:
        """Where it ends without the point."""
        return self.end - self.text.endswith(".")

    @property
    def capital(self) -> bool:
        """Written with a capital first and not all in capitals, or as an initial."""
        return self.text[0].isupper() and (len(self.text.rstrip(".")) == 1 or not self.shouted)

    @property
    def shouted(self) -> bool:
        """All in capitals, two letters or more."""
        return self.text.isupper() and len(self.text.rstrip(".")) > 1

    @property
    def initial(self) -> bool:
        """One letter."""
        return len(self.text.rstrip(".")) == 1


def words_after(text: str, position: int, most: int) -> Iterator[Word]:
    """At most `most` words from `position` on, as long as only blanks or one line break stand between them."""
    for count in range(most):
        if count:
            gap = _GAP.match(text, position)
            if gap is None:
                return
            position = gap.end()
        found = _WORD.match(text, position)
        if found is None:
            return
        yield Word(found.start(), found.end(), found[0])
        position = found.end()


def words_before(text: str, position: int, most: int) -> Iterator[Word]:
    """At most `most` words that end at `position` or a blank before it, nearest first, with blanks only in between."""
    floor = max(0, position - _REACH)
    found = [Word(match.start(), match.end(), match[0]) for match in _WORD.finditer(text, floor, position)]
    for word in found[: -most - 1 : -1]:
        cut = floor and word.start == floor
        if cut or position - word.end > _WIDEST_GAP or text[word.end : position].strip(" '"):
            return
        yield word
        position = word.start


def one_case(text: str, start: int, end: int) -> str:
    """How the text around a place is written: "shout" for capitals only, "low" for small letters only, else "mixed"."""
    around = text[max(0, start - 40) : end + 40]
    return "shout" if around.isupper() else "low" if around.islower() else "mixed"
