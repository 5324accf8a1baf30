"""Faults that other systems of this kind have had, each by its name."""

import re

import pytest
from handwritten import PID, adt, day, er7, oru, released, rows, value

from streamdeid.engine import Deidentifier


@pytest.fixture(scope="module")
def admission(deidentifier: Deidentifier) -> bytes:
    return released(deidentifier, adt())


def test_adjacent_entities_of_one_type_are_not_merged_with_one_kept(deidentifier: Deidentifier) -> None:
    content = er7(
        "ORU^R01", PID, "NK1|1|Anverwandt^Kunigunde", "OBR|1", "OBX|1|TX|1||Doemann Anverwandt Johanna Kunigunde"
    )
    clean = released(deidentifier, content)
    family, given = value(clean, "PID-5.1"), value(clean, "PID-5.2")
    assert rows(clean) == [f"{family} {value(clean, 'NK1-2.1')} {given} {value(clean, 'NK1-2.2')}"]


def test_colliding_replacements_are_not_null_and_two_e_mails_not_the_same_false_one(deidentifier: Deidentifier) -> None:
    mails = [f"made.up{number}@example.org" for number in range(40)]
    numbers = [f"5000{number:04}" for number in range(40)]
    segments = [
        *(f"OBX|{n}|TX|m{n}||Write to {mail}" for n, mail in enumerate(mails)),
        *(f"OBX|{n}|CX|n{n}||{number}^^^MADEUP^VN" for n, number in enumerate(numbers)),
    ]
    clean = rows(released(deidentifier, er7("ORU^R01", PID, "OBR|1", *segments)))
    assert len(set(clean)) == 80
    assert all(re.fullmatch(r"Write to \S+@\S+\.\S+", row) for row in clean[:40])
    assert all(re.fullmatch(r"\d{8}\^\^\^MADEUP\^VN", row) for row in clean[40:])
    assert not set(clean) & {f"Write to {mail}" for mail in mails}


def test_one_patient_has_one_date_shift_and_a_birth_date_is_not_shifted_anew(deidentifier: Deidentifier) -> None:
    content = er7("ORU^R01", PID, "OBR|1|||||20240301|20240305", "OBX|1|TX|1||DOB: 02/14/1961. Seen 03/05/2024.")
    clean = {released(deidentifier, content) for _ in range(3)}
    assert len(clean) == 1
    (only,) = clean
    shift = day(value(only, "OBR-7")) - day("20240305")
    assert day(value(only, "OBR-6")) - day("20240301") == shift
    assert day(value(only, "PID-7")) - day("19610214") == shift
    birth, seen = (day(date) + shift for date in ("19610214", "20240305"))
    assert rows(only) == [f"DOB: {birth:%m/%d/%Y}. Seen {seen:%m/%d/%Y}."]


def test_a_name_in_pid_5_and_in_obx_5_is_replaced_by_one_name(deidentifier: Deidentifier) -> None:
    clean = released(deidentifier, oru("Johanna Doemann"))
    assert rows(clean) == [f"{value(clean, 'PID-5.2')} {value(clean, 'PID-5.1')}"]


def test_st_observations_pid_2_pid_4_pv1_7_msh_7_and_base64_documents_do_not_pass_untouched(
    deidentifier: Deidentifier,
) -> None:
    document = "JVBERi0xLjQKJeLjz9MKMSAwIG9iago="
    pid = PID.replace("PID|1||", "PID|1|OLD-66105|").replace("^MR|", "^MR|ALT-77106|")
    content = er7(
        "ORU^R01",
        pid,
        "PV1|1|I|||||1730000017^Feldscher^Ida^^^^MD",
        "OBR|1",
        "OBX|1|ST|1||Seen by Johanna Doemann",
        f"OBX|2|ED|2||^application^pdf^Base64^{document}",
    )
    clean = released(deidentifier, content)
    for part in ("OLD-66105", "ALT-77106", "Feldscher", "1730000017", "20240305", "Doemann", document):
        assert part.encode() not in clean


def test_authority_and_type_code_are_not_destroyed_with_the_identifier(admission: bytes) -> None:
    assert value(admission, "PID-3").split("^")[1:] == ["", "", "MADEUP&2.999.1&ISO", "MR"]


def test_eponyms_and_drug_names_are_not_taken_for_people(deidentifier: Deidentifier) -> None:
    text = [
        "Parkinson disease, Foley catheter in place, Apgar 8/9.",
        "Started on Coumadin and Lasix; Glasgow coma scale 15.",
        "Crohn disease and Hodgkin lymphoma in the history.",
    ]
    assert rows(released(deidentifier, oru(*text))) == text
    scores = {span.score for span in deidentifier.detect_text("Mr. Roessner, 614-555-0177, on 03/05/2024, aged 76")}
    assert len(scores) > 1


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f9ea\U0001f468\u200d\u2695\ufe0f Mrs. Doemann was seen",
        "e\u0301e\u0301e\u0301 Mrs. Doemann was seen",
        "Mrs. Doe\u200bmann was seen",
        "Mrs. Doe\u00admann was seen",
        "Mrs. \u202eDoemann\u202c was seen",
        "Mrs. D\u043eemann was seen",  # a Cyrillic o
        "Mrs. \uff24oemann was seen",  # a wide D
        r"Mrs. Doe\H\mann\N\ was seen",  # half of it highlighted
        r"Mrs. Doe\X6D\ann was seen",  # a hexadecimal m
    ],
)
def test_offsets_hold_after_wide_characters_and_disguised_letters_hide_no_name(
    deidentifier: Deidentifier, text: str
) -> None:
    clean = released(deidentifier, oru(text))
    (row,) = rows(clean)
    start = text.index("Mrs. ") + 5
    assert row.startswith(text[:start])
    assert row.endswith(" was seen")
    assert "emann" not in row
    assert "mann" not in row


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_rules_match_when_segments_end_in_lf_or_crlf(deidentifier: Deidentifier, line_end: bytes) -> None:
    clean = released(deidentifier, adt().replace(b"\r", line_end))
    assert clean.count(line_end) == 3
    assert b"Doemann" not in clean
