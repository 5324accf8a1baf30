"""Reports in rows, repetitions and escape sequences: names are found across them, and nothing else is changed."""

import re

import pytest
from handwritten import MRN, PID, er7, oru, released, rows, value

from streamdeid.engine import Deidentifier


@pytest.fixture(scope="module")
def names(deidentifier: Deidentifier) -> tuple[str, str]:
    """The false family and given name."""
    clean = released(deidentifier, oru("Report."))
    return value(clean, "PID-5.1"), value(clean, "PID-5.2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Formatting (HL7 v2.8.2 2.7.6) is read as a line break or a blank, highlighting (2.7.2) as nothing.
        (r"Seen: Johanna\.br\Doemann today.", r"Seen: {given}\.br\{family} today."),
        (r"\.in+4\Johanna Doemann\.sp1\came.", r"\.in+4\{given} {family}\.sp1\came."),
        (r"\H\Doemann\N\ came.", r"\H\{family}\N\ came."),
        (r"Mrs. \H\Doe\N\mann came.", None),
        (r"Doemann\T\Sons is a shop; Mrs. Doemann came.", None),
        # Delimiters (2.7.1)
        (r"Doemann \T\ Johanna", r"{family} \T\ {given}"),
        (r"a \F\ b \S\ c \R\ d \E\ e \T\ Mrs. Doemann.", r"a \F\ b \S\ c \R\ d \E\ e \T\ Mrs. {family}."),
        (r"Doemann\S\Johanna\S\Quilla", None),
        # Hexadecimal data (2.7.4)
        (r"Mrs. \X446F656D616E6E\ came.", r"Mrs. {family} came."),
        (r"Mrs. Doe\X6D61\nn came.", r"Mrs. {family} came."),
        (r"\X20\Doemann\X0D0A\came", r"\X20\{family}\X0D0A\came"),
        # A local sequence (2.7.7) and what is none at all
        (r"\Zlocal\ Mrs. Doemann came.", r"\Zlocal\ Mrs. {family} came."),
        (r"C:\temp and Mrs. Doemann came.", r"C:\temp and Mrs. {family} came."),
        (r"\C2842\Mrs. Doemann came.", r"\C2842\Mrs. {family} came."),
    ],
)
def test_escape_sequences_around_and_inside_a_name(
    deidentifier: Deidentifier, names: tuple[str, str], text: str, expected: str | None
) -> None:
    family, given = names
    (clean,) = rows(released(deidentifier, oru(text)))
    plain = re.sub(r"\\[HN]\\|\\X([0-9A-F]+)\\", lambda found: bytes.fromhex(found[1] or "").decode(), clean)
    for name in ("Johanna", "Quilla", "Doemann"):
        assert not re.search(rf"\b{name}\b", plain)
    if expected is not None:
        assert clean == expected.replace("{family}", family).replace("{given}", given)


@pytest.mark.parametrize(
    "report",
    [
        ("Findings were told to", "Johanna Doemann by telephone."),
        ("Findings were told to Johanna", "Doemann by telephone."),
        ("Findings were told to", "Johanna", "Doemann", "by telephone."),
        ("Findings were told to Johanna  ", "  Doemann by telephone."),
    ],
)
@pytest.mark.parametrize("segment", ["OBX|{}|TX|1^R^L||{}||||||F", "OBX|{}|FT|1^R^L||{}||||||F", "NTE|{}||{}"])
def test_a_name_over_rows(
    deidentifier: Deidentifier, names: tuple[str, str], report: tuple[str, ...], segment: str
) -> None:
    content = er7("ORU^R01", PID, "OBR|1||F1", *(segment.format(n, row) for n, row in enumerate(report, 1)))
    field = "NTE-3" if segment.startswith("NTE") else "OBX-5"
    clean = [value(released(deidentifier, content), field, n) for n in range(1, len(report) + 1)]
    expected = [row.replace("Doemann", names[0]).replace("Johanna", names[1]) for row in report]
    assert " ".join(" ".join(clean).split()) == " ".join(" ".join(expected).split())


def test_a_name_over_repetitions(deidentifier: Deidentifier, names: tuple[str, str]) -> None:
    (clean,) = rows(released(deidentifier, oru("Findings were told to Johanna~Doemann by telephone.")))
    assert clean.count("~") == 1
    assert " ".join(clean.replace("~", " ").split()) == f"Findings were told to {names[1]} {names[0]} by telephone."


def test_empty_rows_stay(deidentifier: Deidentifier, names: tuple[str, str]) -> None:
    clean = rows(released(deidentifier, oru("REPORT", "", "Mrs. Doemann came.", "", "")))
    assert clean == ["REPORT", "", f"Mrs. {names[0]} came.", "", ""]


def test_rows_of_other_results_are_other_texts(deidentifier: Deidentifier, names: tuple[str, str]) -> None:
    content = er7(
        *("ORU^R01", PID, "OBR|1||F1"),
        *("OBX|1|TX|1^R^L||Told to Johanna||||||F", "OBX|2|NM|2^N^L||7||||||F", "OBX|3|TX|1^R^L||Doemann came.||||||F"),
    )
    assert rows(released(deidentifier, content)) == [f"Told to {names[1]}", "7", f"{names[0]} came."]


def test_what_replaces_a_name_is_escaped(deidentifier: Deidentifier) -> None:
    """The delimiters of this message are letters' neighbours in names and addresses: a blank, a comma, a period."""
    header = "MSH$,'\\.$LABSYS$MADEUP$GATEWAY$HUB$20240305091500$$ORU,R01$MSG1$T$2\\T\\5"
    lines = (
        header,
        f"PID$1$${MRN},,,MADEUP,MR$$Doemann,Johanna$$19610214$F$$$12 Nonesuch Lane,,Nowhereton,OH",
        "OBX$1$TX$1,R,L$$Mrs\\T\\ Doemann lives at 12 Nonesuch Lane\\S\\ Nowhereton\\T\\$$$$$$F",
    )
    clean = released(deidentifier, "".join(f"{line}\r" for line in lines).encode()).decode()
    _, pid, obx, _ = clean.split("\r")
    family = pid.split("$")[5].split(",")[0]
    street, _, city = pid.split("$")[11].split(",")[:3]
    assert obx.split("$")[5] == f"Mrs\\T\\ {family} lives at {street}\\S\\ {city}\\T\\"
    assert len(obx.split("$")) == 12


@pytest.mark.parametrize(
    "unchanged",
    [
        r"Line one\.br\\.br\Line three \T\ more \S\ \H\bold\N\ \E\.",
        r"\.sp+2\\.in-3\\.ti+1\Indented \.ce\ centred \.nf\ not filled \.fi\ filled \.sk4\ skipped",
        "5 < 7 > 3 # % @ ! {} [] () _ = + ; : , . ? / ' \" ` *",
        "Potassium 4.1 mmol/L, sodium 139 mmol/L; CRP < 5.",
    ],
)
def test_text_without_identifiers_stays_byte_for_byte(deidentifier: Deidentifier, unchanged: str) -> None:
    assert rows(released(deidentifier, oru(unchanged, unchanged))) == [unchanged, unchanged]
