import pytest

from streamdeid.transform.name_parts import are_lone_initials, is_degree, label_in_text


@pytest.mark.parametrize("before", ["Mrs ", "saw Dr. ", "PCP ", "PCP: ", "seen by the attending "])
def test_a_single_word_behind_a_title_or_role_is_a_family_name(before):
    assert label_in_text("NAME/PATIENT", "Taylor", before) == "NAME/FAMILY"


@pytest.mark.parametrize(
    ("label", "text", "before"),
    [
        ("NAME/PATIENT", "Taylor", "patient "),
        ("NAME/PATIENT", "Taylor", ""),
        ("NAME", "Jane Taylor", "Mrs. "),
        ("NAME/GIVEN", "Jane", "Ms. "),
        ("NAME/USER", "jdoe", "Dr. "),
        ("NAME/PATIENT", "J", "Mr. "),
    ],
)
def test_anything_else_keeps_its_label(label, text, before):
    assert label_in_text(label, text, before) == label


@pytest.mark.parametrize("text", ["JD", "ES", "MKT", "AEW"])
def test_initials(text):
    assert are_lone_initials(text)


@pytest.mark.parametrize("text", ["LI", "WU", "NG", "LEE", "AMY", "ED", "Es", "Roe", "E"])
def test_what_is_no_initials(text):
    assert not are_lone_initials(text)


@pytest.mark.parametrize("text", ["PhD", "MD", "RN, BSN", "M.D."])
def test_degrees(text):
    assert is_degree(text)


@pytest.mark.parametrize("text", ["physician", "ma", "", "MD Doe", "nurse"])
def test_what_is_no_degree(text):
    assert not is_degree(text)
