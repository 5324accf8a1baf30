"""What a policy file and the files that it includes say together.

Files are laid over one another, each on what came before it: the included ones in the order in which they are listed,
each with what it includes itself, and at last the file's own entries. Mappings are joined key by key; a rule, a list
and a single value are replaced whole. A rule that is null is taken away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from streamdeid.errors import PolicyError
from streamdeid.likeness import suggestion
from streamdeid.policy_files import located
from streamdeid.policy_files.located import Source, read_yaml
from streamdeid.policy_files.model_paths import models_beside
from streamdeid.policy_files.shipped import shipped_policies, shipped_text
from streamdeid.policy_files.word_files import beside
from streamdeid.policy_files.wording import why_unread

INCLUDE: Final = "include"
_DEEPEST: Final = 6
_MOST_FILES: Final = 100


@dataclass(frozen=True, slots=True)
class Effective:
    """The content of a policy, and the files that it is from, each laid over those before it."""

    content: Any
    sources: tuple[Source, ...]

    def place(self, path: located.Path) -> str:
        """``FILE, line N`` for the entry of the content that `path` leads to, or for the nearest one around it."""
        entry = path[: entry_depth(path)]
        steps, source = max(((one.line(entry)[0], n) for n, one in enumerate(self.sources)), default=(0, 0))
        chosen = self.sources[source if steps else -1]
        return f"{chosen.name}, line {chosen.line(path)[1]}"


def are_rules(path: Sequence[str | int]) -> bool:
    """Whether at `path` of a policy stands a mapping of names to rules."""
    if tuple(path) in (("labels",), ("hl7v2", "rules"), ("fhir", "rules"), ("documents", "rules")):
        return True
    return len(path) == 3 and tuple(path[:2]) == ("fhir", "methods")


def entry_depth(path: Sequence[str | int]) -> int:
    """How many steps of `path` lead to what is replaced whole: a rule, or what stands in a list."""
    for depth in range(len(path)):
        if are_rules(path[:depth]):
            return depth + 1
        if isinstance(path[depth], int) and path[:2] != ("hl7v2", "segments"):
            return depth
    return len(path)


def read_policy(text: str, name: str) -> Effective:
    """A policy file's text together with what it includes, relative to where `name` lies.

    Raises:
        PolicyError: not YAML, a file that is not there, or files that include one another; says where.
    """
    return _Reading().read(text, name, Path(name).parent, ())


@dataclass(slots=True)
class _Reading:
    done: dict[str, Effective] = field(default_factory=dict)

    def read(self, text: str, name: str, folder: Path, around: tuple[str, ...]) -> Effective:
        own = read_yaml(text, name)
        beside(own.content, folder)
        models_beside(own.content, folder)
        if not isinstance(own.content, dict) or INCLUDE not in own.content:
            return Effective(own.content, (own,))
        wanted = _wanted(own)
        layers = [self._included(one, own, n, folder, around) for n, one in enumerate(wanted)]
        content: Any = {}
        for layer in layers:
            content = _over(content, layer.content, Effective(content, layer.sources)) if content else layer.content
        rest = {key: value for key, value in own.content.items() if key != INCLUDE}
        sources = (*(source for layer in layers for source in layer.sources), own)
        return Effective(_over(content, rest, Effective(content, (own,))), sources)

    def _included(self, name: str, own: Source, number: int, folder: Path, around: tuple[str, ...]) -> Effective:
        where = f"{own.name}, line {own.line((INCLUDE, number))[1]}"
        if name in shipped_policies():
            key, file = f"shipped:{name}", None
        else:
            file = folder / name
            key = str(file.resolve())
        chain = around or (str(Path(own.name).resolve()),)
        if key in chain:
            names = " includes ".join(Path(one).name for one in (*chain[chain.index(key) :], key))
            raise PolicyError(f"{where}: files include one another: {names}")
        if key not in self.done:
            if len(self.done) >= _MOST_FILES:
                raise PolicyError(f"{where}: more than {_MOST_FILES} files are included")
            text = shipped_text(name) if file is None else _text(file, name, where)
            read = self.read(text, name if file is None else str(file), (file or Path()).parent, (*chain, key))
            if not isinstance(read.content, dict):
                raise PolicyError(f"{where}: {name} is no mapping, so there is nothing to include")
            self.done[key] = read
        return self.done[key]


def _wanted(own: Source) -> list[str]:
    given = own.content[INCLUDE]
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        line = own.line((INCLUDE,))[1]
        raise PolicyError(f"{own.name}, line {line}: include: give a file, a shipped policy, or a list of them")
    return names


def _text(file: Path, name: str, where: str) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        shipped = shipped_policies()
        hint = suggestion(name.removesuffix(".yaml"), shipped) or f"; shipped policies are {', '.join(shipped)}"
        raise PolicyError(f"{where}: include: there is no file {file}{hint}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyError(f"{where}: include: {file} cannot be read: {why_unread(fault)}") from None


def _over(base: Any, top: Any, at: Effective, path: located.Path = ()) -> Any:
    """`top` laid over `base`; neither is changed."""
    is_joined = isinstance(base, Mapping) and isinstance(top, Mapping) and len(path) < _DEEPEST
    if not is_joined or are_rules(path[:-1]):
        return top
    joined = dict(base)
    for key, value in top.items():
        here = (*path, key)
        if value is None and are_rules(path):
            if key not in joined:
                name = ".".join(map(str, here))
                hint = suggestion(str(key), [str(known) for known in joined])
                raise PolicyError(f"{at.place(here)}: {name}: no included file has this rule to take away{hint}")
            del joined[key]
        else:
            joined[key] = _over(joined[key], value, at, here) if key in joined else value
    return joined
