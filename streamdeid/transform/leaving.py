"""How much of a value an operator leaves to be read: what every operator declares of itself."""

from __future__ import annotations

from enum import StrEnum


class Left(StrEnum):
    """What can be known of a value from what stands for it. An operator that does not say leaves everything."""

    NOTHING = "nothing"
    YEAR = "its year, or a longer span of years"
    CAPPED_AGE = "an age up to 89, and that one is above"
    STATE = "the state, and the first three digits of a ZIP code that more than 20,000 people share"
    AREA = "the first three digits of any ZIP code, or of one that was too small by an earlier census"
    FALSE = "a false value, drawn with the secret or with the patient's random seed"
    DERIVED = "what is worked out from the value itself"
    PART = "a part of the value"
    WHOLE = "the value"
