"""Resources made from the element tables: every element of every type is there, filled with made-up values."""

import base64
from collections.abc import Callable
from typing import Any

from streamdeid.formats.fhir_tables import ANY_RESOURCE, PRIMITIVES, ElementDefinition, Tables, load

#: Elements of all types that tests plant on their own: extensions everywhere would make resources endless.
LEFT_OUT = frozenset({"extension", "modifierExtension", "contained"})
_XHTML = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


def values(word: str) -> dict[str, Any]:
    """A value for every primitive type, with `word` in those that can hold it."""
    return {
        "string": word,
        "markdown": f"Reported: {word} was seen.",
        "xhtml": _XHTML.format(word),
        "id": word,
        "code": "code",
        "uri": f"http://{word}.example/thing",
        "url": f"http://{word}.example/place",
        "canonical": f"http://{word}.example/definition",
        "base64Binary": base64.b64encode(word.encode()).decode(),
        "oid": "urn:oid:2.999.4.5",
        "uuid": "urn:uuid:00000000-0000-4000-8000-0000000000aa",
        "boolean": True,
        "decimal": 1.5,
        "integer": 2,
        "integer64": "3",
        "positiveInt": 4,
        "unsignedInt": 5,
        "date": "2001-02-03",
        "dateTime": "2001-02-03T04:05:06Z",
        "instant": "2001-02-03T04:05:06Z",
        "time": "07:08:09",
    }


def resource(release: str, name: str, word: str, *, choices: bool = True, depth: int = 4) -> dict[str, Any]:
    """A resource with all its elements down to `depth`; of a choice with all members, or the first alone."""
    maker = _Maker(load(release), values(word), choices)
    return {"resourceType": name, **maker.members(name, depth, (name,))}


class _Maker:
    def __init__(self, tables: Tables, primitives: dict[str, Any], choices: bool) -> None:
        self._types = tables.types
        self._primitives = primitives
        self._choices = choices

    def members(self, type_name: str, depth: int, around: tuple[str, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        chosen: set[str] = set()
        for element in self._types[type_name].elements.values():
            if element.name in LEFT_OUT or element.type == ANY_RESOURCE or (element.choice in chosen):
                continue
            value = self._value(element, depth, around)
            if value is not None:
                found[element.name] = [value] if element.repeats else value
                if element.choice and not self._choices:
                    chosen.add(element.choice)
        if type_name == "Reference":
            found["reference"] = f"Patient/{self._primitives['id']}"
            found.pop("type", None)
        return found

    def _value(self, element: ElementDefinition, depth: int, around: tuple[str, ...]) -> Any:
        if element.type in PRIMITIVES:
            return self._primitives[element.type]
        if depth == 0 or element.type in around:
            return None
        return self.members(element.type, depth - 1, (*around, element.type)) or None


def visit(value: Any, see: Callable[[str, Any], None], path: str = "") -> None:
    """Calls `see` with the path and value of every scalar."""
    if isinstance(value, dict):
        for name, inner in value.items():
            visit(inner, see, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            visit(inner, see, path)
    else:
        see(path, value)
