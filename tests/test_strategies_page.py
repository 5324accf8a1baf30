"""docs/strategies.md shows what the engine does: its tables are made here, and may not differ from the page.

STREAMDEID_UPDATE_GOLDEN=1 writes them anew.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml
from handwritten import OID, er7, observation, process, rows, value

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.policy.policy import Operator, Rule
from streamdeid.types import Format, Released

PAGE = Path(__file__).parents[1] / "docs" / "strategies.md"
SECRET = b"the fixed secret of the page of strategies"
BASE: dict[str, Any] = load_policy().model_dump(mode="json", by_alias=True, exclude_defaults=True)
SENTENCE = "John Smith is a 63 y.o."
AGED = "A 63 y.o. man, his mother 93 years old, his son three years old."
NUMBERED = "MRN 40017765, a 63 y.o. from Nowhereton, OH 43999."
VISIT = "Seen on March 5, 2024, for the first time since 12/20/2021."
NAMES = {"XPN.1": "NAME/FAMILY", "FN": "NAME/FAMILY", "XPN.2": "NAME/GIVEN"}
#: What is done, and the lines under `labels`.
IN_TEXT = [
    ("label", "NAME: mask", "AGE: mask"),
    ("label with the finer type", "NAME: mask fine=true", "AGE: mask"),
    ("label with a number for each entity", "NAME: mask numbered=true", "AGE: mask"),
    ("characters, same length", "NAME: mask characters", "AGE: mask characters"),
    ("so many characters, from the end", "NAME: mask character=# count=3 from_end=true", "AGE: keep"),
    ("fixed length for each word", "NAME: mask fixed", "AGE: mask fixed length=2"),
    ("surrogate; ages with noise", "NAME: surrogate", "AGE: perturb 20"),
    ("bands of ages, 90+", "NAME: surrogate", "AGE: generalise age step=10"),
    ("keyed hash", "NAME: hash length=16", "AGE: age"),
    ("keyed hash, in another encoding", "NAME: hash base64", "AGE: age"),
    ("encrypted, the same in, the same out", "NAME: encrypt", "AGE: age"),
    ("a fixed text", "NAME: substitute someone", "AGE: substitute --"),
    ("gone", "NAME: remove", "AGE: remove"),
    ("kept", "NAME: keep", "AGE: keep"),
]
AGES = [
    ("as they are, 90+", "AGE: age"),
    ("bands of equal width, 90+", "AGE: generalise age step=10"),
    ("groups by their first ages, 90+", "AGE: generalise age ranges=[1, 4, 12, 20, 40, 60, 80]"),
    ("label", "AGE: mask"),
]
NUMBERS = [
    ("three digits of a ZIP code", "LOCATION/ZIP: generalise zip3"),
    ("range of numbers", "AGE: generalise range step=5"),
    ("noise of a share of the number", "AGE: perturb 20%"),
    ("encrypted in its own format", "ID: format_preserving"),
]
DATES = [
    ("moved by the patient's days", "DATE: shift"),
    ("month", "DATE: generalise month"),
    ("ISO week", "DATE: generalise week"),
    ("year", "DATE: generalise year"),
    ("decade", "DATE: generalise decade"),
    ("label", "DATE: mask"),
]
#: What is done, the line under `hl7v2.rules` or `fhir.rules`, and the value before.
FIELDS = [
    ("month", "PID-7: generalise DATE/BIRTH month", "19610214"),
    ("ISO week: its Monday", "PID-7: generalise DATE/BIRTH week", "19610214"),
    ("decade: its first year", "PID-7: generalise DATE/BIRTH decade", "19610214"),
    ("year, the first that is told 1937", "PID-7: year DATE/BIRTH 1937", "19210214"),
    ("moved by the patient's days", "PID-7: shift DATE/BIRTH", "19610214"),
    ("three digits of a ZIP code", "PID-11.5: generalise LOCATION/ZIP zip3", "43999-1234"),
    ("the same, where few people live (census of 2020)", "PID-11.5: generalise LOCATION/ZIP zip3", "03601"),
    ("the same, as long as before", "PID-11.5: zip3 LOCATION/ZIP 036,059", "43999-1234"),
    ("keyed hash, everybody's equal values alike", "CX(MR).1: hash ID/MRN base32 length=12 scope=entity", "40017765"),
    ("encrypted, everybody's equal values alike", "CX(MR).1: encrypt ID/MRN scope=entity", "40017765"),
    ("encrypted in its own format", "CX(MR).1: format_preserving ID/MRN", "MR-40017765-b"),
    ("the last four characters", "PID-13.1: mask CONTACT/PHONE character=# count=4 from_end=true", "(614) 555-0143"),
    ("surrogate", "PID-13.1: surrogate CONTACT/PHONE", "(614) 555-0143"),
    ("noise of 20 % in all, one decimal", "Quantity.value: perturb 20% round_to=1", "37.5"),
    ("noise of a fixed span", "Quantity.value: perturb 10 round_to=0", "120"),
    ("range: its first number", "Quantity.value: generalise range step=10", "127"),
    ("a number, unless it reads as a date", "Quantity.value: undate", "20240305"),
    ("left out", "Quantity.value: omit", "127"),
    ("cases", "Quantity.value: {operator: recode, cases: {$this < 100: '50'}, otherwise: omit}", "62"),
]


def engine_of(**sections: dict[str, Any]) -> Callable[[bytes, Format], bytes]:
    """An engine of the default policy with other rules under some names."""
    content = json.loads(json.dumps(BASE))
    for section, changed in sections.items():
        of = content[section] if section == "labels" else content[section]["rules"]
        for name in [name for name in of if section == "labels" and name.partition("/")[0] in changed]:
            del of[name]
        of.update(changed)
    engine = build_deidentifier(parse_policy(yaml.safe_dump(content), "page"), SECRET)

    def run(raw: bytes, format: Format) -> bytes:
        outcome = process(engine, raw, format)
        assert isinstance(outcome, Released), outcome
        return outcome.content

    return run


def message(text: str, **fields: str) -> bytes:
    born, code = fields.get("PID-7", "19610214"), fields.get("PID-11.5", "43999")
    number, phone = fields.get("PID-3.1", "40017765"), fields.get("PID-13.1", "(614) 555-0143")
    pid = (
        f"PID|1||{number}^^^MADEUP&{OID}&ISO^MR||Smith^John||{born}|M|||12 Nonesuch Lane^^Nowhereton^OH^{code}||{phone}"
    )
    return er7("ORU^R01", pid, "OBR|1||F555^LABSYS|18842-5^Report^LN", f"OBX|1|TX|18842-5^Report^LN||{text}||||||F")


def with_label(line: str, label: str) -> Any:
    """A label's rule for a field: with the label."""
    rule = Rule.model_validate(line)
    content = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return content | ({"label": label} if rule.strategy.takes_label else {})


def in_text(lines: tuple[str, ...], sentence: str) -> str:
    labels = dict(line.split(": ", 1) for line in lines)
    names = {name: with_label(labels["NAME"], label) for name, label in NAMES.items()} if "NAME" in labels else {}
    clean = engine_of(labels=labels, hl7v2=names)(message(sentence), Format.HL7V2)
    return rows(clean)[0]


def in_field(line: str, before: str) -> str:
    name, given = line.split(": ", 1)
    rule = yaml.safe_load(given) if given.startswith("{") else given
    if name.startswith(("PID", "CX")):
        path = "PID-3.1" if name.startswith("CX") else name
        clean = engine_of(hl7v2={name: rule})(message("nothing", **{path: before}), Format.HL7V2)
        return value(clean, path)
    clean = engine_of(fhir={name: rule})(
        json.dumps(observation(valueQuantity={"value": 0})).replace(": 0}", f": {before}}}").encode(), Format.FHIR
    )
    found = re.search(r'"value": ([^}]+)', clean.decode())
    return found[1] if found else ""


def cell(text: str) -> str:
    return f"`{text}`" if text.strip() else "(nothing)"


def tables() -> Iterator[tuple[str, list[str]]]:
    head = ["| what | under `labels` | result |", "|---|---|---|"]
    in_sentences = (
        ("text", IN_TEXT, SENTENCE),
        ("ages", AGES, AGED),
        ("numbers", NUMBERS, NUMBERED),
        ("dates", DATES, VISIT),
    )
    for name, entries, sentence in in_sentences:
        made = [(what, "<br>".join(map(cell, lines)), cell(in_text(lines, sentence))) for what, *lines in entries]
        yield name, [*head, *(f"| {' | '.join(row)} |" for row in made)]
    head = ["| what | under `hl7v2.rules` or `fhir.rules` | before | after |", "|---|---|---|---|"]
    made = [(what, cell(line), cell(before), cell(in_field(line, before))) for what, line, before in FIELDS]
    yield "fields", [*head, *(f"| {' | '.join(row)} |" for row in made)]
    head = ["| operator | parameters | what it does |", "|---|---|---|"]
    yield "operators", [*head, *map(operator_row, Operator)]


def operator_row(operator: Operator) -> str:
    parameters = [field.alias or name for name, field in operator.strategy.model_fields.items()]
    lead = operator.strategy.lead
    shown = ", ".join(f"**`{name}`**" if name == lead else f"`{name}`" for name in parameters)
    says = " ".join((operator.strategy.__doc__ or "").split()).replace("``", "`").replace("|", "\\|")
    return f"| `{operator.value}` | {shown} | {says} |"


def with_tables(page: str) -> str:
    for name, lines in tables():
        table = "\n".join(lines)
        start, end = f"<!-- table: {name} -->\n", "\n<!-- end of table -->"
        assert start in page, name
        before, _, rest = page.partition(start)
        page = f"{before}{start}\n{table}\n{end}{rest.partition(end)[2]}"
    return page


def test_the_page_says_what_the_engine_does() -> None:
    page = PAGE.read_text(encoding="utf-8")
    made = with_tables(page)
    if os.environ.get("STREAMDEID_UPDATE_GOLDEN") == "1":
        PAGE.write_text(made, encoding="utf-8")
        return
    assert page == made


def test_the_examples_on_the_page_hold() -> None:
    page = PAGE.read_text(encoding="utf-8")
    examples = dict(re.findall(r"```(yaml|python)\n(.*?)```", page, re.S))
    exec(examples["python"], {})
    changed = yaml.safe_load(examples["yaml"])
    run = engine_of(labels=changed["labels"], hl7v2=changed["hl7v2"]["rules"])
    clean = run(message("John Smith called from (614) 555-0143 on March 5, 2024."), Format.HL7V2)
    assert rows(clean) == ["<NAME> called from (614) 555-#### on 2024-03."]


def test_every_operator_that_can_stand_in_a_row_does() -> None:
    lines = [line for _, *lines in (*IN_TEXT, *AGES, *NUMBERS, *DATES) for line in lines] + [
        line for _, line, _ in FIELDS
    ]
    shown = {Rule.model_validate(yaml.safe_load(line.split(": ", 1)[1])).operator for line in lines}
    about_structure = {"code", "media_type", "reference", "check_digit", "document", "detect", "quarantine"}
    assert {operator.value for operator in Operator} - about_structure == {operator.value for operator in shown}
