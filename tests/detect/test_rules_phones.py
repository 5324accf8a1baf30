import pytest
from marked import detect, found, labelled, rows

NUMBERS = {
    "CONTACT/PHONE": rows("""
        «415-555-1234»
        «(415) 555-1234»
        «415.555.1234»
        «+1 415 555 1234»
        «1-800-555-1234»
        «415 555 1234»
        call «555-1234»
        «(415)555-1234»
        «415-555-1234 x123»
        «415-555-1234 ext. 99»
        tel: «4155551234»
        phone «415 5551234»
        cell # «4155551234»
        «+44 20 7946 0958»
        «020 7946 0958»
        «07700 900123»
        «+44 (0)20 7946 0958»
        «+49 30 123456»
        «0161 496 0000»
        pager «12345»
        pager #«4567»
        «1-800-FLOWERS»
        ext. «4567»
        «01 42 34 56 78»
        reached at «212-555-0123»
        Home: «555-0123»
        «415/555-1234»
        Phone number is «415-555-1234»
        «+14155551234»
        ph:«9876543210»
        «(01865) 556677»
        «+61 2 9876 5432»
        «+353 1 234 5678»
        mobile «07700900123»
    """),
    "CONTACT/FAX": rows("""
        fax «415-555-1234»
        Fax: «(415) 555-1234»
        FAX# «4155551234»
        F: «415-555-1234»
    """),
}
NO_NUMBERS = rows("""
    100-2000 mg
    250-1000 mL
    120/80
    in 2008-2009
    BP 110-120 over 70-80
    0.92-1.05) 1.00
    98.6-100.4
    WBC 10.5 from 12.2
    1000 mL
    12 345 67
    400 mg 400 mg 400 mg
    normal 232-1137
    ICD 493-2000
    call me in 10 days
    extension of 30 degrees
    home 3 times a week
    2345-67-89
    123-45-6789
    1.234567
    paged 97428. 0641 called back
""")
CASES = [(label, row) for label, block in NUMBERS.items() for row in block]


@pytest.mark.parametrize(("label", "row"), CASES)
@pytest.mark.parametrize("around", [("", ""), ("x. ", " y"), ("(", ")")])
def test_a_number_is_found(label: str, row: str, around: tuple[str, str]) -> None:
    assert found(row, label, around=around)


@pytest.mark.parametrize(("label", "row"), CASES)
def test_numbers_in_capitals_and_small_letters(label: str, row: str) -> None:
    assert found(row.upper(), label)
    assert found(row.lower(), label)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_amounts_and_ranges_are_no_telephone_numbers(text: str) -> None:
    assert not labelled(detect(text), "CONTACT")


def test_a_number_of_the_plan_scores_higher_than_another() -> None:
    assert max(s.score for s in detect("415-555-1234")) > max(s.score for s in detect("015-155-1234"))


def test_called_twice_is_no_extension() -> None:
    assert found("paged «424-461-0963» x2, no answer", "CONTACT/PHONE")
