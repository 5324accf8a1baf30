"""Made-up values for training texts: people, places, numbers, dates, and what surrounds them.

Everything is drawn from a `random.Random`; equal seeds give equal values. Every name belongs either to the training
share or to the held-out share, by a hash of its letters, so that a model can be measured on names it never saw.
"""

from streamdeid.training.values.pieces import Piece
from streamdeid.training.values.slots import Scope, Values

__all__ = ["Piece", "Scope", "Values"]
