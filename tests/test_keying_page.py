"""docs/keying.md shows what the engine does: its table is made here, and may not differ from the page.

STREAMDEID_UPDATE_GOLDEN=1 writes it anew.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import yaml
from handwritten import OID, er7, process, rows

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.types import Format, Released

PAGE = Path(__file__).parents[1] / "docs" / "keying.md"
SECRET = b"the fixed secret of the page of keys"
KEYED_ON = [
    "[patient, self]",
    "patient",
    "self",
    "{field: PID-3.1}",
    "[{field: PID-3.1}, self]",
    "[self, {field: PID-3.1}]",
    "{field: PV1-19}",
    "{label: NAME/DOCTOR}",
    "{label: NAME/DOCTOR, match: -1}",
    "{label: NAME/DOCTOR, match_until: -1}",
    "[{field: PID-3.1}, {field: PV1-19}, {label: NAME/DOCTOR}, self]",
]
#: Patient number, visit, and who has seen them.
MESSAGES = [("001", "V1", ("Nemoson",)), ("002", "V2", ("Nullberg",)), ("002", "V1", ("Nullberg", "Nemoson"))]


def message(number: str, visit: str, doctors: tuple[str, ...]) -> bytes:
    seen_by = " and ".join(f"Dr. {name}" for name in doctors)
    return er7(
        "ORU^R01",
        f"PID|1||{number}^^^MADEUP&{OID}&ISO^MR||Madeup^John",
        "NK1|1|Madeup^Jane",
        f"PV1|1|I|||||||||||||||||{visit}",
        "OBR|1||F555^LABSYS|18842-5^Report^LN",
        f"OBX|1|TX|18842-5^Report^LN||John Madeup and Jane Madeup were seen by {seen_by}.",
    )


def told(keyed_on: str) -> Iterator[str]:
    """What became of John and Jane in each message."""
    content = load_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    policy = parse_policy(yaml.safe_dump({**content, "keyed_on": yaml.safe_load(keyed_on)}), "page")
    engine = build_deidentifier(policy, SECRET)
    for one in MESSAGES:
        outcome = process(engine, message(*one), Format.HL7V2)
        assert isinstance(outcome, Released), outcome
        (row,) = rows(outcome.content)
        found = re.fullmatch(r"(\w+) \w+ and (\w+) \w+ were seen by .*", row)
        assert found, row
        yield f"{found[1]}, {found[2]}"


def table() -> str:
    heads = [f"{number}, visit {visit}, {' and '.join(doctors)}" for number, visit, doctors in MESSAGES]
    lines = [f"| `keyed_on` | {' | '.join(heads)} |", f"|{'---|' * (len(heads) + 1)}"]
    lines += [f"| `{keyed_on}` | {' | '.join(told(keyed_on))} |" for keyed_on in KEYED_ON]
    return "\n".join(lines)


def test_the_page_says_what_the_engine_does() -> None:
    page = PAGE.read_text(encoding="utf-8")
    start, end = "<!-- table: names -->\n", "<!-- end of table -->"
    before, _, rest = page.partition(start)
    made = f"{before}{start}\n{table()}\n\n{end}{rest.partition(end)[2]}"
    if os.environ.get("STREAMDEID_UPDATE_GOLDEN") == "1":
        PAGE.write_text(made, encoding="utf-8")
        return
    assert page == made


def test_the_relations_are_those_that_the_page_tells_of() -> None:
    cells = {keyed_on: [cell.split(", ") for cell in told(keyed_on)] for keyed_on in KEYED_ON}

    def are_one(keyed_on: str) -> bool:
        return all(john == jane for john, jane in cells[keyed_on])

    def same(keyed_on: str, one: int, other: int) -> bool:
        return cells[keyed_on][one] == cells[keyed_on][other]

    for keyed_on in KEYED_ON:
        assert are_one(keyed_on) == ("self" not in keyed_on)
    assert same("self", 0, 1)
    assert same("self", 0, 2)
    for keyed_on in ("[patient, self]", "patient", "{field: PID-3.1}", "[{field: PID-3.1}, self]"):
        assert same(keyed_on, 1, 2)
        assert not same(keyed_on, 0, 1)
    assert same("{field: PV1-19}", 0, 2)
    assert same("{label: NAME/DOCTOR}", 1, 2)
    assert same("{label: NAME/DOCTOR, match: -1}", 0, 2)
    assert len({str(cell) for cell in cells["{label: NAME/DOCTOR, match_until: -1}"]}) == 3
    assert len({str(cell) for cell in cells[KEYED_ON[-1]]}) == 3
    assert cells["[{field: PID-3.1}, self]"] != cells["[self, {field: PID-3.1}]"]


def test_the_examples_on_the_page_hold() -> None:
    page = PAGE.read_text(encoding="utf-8")
    examples = dict(re.findall(r"```(yaml|python)\n(.*?)```", page, re.S))
    policy = parse_policy(examples["yaml"], "page")
    assert policy.labels["NAME/DOCTOR"].keyed_on
    made: dict[str, object] = {}
    exec(examples["python"], made)
    assert isinstance(made["outcome"], Released)
    assert b"Nemoson" not in made["outcome"].content
    assert made["carried"]
