"""Made-up patients, their relatives and their clinicians: equal seeds give equal people.

Nobody here exists. Telephone numbers are of the range 555-0100 to 555-0199, which is kept for fiction; social
security numbers start with 9, which none does; e-mail addresses are in example.org (RFC 2606); the assigning
authority is below 2.999, the arc for example OIDs.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

from faker import Faker

#: The authority that assigns the made-up numbers: its HL7 v2 namespace, and its OID.
AUTHORITY = "DEMO"
AUTHORITY_OID = "2.999.1"
HOSPITAL = "MADE UP HOSPITAL"

#: The made-up present: messages start here, ages count to here.
TODAY = dt.datetime(2024, 3, 12, 7, 30)

_CLINICIANS = 6
_LOCALES = ("en_US", "en_US", "es_MX")


@dataclass(frozen=True, slots=True)
class Address:
    """A made-up place to live."""

    street: str
    city: str
    state: str
    zip: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a name; `sex` is ``F`` or ``M``, `phone` has ten digits."""

    family: str
    given: str
    middle: str
    sex: str
    phone: str

    @property
    def title(self) -> str:
        """How a report speaks of them."""
        return "Mrs." if self.sex == "F" else "Mr."

    @property
    def printed_phone(self) -> str:
        """The telephone number as people write it."""
        return f"({self.phone[:3]}) {self.phone[3:6]}-{self.phone[6:]}"


@dataclass(frozen=True, slots=True)
class Clinician:
    """A made-up doctor, with a National Provider Identifier whose check digit is right."""

    person: Person
    npi: str


@dataclass(frozen=True, slots=True)
class Patient:
    """A made-up patient, with everything that the messages say about them."""

    person: Person
    birth: dt.date
    address: Address
    email: str
    mrn: str
    ssn: str
    account: str
    visit: str
    member: str
    kin: Person
    relation: tuple[str, str]
    doctor: Clinician
    referrer: Clinician

    @property
    def age(self) -> int:
        """Whole years at `TODAY`."""
        before_birthday = (TODAY.month, TODAY.day) < (self.birth.month, self.birth.day)
        return TODAY.year - self.birth.year - before_birthday


def patients(seed: int, count: int) -> tuple[Patient, ...]:
    """`count` made-up patients; the same ones for the same seed, and the first of them for any count."""
    clinicians = _Registry(seed, "clinicians").clinicians(_CLINICIANS)
    return tuple(_Registry(seed, f"patient {number}").patient(number, clinicians) for number in range(count))


class _Registry:
    """Draws one made-up person after another."""

    def __init__(self, seed: int, purpose: str) -> None:
        self.draw = random.Random(f"{seed} {purpose}")  # noqa: S311 - made-up people, not keys
        self.fakers = {locale: Faker(locale, use_weighting=False) for locale in dict.fromkeys(_LOCALES)}
        for fake in self.fakers.values():
            fake.seed_instance(self.draw.getrandbits(32))

    def clinicians(self, count: int) -> tuple[Clinician, ...]:
        return tuple(Clinician(self.person(number), npi(self.draw.randrange(10**8))) for number in range(count))

    def person(self, number: int, family: str = "", sex: str = "") -> Person:
        fake = self.fakers[_LOCALES[number % len(_LOCALES)]]
        sex = sex or self.draw.choice("FM")
        first = fake.first_name_female if sex == "F" else fake.first_name_male
        return Person(
            family=family or fake.last_name(),
            given=first(),
            middle=first(),
            sex=sex,
            phone=f"{self.draw.randrange(201, 990)}55501{self.draw.randrange(100):02}",
        )

    def patient(self, number: int, clinicians: tuple[Clinician, ...]) -> Patient:
        person = self.person(number)
        doctor, referrer = self.draw.sample(clinicians, 2)
        spouse = self.draw.random() < 0.6
        other = "M" if person.sex == "F" else "F"
        return Patient(
            person=person,
            birth=dt.date(1930, 1, 1) + dt.timedelta(days=self.draw.randrange(28_000)),
            address=self.address(),
            email=f"{_ascii(person.given)}.{_ascii(person.family)}@example.org",
            mrn=f"{self.draw.randrange(10**8):08}",
            ssn=f"9{self.draw.randrange(100):02}{self.draw.randrange(1, 50):02}{self.draw.randrange(1, 10**4):04}",
            account=f"AC{self.draw.randrange(10**7):07}",
            visit=f"V{self.draw.randrange(10**8):08}",
            member=f"XQ{self.draw.randrange(10**9):09}",
            kin=self.person(number, family=person.family, sex=other if spouse else ""),
            relation=("SPO", "Spouse") if spouse else ("SIB", "Sibling"),
            doctor=doctor,
            referrer=referrer,
        )

    def address(self) -> Address:
        fake = self.fakers["en_US"]
        state = fake.state_abbr(include_territories=False, include_freely_associated_states=False)
        return Address(fake.street_address(), fake.city(), state, fake.zipcode_in_state(state))


def npi(number: int) -> str:
    """A National Provider Identifier of eight given digits, with its check digit (45 CFR 162.406: Luhn with the
    prefix 80840)."""
    body = f"1{number:08}"
    total = 24  # of the prefix
    for place, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return f"{body}{-total % 10}"


def _ascii(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha())
