"""What stands at a place, whatever a policy does there: the label that the shipped default policy gives it.

That policy has a rule for every place that HL7 v2 and FHIR define. Where its rule has a label, values there are of that
kind; where it keeps them they identify nobody; where it has them read they are text. What it removes without saying why
is looked up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml

from streamdeid.policy.profiles.law import DOCUMENT, NOBODY, OTHER, TEXT
from streamdeid.policy.rule_forms import rule_content
from streamdeid.types import Format

_REFERENCE: Final = "expert_determination.yaml"
_SECTIONS: Final = {Format.HL7V2: "hl7v2", Format.FHIR: "fhir", Format.TEXT: "documents"}
_BY_OPERATOR: Final = {
    **dict.fromkeys(("keep", "code", "media_type"), NOBODY),
    "detect": TEXT,
    "document": DOCUMENT,
    "reference": "ID/RESOURCE",
    "check_digit": "ID/OTHER",
}
_REMOVED: Final = {
    **dict.fromkeys(("XPN.4", "XPN.5", "XPN.6", "EN.prefix", "EN.suffix", "rtf.info", "Reference.display"), "NAME"),
    **dict.fromkeys(("XAD.8", "XAD.10", "XAD.15", "XAD.20", "XAD.22", "AD.8", "CX.9", "CX.10", "CX.11"), "LOCATION"),
    **dict.fromkeys(("PL.7", "PL.8", "LA1.7", "LA1.8", "LA2.7", "LA2.8", "NDL.10", "NDL.11", "ADXP"), "LOCATION"),
    **dict.fromkeys(("ACC-3", "PD1-14", "Location.description"), "LOCATION"),
    **dict.fromkeys(("XTN.8", "XTN.9", "XTN.10", "XTN.11", "XTN.15", "XTN.16"), "CONTACT"),
    **dict.fromkeys(("RP.1", "Attachment.url", "Device.url", "Contract.url"), "CONTACT/URL"),
    **dict.fromkeys(("base64Binary", "html.embedded", "rtf.embedded", "xml.embedded"), DOCUMENT),
    "SNM": "CONTACT/PHONE",
    "GTS": "DATE",
    "ED.5": DOCUMENT,
}


@cache
def meanings(format: Format) -> Mapping[str, str]:
    """By name of a place: a label, or one of the words of `law` for what has none. What stands under no name of a
    place's lineage may be anything."""
    section = _reference()[_SECTIONS[format]]
    return {str(name): _meaning(str(name), rule_content(given)) for name, given in section["rules"].items()}


def _meaning(name: str, rule: Mapping[str, Any]) -> str:
    if rule.get("label"):
        return str(rule["label"])
    if name in _REMOVED:
        return _REMOVED[name]
    return _BY_OPERATOR.get(rule["operator"], OTHER)


@cache
def _reference() -> Any:
    text = (files("streamdeid.policies") / _REFERENCE).read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)
