"""Rewriting FHIR references so that they still resolve: every id in them by the same function as `Resource.id`.

Relative, absolute, versioned, contained, ``urn:uuid:``, ``urn:oid:`` and conditional references, plain ids, and the
URLs of requests and searches (FHIR R4, References 2.3.0.5 and RESTful API 3.1.0).
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from streamdeid.transform import lexicon
from streamdeid.transform.dates import shift_fhir, year_of_fhir
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.names import Names
from streamdeid.transform.prf import Prf

_RESOURCE: Final = re.compile(
    r"(?P<base>https?://[^?#]*?/|/)?(?P<type>[A-Z][A-Za-z]+)(?:/(?P<id>[A-Za-z0-9\-.]{1,64}))?"
    r"(?P<interaction>(?:/_history(?:/[A-Za-z0-9\-.]{1,64})?|(?:/[A-Z][A-Za-z]+|/\*)?/_search|/\$[a-z-]+|/[A-Z][A-Za-z]+|/\*)?)"
    r"(?:\?(?P<query>[^#]*))?(?:\#(?P<fragment>.*))?",
    re.S,
)
#: Requests to the server as a whole (R4, RESTful API 3.1.0).
_SYSTEM_WIDE: Final = re.compile(r"/?(?P<what>metadata|_history|_search|\$[a-z-]+)?(?:\?(?P<query>[^#]*))?", re.S)
_URL: Final = re.compile(
    r"(?P<base>https?://[^/?#]+(?:/[^?#]*(?=/))?)/?(?P<last>[^/?#]*)(?:\?(?P<query>[^#]*))?(?:\#.*)?", re.S | re.I
)
_QUERY: Final = re.compile(r"(?P<mark>\??)(?P<query>[A-Za-z_][\w.:-]*=[^#]*)", re.S)
_URN: Final = re.compile(r"(?P<head>urn:[A-Za-z0-9-]+:)(?P<name>.*)", re.S | re.I)
_COMPARED_DATE: Final = re.compile(r"(?P<prefix>(?:eq|ne|[lg][te]|sa|eb|ap)?)(?P<date>\d{4}(?:-.*)?)", re.S)
#: Definitions are about no person; those that are published somewhere are left alone.
_DEFINITIONS: Final = frozenset(
    {
        "CodeSystem",
        "ConceptMap",
        "NamingSystem",
        "OperationDefinition",
        "SearchParameter",
        "StructureDefinition",
        "ValueSet",
    }
)
#: Those who publish standards, whose URLs and URNs name codes and profiles.
_STANDARD_HOST: Final = re.compile(
    r"https?://(?:[\w-]+\.)*(?:hl7\.org|loinc\.org|snomed\.info|unitsofmeasure\.org|ihe\.net|ietf\.org|w3\.org|nih\.gov)"
    r"(?:[/?#]|$)",
    re.I,
)
#: Systems of social security numbers, and ``identifier:of-type`` with their type in HL7 table 0203.
_SSN_SYSTEM: Final = re.compile(r"(?:.*[/:#_-])?ssn/?|urn:oid:2\.16\.840\.1\.113883\.4\.1|.*v2-0203\|SS", re.I | re.S)
_STANDARD_URN: Final = ("urn:ietf:", "urn:iso:", "urn:hl7-org:", "urn:ihe:")
#: Search parameters whose values tell of nobody; all others are replaced.
_HARMLESS: Final = frozenset(
    {"_count", "_elements", "_format", "_include", "_revinclude", "_sort", "_summary", "_total", "_type", "active"}
    | {"category", "class", "clinical-status", "code", "gender", "intent", "status", "type", "verification-status"}
    | {"_contained", "_containedType", "_pretty", "_profile", "_getpagesoffset", "_bundletype", "_offset", "deceased"}
)
#: Modifiers that make any text of a value.
_AS_TEXT: Final = frozenset({"text", "text-advanced", "contains"})
_NAMES: Final = {"family": "NAME/FAMILY", "given": "NAME/GIVEN", "name": "NAME/FULL"}


class References:
    """The rewriting of references under one secret. `scope` and `days` are for the names and dates of a search;
    without `days` of a date only the year is told."""

    def __init__(self, prf: Prf, identifiers: Identifiers, names: Names) -> None:
        self._prf = prf
        self._identifiers = identifiers
        self._names = names

    def rewrite(self, scope: str, days: int | None, text: str) -> str | None:
        """The reference with other ids; None when it holds none (a resource type, a standard's URL). What is not of a
        known form gets other letters and digits."""
        if (urn := _URN.fullmatch(text)) is not None:
            return None if text.startswith(_STANDARD_URN) else urn["head"] + self._identifier(urn["name"])
        if text.startswith("#"):
            return f"#{self._identifier(text[1:])}" if len(text) > 1 else None
        found = _RESOURCE.fullmatch(text)
        if found is not None and found["type"] in lexicon.RESOURCE_TYPES:
            return self._resource(scope, days, found)
        if _STANDARD_HOST.match(text) is not None:
            return None
        if (url := _URL.fullmatch(text)) is not None:
            query = f"?{self._query(scope, days, url['query'])}" if url["query"] is not None else ""
            return self._base(url["base"]) + (f"/{self._identifier(url['last'])}" if url["last"] else "") + query
        if (search := _QUERY.fullmatch(text)) is not None:
            return search["mark"] + self._query(scope, days, search["query"])
        if (request := _SYSTEM_WIDE.fullmatch(text)) is not None and (request["what"] or not text.strip("/?")):
            found_query = request["query"]
            return None if not found_query else text[: request.start("query")] + self._query(scope, days, found_query)
        return self._identifiers.surrogate("", text)

    def _resource(self, scope: str, days: int | None, found: re.Match[str]) -> str | None:
        base, query, fragment = found["base"], found["query"], found["fragment"]
        if base and base != "/" and found["type"] in _DEFINITIONS:
            return None
        new = (self._base(base) + "/" if base and base != "/" else base or "") + found["type"]
        new += f"/{self._identifier(found['id'])}" if found["id"] else ""
        new += found["interaction"]
        new += f"?{self._query(scope, days, query)}" if query is not None else ""
        new += f"#{self._identifier(fragment)}" if fragment is not None else ""
        return new if new != found.string else None

    def _base(self, base: str) -> str:
        """A server's address, without the last slash: the same false one wherever it is named."""
        token = self._prf.digest("", "reference/base", base.rstrip("/").lower()).hex()[:12]
        return f"{base.partition('://')[0]}://{token}.example.org/fhir"

    def _identifier(self, text: str) -> str:
        return self._identifiers.surrogate("", text) or text

    def _query(self, scope: str, days: int | None, query: str) -> str:
        return "&".join(self._parameter(scope, days, *part.partition("=")) for part in query.split("&"))

    def _parameter(self, scope: str, days: int | None, name: str, equals: str, values: str) -> str:
        """One search parameter, its values separated by commas; a chained one (subject.family) by its last name, and
        one of another resource (_has:Observation:patient:code) as well."""
        last, is_text = _searched(name)
        if not values or (last in _HARMLESS and not is_text):
            return name + equals + values
        new = (self._value(scope, days, last, unquote(value)) for value in values.split(","))
        return name + equals + ",".join(quote(value, safe="/:|$") for value in new)

    def _value(self, scope: str, days: int | None, name: str, value: str) -> str:
        if name in _NAMES:
            return self._names.replace(scope, _NAMES[name], value, value)
        if days is None and name == "birthdate":
            return ""  # its year may tell an age above 89
        if (compared := _COMPARED_DATE.fullmatch(value)) is not None:
            shifted = year_of_fhir(compared["date"]) if days is None else shift_fhir(compared["date"], days)
            if shifted is not None:
                return compared["prefix"] + shifted
        system, bar, token = value.rpartition("|")
        if bar:
            is_ssn = _SSN_SYSTEM.fullmatch(system) is not None
            new = self._identifiers.social_security(token) if is_ssn else self._identifiers.surrogate("", token)
            return system + bar + (new or token)
        return self.rewrite(scope, days, value) or self._identifier(value)


def _searched(name: str) -> tuple[str, bool]:
    """What a search parameter is about (``family`` of ``subject:Patient.family:exact``), and whether its value may be
    any text."""
    *before, last = name.split(":")
    if before and "." not in last and before[0] != "_has":  # a modifier, or the type of a reference
        return before[-1].rpartition(".")[2], last in _AS_TEXT
    return last.rpartition(".")[2], False
