import ipaddress
import re

import pytest

from streamdeid.transform.contacts import Contacts
from streamdeid.transform.dialling import dialled
from streamdeid.transform.identifiers import Identifiers
from streamdeid.transform.lexicon import STATE_OF_AREA_CODE
from streamdeid.transform.names import Names
from streamdeid.transform.prf import Prf

PRF = Prf(b"a made-up secret for tests")


@pytest.fixture(scope="module")
def replace():
    contacts = Contacts(PRF, Identifiers(PRF))
    return lambda text, value=None, label="CONTACT/ANY", scope="p": contacts.replace(scope, label, value or text, text)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("(617)555-1234", r"\(\d{3}\)555-01\d\d"),
        ("617.555.1234", r"\d{3}\.555\.01\d\d"),
        ("+1 617 555 1234", r"\+1 \d{3} 555 01\d\d"),
        ("16175551234", r"1\d{3}55501\d\d"),
        ("555-1234", r"555-01\d\d"),
        ("Tel: 617-555-1234", r"Tel: \d{3}-555-01\d\d"),
        ("617-555-1234 x123", r"\d{3}-555-01\d\d x\d{3}"),
        ("020 5368 1665", r"020 7946 0\d{3}"),
        ("+44 (0)20 7946 0000", r"\+44 \(0\)20 7946 0\d{3}"),
        ("07700 123456", r"07700 900\d{3}"),
        ("0161 496 0000", r"0163 296 0\d{3}"),
        ("+33 1 23 45 67 89", r"\+33 [1-9] \d\d \d\d \d\d \d\d"),
        ("+49 (0)30 1234567", r"\+49 \(0\)[1-9]\d \d{7}"),
        ("0049 30 1234567", r"0049 [1-9]\d \d{7}"),
        ("011 353 1 234 5678", r"011 353 [1-9] \d{3} \d{4}"),
        ("+7 495 123-45-67", r"\+7 [1-9]\d\d \d{3}-\d\d-\d\d"),
        ("1-800-FLOWERS", r"\d-\d{3}-[A-Z]{7}"),
    ],
)
def test_telephone_numbers_are_nobodys_and_keep_their_form(replace, text, pattern):
    new = replace(text)
    assert re.fullmatch(pattern, new)
    assert new != text


def test_forms_of_one_number_agree(replace):
    plain = replace("6175551234")
    for form in ("(617)555-1234", "+1 617.555.1234", "1-617-555-1234", "617 555 1234 ext. 5"):
        assert plain in re.sub(r"\D", "", replace(form))


def test_the_local_part_of_a_known_number_agrees(replace):
    assert re.sub(r"\D", "", replace("(617)555-9876"))[-7:] == replace("555-9876", "(617)555-9876").replace("-", "")


def test_numbers_for_fiction_are_replaced_too(replace):
    for line in range(100):
        assert replace(f"212-555-01{line:02d}") != f"212-555-01{line:02d}"
        assert replace(f"555-01{line:02d}") != f"555-01{line:02d}"


@pytest.mark.parametrize("number", ["(217) 555-0142", "555-0142", "1-217-555-0142"])
def test_the_local_part_of_a_number_for_fiction_is_another_one(replace, number):
    assert not any("0142" in replace(number, scope=f"p{patient}") for patient in range(600))


def test_different_contacts_stay_different(replace):
    phones = [f"{code}-867-1234" for code in ("213", "415", "510", "530", "562", "619", "707", "831", "925", "949")]
    assert len({replace(phone) for phone in phones}) == len(phones)
    mails = [f"user{number}@hospital.test" for number in range(5000)]
    assert len({replace(mail) for mail in mails}) == len(mails)


@pytest.mark.parametrize("text", ["jdoe@hospital.test", "MAILTO:J.Doe@hospital.test"])
def test_an_address_is_one_at_an_example_domain(replace, text):
    assert re.fullmatch(r"(MAILTO:)?[a-z]+\.[a-z]+\d{4}@example\.(com|org|net)", replace(text))


def test_an_address_does_not_depend_on_case(replace):
    assert replace("JDoe@hospital.test") == replace("jdoe@HOSPITAL.test")


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("https://hospital.test/a?b=c", r"https://example\.org/[0-9a-f]{16}"),
        ("www.hospital.test", r"www\.example\.org/[0-9a-f]{16}"),
        ("hospital.test/jdoe", r"example\.org/[0-9a-f]{16}"),
    ],
)
def test_urls(replace, text, pattern):
    assert re.fullmatch(pattern, replace(text))


@pytest.mark.parametrize("text", ["10.0.0.1", "192.0.2.1", "2001:db8::1", "fe80::1"])
def test_network_addresses_are_for_documentation(replace, text):
    new = ipaddress.ip_address(replace(text))
    assert str(new) != text
    ranges = map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))
    assert any(new in network for network in ranges if network.version == new.version)


def test_a_port_stays(replace):
    assert replace("10.0.0.1:2575").endswith(":2575")


@pytest.mark.parametrize("text", ["-", "()", "+", "Home", "cell"])
def test_nothing_to_replace(replace, text):
    assert replace(text) is None


def test_words_do_not_survive(replace):
    assert replace("call Jane at 617-555-1234").lower().count("jane") == 0
    assert replace("Esterkin", label="CONTACT/EMAIL") != "Esterkin"


@pytest.mark.parametrize("code", ["617", "802", "213"])
def test_a_telephone_number_stays_in_its_state(replace, code):
    for line in range(50):
        new = replace(f"({code}) 867-53{line:02d}")
        assert STATE_OF_AREA_CODE[new[1:4]] == STATE_OF_AREA_CODE[code]


@pytest.mark.parametrize(
    ("address", "owner"),
    [("john.doe@hospital.test", ""), ("doe_john@hospital.test", ""), ("jdoe85@hospital.test", "john doe")],
)
def test_an_address_is_of_the_false_name(address, owner):
    names = Names(PRF, Identifiers(PRF))
    contacts = Contacts(PRF, Identifiers(PRF), names)
    new = contacts.replace("p", "CONTACT/EMAIL", address, address, owner)
    assert new.startswith(f"{names.given('p', 'John')}.{names.family('p', 'Doe')}".lower())


def test_a_number_agrees_with_itself_in_its_country(replace):
    abroad, at_home = replace("+49 30 1234567"), replace("030 1234567")
    assert at_home == f"0{abroad.removeprefix('+49 ')}"


@pytest.mark.parametrize(("code", "area"), [("413", {"413"}), ("718", {"347", "718"}), ("857", {"617", "857"})])
def test_an_area_code_serves_the_same_area(replace, code, area):
    assert {replace(f"({code}) 867-5309", scope=f"p{number}")[1:4] for number in range(60)} == area


def test_a_number_drawn_at_random_has_any_area_code_of_the_state():
    prf = Prf(b"a made-up seed of a vault", is_random=True)
    contacts = Contacts(prf, Identifiers(prf))
    numbers = [
        contacts.replace(f"p{number}", "CONTACT/PHONE", text, text) for number, text in enumerate(["4138675309"] * 60)
    ]
    assert {STATE_OF_AREA_CODE[number[:3]] for number in numbers} == {"MA"}
    assert len({number[:3] for number in numbers}) > 4


def test_the_components_of_a_number_are_those_of_the_false_number():
    contacts = Contacts(PRF, Identifiers(PRF))
    whole = dialled("(617)", "555-1234")
    parts = [contacts.replace("p", "CONTACT/PHONE", part, part, whole) for part in ("617", "555-1234")]
    assert "-".join(parts) == contacts.replace("p", "CONTACT/PHONE", "617-555-1234", "617-555-1234")


@pytest.mark.parametrize(
    "text", ["Jane Roe <jroe@hospital.test>", "jroe@hospital.test; j@x.test", "e: jroe@hospital.test"]
)
def test_an_address_among_other_things_is_at_an_example_domain(replace, text):
    new = replace(text)
    assert "test" not in new
    assert "roe" not in new.lower()
    assert new.count("@example.") == text.count("@")


def test_scopes_differ(replace):
    assert replace("617-555-1234") != replace("617-555-1234", scope="q")
