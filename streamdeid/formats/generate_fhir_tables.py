"""Writes the element tables that `fhir_tables` reads, from the models of the fhir.resources package.

    python -m streamdeid.formats.generate_fhir_tables R4B          # rewrites fhir_r4b.json beside this file; STU3, R5
    python -m streamdeid.formats.generate_fhir_tables R4 MODELS    # from a folder of models, what R4B lacks

The models are read as source, never imported: their annotations say everything, and so models of any release of the
package will do. R4 is fhir.resources 6.1.0 (FHIR 4.0.1); its table holds only what R4B has dropped.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from streamdeid.formats.fhir_tables import PRIMITIVES, table_file

PACKAGES = {"R4B": "fhir.resources.R4B", "STU3": "fhir.resources.STU3", "R5": "fhir.resources"}
#: A release whose table only adds to that of another.
SUPPLEMENTS = {"R4": "R4B"}

_ABSTRACT = ("Element", "BackboneElement", "Resource", "DomainResource", "CanonicalResource", "MetadataResource")
_NO_TYPES = {"fhirabstractmodel", "fhirprimitiveextension", "fhirresourcemodel", "fhirtypes"}
_NO_TYPES |= {"base", "primitivetype", "integer64"}  # R5 has models of what all types are, and of one primitive
_PRIMITIVES = {name.lower(): name for name in PRIMITIVES} | {"bool": "boolean"}


class Type(TypedDict):
    """A type: the one that it inherits from, and its own elements."""

    base: str
    elements: dict[str, str]


class Table(TypedDict):
    """The FHIR version, the names of resources that may occur, and all types by name."""

    version: str
    resources: list[str]
    types: dict[str, Type]


@dataclass(slots=True)
class _Model:
    """A class of the models: a type of FHIR, or a backbone element of one."""

    base: str
    module: str
    # type, repeats, stem of choice, whether it must be there
    elements: dict[str, tuple[str, bool, str, bool]] = field(default_factory=dict)


def tables(folder: Path) -> Table:
    """The table of the models in `folder`. ``*`` marks a repeating element, ``!`` a mandatory one, ``|`` stands between
    the types of a choice."""
    models = {name: model for path in sorted(folder.glob("*.py")) for name, model in _models(path)}
    names = _type_names(models)
    types: dict[str, Type] = {
        names[name]: {"base": model.base, "elements": dict(sorted(_elements(model, names)))}
        for name, model in models.items()
        if name in names
    }
    bases = ("Resource", "DomainResource")
    resources = [name for name, model in models.items() if model.base in bases and name not in _ABSTRACT]
    return {
        "version": _fhir_version(folder),
        "resources": sorted(resources),
        "types": dict(sorted(types.items())),
    }


def supplement(table: Table, base: Table) -> Table:
    """What `table` has and `base` lacks. Where both have an element of one name, that of `base` stands."""
    types: dict[str, Type] = {}
    for name, definition in table["types"].items():
        had = base["types"][name]["elements"] if name in base["types"] else {}
        if lacking := _lacking(definition["elements"], had):
            types[name] = {"base": definition["base"], "elements": lacking}
    resources = [name for name in table["resources"] if name not in base["resources"]]
    return {"version": table["version"], "resources": resources, "types": types}


def _lacking(elements: dict[str, str], had: dict[str, str]) -> dict[str, str]:
    lacking = {}
    for name, types in elements.items():
        if name not in had:
            lacking[name] = types
        elif name.endswith("[x]") and (more := _types(types) - _types(had[name])):
            lacking[name] = "|".join(sorted(more))
    return lacking


def _types(choice: str) -> set[str]:
    return set(choice.rstrip("!").split("|"))


def written(table: Table) -> str:
    """The table as JSON, one type to a line."""
    types = table["types"].items()
    rows = ",\n".join(f"{json.dumps(name)}:{json.dumps(type_, separators=(',', ':'))}" for name, type_ in types)
    head = f'"version":{json.dumps(table["version"])},\n"resources":{json.dumps(table["resources"])}'
    return f'{{{head},\n"types":{{\n{rows}\n}}}}\n'


def _models(path: Path) -> Iterator[tuple[str, _Model]]:
    if path.stem in _NO_TYPES:
        return
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            model = _Model(ast.unparse(node.bases[0]).rpartition(".")[2] if node.bases else "", path.stem)
            for statement in node.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.value, ast.Call):
                    _add_element(model, ast.unparse(statement.annotation), statement.value)
            yield node.name, model


def _add_element(model: _Model, annotation: str, definition: ast.Call) -> None:
    keywords = {keyword.arg: keyword.value for keyword in definition.keywords}
    if "alias" not in keywords:
        return
    name = ast.literal_eval(keywords["alias"])
    if name.startswith("_"):  # the sibling of a primitive: implied by it
        return
    said = _said(keywords)
    type_name = re.findall(r"\bbool\b|(?<=fhirtypes\.)\w+", annotation)[0].removesuffix("Type")
    default = keywords.get("default", definition.args[0] if definition.args else None)
    is_mandatory = (isinstance(default, ast.Constant) and default.value is ...) or any(
        said.get(mark) for mark in ("element_required", "one_of_many_required")
    )
    model.elements[name] = (type_name, "List[" in annotation, said.get("one_of_many") or "", is_mandatory)


def _said(keywords: dict[str | None, ast.expr]) -> dict[str, Any]:
    """What a field says beside its type: in `json_schema_extra`, or as arguments of its own in older models."""
    if "json_schema_extra" in keywords:
        said: dict[str, Any] = ast.literal_eval(keywords["json_schema_extra"])
        return said
    marks = ("one_of_many", "element_required", "one_of_many_required")
    return {mark: ast.literal_eval(keywords[mark]) for mark in marks if mark in keywords}


def _type_names(models: dict[str, _Model]) -> dict[str, str]:
    """FHIR's own name for each model: that of the class; of a backbone element, its path (``Patient.contact``)."""
    names = {n: n for n, m in models.items() if n in _ABSTRACT or (n.lower() == m.module and m.base in models)}
    level = list(names)
    while level:
        inner = []
        for name in level:
            for element, (type_name, *_) in sorted(models[name].elements.items()):
                if type_name in models and type_name not in names:
                    names[type_name] = f"{names[name]}.{element}"
                    inner.append(type_name)
        level = inner
    return names


def _elements(model: _Model, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    choices: dict[str, list[str]] = {}
    mandatory: set[str] = set()
    for name, (type_name, repeats, stem, is_mandatory) in model.elements.items():
        known = names.get(type_name) or _PRIMITIVES[type_name.lower()]
        if not stem:
            yield name, known + "*" * repeats + "!" * is_mandatory
        elif name != stem + known[0].upper() + known[1:]:
            raise ValueError(f"{name} is no choice of {stem}[x]")
        else:
            choices.setdefault(stem, []).append(known)
            mandatory |= {stem} if is_mandatory else set()
    for stem, known_types in choices.items():
        yield f"{stem}[x]", "|".join(sorted(known_types)) + "!" * (stem in mandatory)


def _fhir_version(folder: Path) -> str:
    found = re.search(r"Version: (\S+)", (folder / "element.py").read_text(encoding="utf-8"))
    return found.group(1) if found else ""


def models_folder(release: str) -> Path:
    """Where the installed fhir.resources package keeps the models of a release."""
    spec = importlib.util.find_spec(PACKAGES[release])
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(PACKAGES[release])
    return Path(spec.origin).parent


def main(arguments: list[str]) -> None:
    """Writes the table of the release `arguments` names, from the folder that may follow it."""
    known = {1: PACKAGES, 2: PACKAGES | SUPPLEMENTS}.get(len(arguments), {})
    if not arguments or arguments[0] not in known:
        raise SystemExit(__doc__)
    release = arguments[0]
    table = tables(Path(arguments[1]) if len(arguments) > 1 else models_folder(release))
    if release in SUPPLEMENTS:
        table = supplement(table, tables(models_folder(SUPPLEMENTS[release])))
    table_file(release).write_text(written(table), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
