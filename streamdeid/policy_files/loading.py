"""From the name of a policy, or a policy file, to the policy."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from streamdeid.errors import PolicyError
from streamdeid.policy.policy import Policy
from streamdeid.policy_files.including import read_policy
from streamdeid.policy_files.shipped import shipped_policies, shipped_text

DEFAULT_POLICY: Final = "expert_determination"


def load_policy(path_or_name: str | None = None) -> Policy:
    """A shipped policy by its name, or one from a YAML file; the default one for None.

    Raises:
        PolicyError: there is no such policy, or it is not valid; says where and what to do.
    """
    name = path_or_name or DEFAULT_POLICY
    if name in shipped_policies():
        return parse_policy(shipped_text(name), name)
    file = Path(name)
    try:
        return parse_policy(file.read_text(encoding="utf-8"), name)
    except FileNotFoundError:
        shipped = ", ".join(shipped_policies())
        raise PolicyError(f"there is no policy file {name}, and the shipped policies are {shipped}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyError(f"the policy file {name} cannot be read: {type(fault).__name__}") from None


def parse_policy(text: str, name: str) -> Policy:
    """A policy from YAML text, with what it includes. `name` stands for it in error messages; included files are looked
    for beside it.

    Raises:
        PolicyError: not YAML, or not a policy; one line per fault, each with its line in the file.
    """
    effective = read_policy(text, name)
    try:
        return Policy.model_validate(effective.content)
    except ValidationError:
        from streamdeid.policy_files.faults import faults, lines  # noqa: PLC0415 - most policies are valid

        raise PolicyError("\n".join(lines(effective, faults(effective.content)))) from None
