"""Numbers with noise that is drawn from the secret."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import ClassVar, Final

from pydantic import Field

from streamdeid.errors import TransformError
from streamdeid.transform.generalising import DECIMAL
from streamdeid.transform.leaving import Left
from streamdeid.transform.masking import label_mask
from streamdeid.transform.strategy import NUMBERS, Derivation, Request, Strategy, holds_text, no_text_fits
from streamdeid.types import Format

_FINE: Final = 2**48
_SMALLEST: Final = {"positiveInt": 1, "unsignedInt": 0}
_IN_TEXT: Final = re.compile(r"(?<![\w.,])\d{1,15}(?:\.\d{1,10})?(?![\d,]*\d)", re.A)


class Perturb(Strategy):
    """The number with noise of a span, half to either side: absolute, or a share of the number. One patient's number
    always gets the same noise, so that messages still agree. Rounded to so many decimals, else to 2; in text to as
    many as are written."""

    lead: ClassVar[str] = "with"
    is_keyed: ClassVar[bool] = True

    span: str = Field(
        alias="with",
        pattern=r"^\d+(\.\d+)?%?( \d{1,2})?$",
        description="the span of the noise, 6 or 20%; how many decimals are kept may follow it: '20% 1'",
    )
    round_to: int | None = Field(default=None, ge=0, le=28, description="how many decimals are kept")

    def apply(self, derivation: Derivation, request: Request) -> str | None:
        """The number; in text each number in it, or the label's mask where there is none."""
        if request.datatype in NUMBERS:
            if not DECIMAL.fullmatch(request.mention):
                raise TransformError("transform.unreadable")
            places = self._places(2) if request.datatype in ("decimal", "NM") else 0
            new = self._noisy(derivation, request, request.mention, places)
            return format(max(new, Decimal(_SMALLEST.get(request.datatype, new))), "f")
        if not holds_text(request.format, request.datatype):
            raise TransformError("transform.unreadable")
        if not _IN_TEXT.search(request.mention):
            return label_mask(request)
        return _IN_TEXT.sub(lambda found: self._in_text(derivation, request, found[0]), request.mention)

    def leaves(self, label: str) -> Left:
        """About how much it is."""
        return Left.PART

    def unfit_label(self, label: str) -> str:
        """Of what detectors find, only ages are numbers that say how much."""
        return "" if not label or label.startswith(("AGE", "LOCATION/GEO")) else f"there is no noise for {label}"

    def unfit_type(self, format: Format, datatype: str) -> str:
        """Numbers and texts can hold numbers."""
        return "" if datatype in NUMBERS else no_text_fits(format, datatype)

    def _in_text(self, derivation: Derivation, request: Request, text: str) -> str:
        places = self._places(len(text.partition(".")[2]))
        return format(max(self._noisy(derivation, request, text, places), Decimal(0)), "f")

    def _places(self, default: int) -> int:
        written = self.span.partition(" ")[2]
        return int(written) if written else default if self.round_to is None else self.round_to

    def _noisy(self, derivation: Derivation, request: Request, text: str, places: int) -> Decimal:
        number, span = Decimal(text), self.span.partition(" ")[0]
        width = Decimal(span.rstrip("%")) * (abs(number) / 100 if span.endswith("%") else 1)
        draw = derivation.prf.number(request.subject.scope, "perturb", text, _FINE)
        return (number + width * (Decimal(draw) / _FINE - Decimal("0.5"))).quantize(Decimal(1).scaleb(-places))
