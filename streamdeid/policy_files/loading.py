"""From the name of a policy, or a policy file, to the policy."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from streamdeid.errors import PolicyError
from streamdeid.policy.policy import Policy
from streamdeid.policy_files.including import Effective, read_policy
from streamdeid.policy_files.shipped import shipped_policies, shipped_text
from streamdeid.policy_files.wording import why_unread

DEFAULT_POLICY: Final = "expert_determination"


def load_policy(path_or_name: str | None = None) -> Policy:
    """A shipped policy by its name, or one from a YAML file; the default one for None.

    Raises:
        PolicyError: there is no such policy, or it is not valid; says where and what to do.
    """
    name = path_or_name or DEFAULT_POLICY
    return parse_policy(policy_text(name), name)


def policy_text(name: str) -> str:
    """The text of a shipped policy, or of a policy file.

    Raises:
        PolicyError: as `load_policy`, of a file that is not there or cannot be read.
    """
    if name in shipped_policies():
        return shipped_text(name)
    try:
        return Path(name).read_text(encoding="utf-8")
    except FileNotFoundError:
        shipped = ", ".join(shipped_policies())
        raise PolicyError(f"there is no policy file {name}, and the shipped policies are {shipped}") from None
    except (OSError, UnicodeDecodeError) as fault:
        raise PolicyError(f"the policy file {name} cannot be read: {why_unread(fault)}") from None


def parse_policy(text: str, name: str) -> Policy:
    """A policy from YAML text, with what it includes. `name` stands for it in error messages; included files are looked
    for beside it.

    Raises:
        PolicyError: not YAML, not a policy, or one with a model that cannot be used; one line per fault, each with its
            line in the file.
    """
    return valid_policy(read_policy(text, name))


def valid_policy(effective: Effective) -> Policy:
    """The policy that files, read with what they include, say.

    Raises:
        PolicyError: as `parse_policy`, but for YAML.
    """
    try:
        policy = Policy.model_validate(effective.content)
    except ValidationError:
        from streamdeid.policy_files.faults import faults, lines  # noqa: PLC0415 - most policies are valid

        raise PolicyError("\n".join(lines(effective, faults(effective.content)))) from None
    if policy.readers:
        _check_models(policy, effective)
    return policy


def _check_models(policy: Policy, effective: Effective) -> None:
    from streamdeid.policy_files.faults import lines  # noqa: PLC0415 - most policies name no model
    from streamdeid.policy_files.model_faults import model_faults  # noqa: PLC0415

    found = model_faults(policy)
    if found:
        raise PolicyError("\n".join(lines(effective, found)))
