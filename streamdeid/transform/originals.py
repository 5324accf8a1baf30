"""The way back from false identifiers, for who has the secret: every permutation of `identifiers`, inverted.

Exact for ASCII identifiers written in one case. What does not say in which case the true one was (digits alone in a
hexadecimal one, a check digit X) is given in lower case where all that it has of letters is. Social Security numbers
have no way back, as more true ones than false ones exist; nor have letters and digits beyond ASCII.
"""

from __future__ import annotations

from collections.abc import Callable

from streamdeid.transform.identifiers import _PIECE, Identifiers


class Originals(Identifiers):
    """The inverse of `Identifiers` under the same secret: `surrogate` gives what a false identifier stands for."""

    def _whole(self, space: str, plain: str) -> str:
        """Each piece is keyed on the true ones before it."""
        found = ""
        for start in range(0, len(plain), _PIECE):
            found += self._piece(f"{space}\n{found}" if start else space, plain[start : start + _PIECE])
        return found

    def _surrogate(self, namespace: str, text: str) -> str | None:
        found = super()._surrogate(namespace, text)
        return found.lower() if found is not None and text == text.lower() != text.upper() else found

    def _replaced(self, key: str, kind: str, shape: str, text: str, accept: Callable[[str], bool] | None) -> str:
        numbering, permutation = self._permutation(key, kind, shape)
        number = numbering.number(text)
        if accept is None:
            return numbering.text(permutation.original(number))
        return numbering.text(permutation.original_within(number, lambda candidate: accept(numbering.text(candidate))))
