"""docs/surrogates.md shows what the engine does: its tables are made here, and may not differ from the page.

STREAMDEID_UPDATE_GOLDEN=1 writes them anew.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from handwritten import OID, er7, released, rows, value

from streamdeid.build import build_deidentifier, load_policy, parse_policy
from streamdeid.policy.parameters_elsewhere import INSTEAD

PAGE = Path(__file__).parents[1] / "docs" / "surrogates.md"
SECRET = b"the fixed secret of the page of surrogates"
MADE = "<!-- made by tests/test_surrogates_page.py: "
PID = (
    f"PID|1||40017765^^^MADEUP&{OID}&ISO^MR||Garcia^Maria^Quilla||19610214|F|||"
    "12 Nonesuch Lane^^Amherst^MA^01002^USA||(413) 555-0143^PRN^PH~^NET^Internet^mgarcia61@made.example"
)
SEGMENTS = (PID, "NK1|1|Garcia^Kunibert|SPO^Spouse", "PV1|1|I|||||1730000015^Feldscher^Ida^^^Dr.^MD")
FIELDS = {
    "family name": "PID-5.1",
    "given names": "PID-5.2",
    "birth date": "PID-7",
    "street": "PID-11.1",
    "town": "PID-11.3",
    "ZIP code": "PID-11.5",
    "telephone": "PID-13.1",
    "record number": "PID-3.1",
    "husband's family name": "NK1-2.1",
    "doctor": "PV1-7.2",
    "doctor's NPI": "PV1-7.1",
}
SENTENCES = (
    "GARCIA, MARIA Q. (DOB 02/14/1961) of Amherst, MA 01002 was seen.",
    "Mrs. Garcia's husband Kunibert wrote from mgarcia61@made.example today.",
    "Dr. Feldscher called M. Garcia at 413-555-0143 on March 4th, 2024.",
)
#: What is taken, and what it comes to.
TAKEN = {
    "genderAwareness: true": "what always holds",
    "geoConsistency: true": "what always holds",
    "consistentAcrossNameParts: true": "what always holds",
    "sameLengthFormattedEntities": "what always holds, of identifiers, telephone numbers and ZIP codes",
    "staticObfuscationPairs": "`pairs`",
    "region: eu, us": "`day_first` of `shift`",
    "ageRanges: [1, 4, 12]": "`ranges` of `generalise`, by the first ages of the groups",
}


def cell(text: str) -> str:
    return f"`{text}`"


def values() -> Iterator[str]:
    reports = (f"OBX|{n}|TX|18842-5^Report^LN||{row}||||||F" for n, row in enumerate(SENTENCES, 1))
    content = er7("ORU^R01", *SEGMENTS, "OBR|1|||18842-5^Report^LN", *reports)
    engine = build_deidentifier(load_policy().model_copy(update={"models": ()}), SECRET)
    clean = released(engine, content)
    yield "| what | true | false |\n|---|---|---|"
    for name, path in FIELDS.items():
        yield f"| {name} | {cell(value(content, path))} | {cell(value(clean, path))} |"
    for true, false in zip(SENTENCES, rows(clean), strict=True):
        yield f"| in a report | {cell(true)} | {cell(false)} |"


def parameters() -> Iterator[str]:
    yield "| parameter | here |\n|---|---|"
    for name, what in TAKEN.items():
        yield f"| `{name}` | {what} |"
    for name, what in INSTEAD.items():
        yield f"| `{name}`{' otherwise' if any(one.startswith(name) for one in TAKEN) else ''} | {what} |"


def test_the_tables_are_what_the_engine_does() -> None:
    text = PAGE.read_text(encoding="utf-8")
    made = text
    for name, table in (("values", values()), ("parameters", parameters())):
        pattern = re.compile(rf"({re.escape(MADE + name)} -->\n)(?:\n(?:\|[^\n]*\n)+)?")
        body = "\n".join(table)
        made = pattern.sub(lambda found, body=body: f"{found[1]}\n{body}\n", made)  # type: ignore[misc]
    if os.environ.get("STREAMDEID_UPDATE_GOLDEN") == "1":
        PAGE.write_text(made, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == made


def test_the_policy_on_the_page_is_valid() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    policy = parse_policy(example, "page.yaml")
    assert set(policy.lists) == {"NAME/FAMILY", "NAME/GIVEN", "LOCATION/CITY"}
    assert policy.own_lists
