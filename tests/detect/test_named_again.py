"""People whom a text names more than once; all of them are made up."""

import pytest

from streamdeid.detect.rules.detector import RuleDetector


def again(text: str) -> list[tuple[str, str]]:
    spans = RuleDetector()(text)
    return [(text[s.start : s.end], s.label) for s in spans if s.by == "rules.names.again"]


def surnames(text: str) -> list[str]:
    return [name for name, label in again(text) if label == "NAME/FAMILY"]


def test_a_surname_is_found_again() -> None:
    text = "Seen by Dr. Jan Kowalski. Kowalski agreed, KOWALSKI's note, the Kowalskis, kowalski."
    assert surnames(text) == ["Kowalski", "KOWALSKI", "Kowalskis"]
    assert surnames("Dr. Anna von Fabelmann came. Fabelmann agreed.") == ["Fabelmann"]
    assert surnames("Fabelmann, J. came before. Signed by Jan Fabelmann, MD.") == ["Fabelmann"]


def test_a_surname_that_is_a_word_is_found_beside_what_makes_it_one() -> None:
    text = "Seen by Dr. Peter Brown. Brown, P. signed. P. Brown came. Brown's note. Brown sputum, a Brown, brown."
    assert again(text) == [
        ("Brown", "NAME/FAMILY"),
        ("P", "NAME/GIVEN"),
        ("P", "NAME/GIVEN"),
        ("Brown", "NAME/FAMILY"),
        ("Brown", "NAME/FAMILY"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Seen by Dr. Jan Kowalski.",
        "Dr. Foley came. Foley removed, Foley catheter.",
        "Dr. White came. White cells.",
        "Dr. Parkinson came. Parkinson's disease, Parkinson's.",
        "Dr. Boston came. Boston is near.",
        "Mother Anna came. Anna agreed.",
        "Kowalski agreed.",
    ],
)
def test_what_is_not_sought(text: str) -> None:
    assert again(text) == []


def test_what_is_found_again_is_no_known_value() -> None:
    spans = RuleDetector()("Seen by Dr. Jan Kowalski. Kowalski, J. agreed.")
    assert all(span.entity is None for span in spans)


@pytest.mark.parametrize("names", [40, 400])
def test_many_names(names: int) -> None:
    people = [f"Fabel{chr(97 + n % 26)}{chr(97 + n // 26)}mann" for n in range(names)]
    text = " ".join(f"Dr. Jan {one} came. {one} agreed." for one in people)
    assert surnames(text) == people
