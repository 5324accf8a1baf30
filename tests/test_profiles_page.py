"""docs/profiles.md says what the shipped policies do: its tables are made here, and may not differ from the page.

STREAMDEID_UPDATE_GOLDEN=1 writes them anew.
"""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from streamdeid.build import load_policy, parse_policy
from streamdeid.errors import PolicyError
from streamdeid.policy.policy import Policy, Profile, Rule
from streamdeid.policy.profiles.law import DOCUMENT, NOBODY, OTHER, TEXT, item
from streamdeid.policy.profiles.meanings import meanings
from streamdeid.policy.rule_forms import shown
from streamdeid.policy_files.known_names import LABELS
from streamdeid.types import Format

PAGE = Path(__file__).parents[1] / "docs" / "profiles.md"
PROFILES = (Profile.SAFE_HARBOR, Profile.LIMITED_DATA_SET)
ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi")
#: The items of the two lists, as the law has them.
ITEMS = {
    Profile.SAFE_HARBOR: {f"({letter})" for letter in "ABCDEFGHIJKLMNOPQR"},
    Profile.LIMITED_DATA_SET: {f"({number})" for number in ROMANS},
}


def words(rule: Rule) -> str:
    return f"`{shown(rule.operator, None, rule.strategy)}`"


def sections(policy: Policy) -> Iterator[tuple[Format, Mapping[str, Rule]]]:
    yield Format.HL7V2, policy.hl7v2.rules
    yield Format.FHIR, policy.fhir.rules
    yield Format.TEXT, policy.documents.rules


def in_fields(policy: Policy, kinds: set[str]) -> str:
    found = {
        words(rules[name])
        for format, rules in sections(policy)
        for name, meaning in meanings(format).items()
        if meaning in kinds and name in rules
    }
    return ", ".join(sorted(found - {"`quarantine`", "`check_digit`"}))


def in_text(policy: Policy, kinds: set[str]) -> str:
    labels = policy.labels
    return ", ".join(
        sorted({words(labels.get(kind) or labels[kind.partition("/")[0]]) for kind in kinds if kind in LABELS})
    )


def rows(profile: Profile) -> Iterator[tuple[str, ...]]:
    policy = load_policy(profile.value)
    found: dict[str, tuple[str, set[str]]] = {}
    for kind in (*LABELS, "ID/BIOMETRIC", DOCUMENT, OTHER, TEXT):
        listed = item(profile, kind)
        if listed is not None:
            what, kinds = found.setdefault(listed.sign, (listed.what, set()))
            kinds.add(kind)
    for sign in sorted(found, key=lambda sign: order(profile, sign)):
        what, kinds = found[sign]
        yield sign or "all", what, in_fields(policy, kinds) or like(profile, kinds), in_text(policy, kinds) or "—"


def like(profile: Profile, kinds: set[str]) -> str:
    """What has no fields of its own stands in those for its family, or in documents."""
    (kind,) = kinds
    family = item(profile, DOCUMENT if kind == "ID/BIOMETRIC" else kind.partition("/")[0])
    assert family is not None
    return f"as {family.sign}"


def order(profile: Profile, sign: str) -> tuple[int, str]:
    plain = sign.strip("()")
    if profile is Profile.LIMITED_DATA_SET and plain:
        return ROMANS.index(plain), ""
    return (99 if not plain else 0), plain


def table(profile: Profile) -> str:
    head = "| item | what it lists | in fields | in text |\n|---|---|---|---|\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows(profile))


def made() -> str:
    page = PAGE.read_text(encoding="utf-8")
    for profile in PROFILES:
        start, end = f"<!-- table: {profile} -->\n", "<!-- end of table -->"
        before, _, after = page.partition(start)
        page = f"{before}{start}\n{table(profile)}\n{end}{after.partition(end)[2]}"
    return page


def test_the_tables_are_what_the_policies_do() -> None:
    if os.environ.get("STREAMDEID_UPDATE_GOLDEN"):
        PAGE.write_text(made(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made()


@pytest.mark.parametrize("profile", PROFILES)
def test_every_item_of_the_law_has_its_row(profile: Profile) -> None:
    assert {row[0] for row in rows(profile)} == ITEMS[profile] | {"all"}


def test_nothing_that_identifies_is_kept() -> None:
    for profile in PROFILES:
        for row in rows(profile):
            assert "`keep`" not in "".join(row[2:]), row


def test_the_refusal_is_what_loading_says() -> None:
    page: Any = PAGE.read_text(encoding="utf-8")
    refused = re.search(r"<!-- refused -->\s*```yaml\n(.*?)```", page, re.S)
    refusal = re.search(r"<!-- refusal -->\s*```text\n(.*?)\n```", page, re.S)
    assert refused is not None and refusal is not None  # noqa: PT018 - for the types
    with pytest.raises(PolicyError) as fault:
        parse_policy(refused[1], "mine.yaml")
    assert str(fault.value) == refusal[1]


def test_kinds_without_an_item_are_those_that_the_page_names() -> None:
    free = {kind for kind in (*LABELS, NOBODY) if item(Profile.SAFE_HARBOR, kind) is None}
    assert free == {"LOCATION/STATE", "LOCATION/COUNTRY", "NAME/PREFIX", "NAME/DEGREE", "PROFESSION", NOBODY}
