"""Three hundred made-up people of many origins: every way to write a name agrees with its fields."""

import random

import pytest
from faker import Faker

from streamdeid.transform import lexicon
from streamdeid.transform.casing import folded
from streamdeid.transform.cultures import family_culture
from streamdeid.transform.prf import Prf
from streamdeid.transform.surrogates import Surrogates
from streamdeid.types import Entity

LOCALES = ("en_US", "es_MX", "en_IN", "pl_PL", "fr_DZ", "de_DE", "vi_VN", "en_US")
SURROGATES = Surrogates(Prf(b"a made-up secret for tests"))
#: How names are written: of family, given and middle name; the last column says whether the full name has to be known.
FORMS = [
    ("{g} {f}", False),
    ("{f}, {g}", False),
    ("{f}, {g} {q}", False),
    ("{g} {q} {f}", False),
    ("{g} {q}. {f}", False),
    ("Mr {f}'s", False),
    ("Mrs. {f}", False),
    ("Dr. {g} {f}, MD", False),
    ("{f}^{g}^{q}", False),
    ("{f}^{g}", False),
    ("{G} {F}", False),
    ("{F}^{G}^{q}", False),
    ("{small_g} {small_f}", False),
    ("{i}. {f}", True),
    ("{f} {i}", True),
    ("{f}, {i}.", True),
    ("{i}{j}", True),
    ("{i}.{j}.", True),
    ("{i}. {j}.", True),
]


def people() -> list[tuple[str, str, str, str]]:
    """Given name, family name, middle initial and sex."""
    draw = random.Random(20240305)
    fakers = {locale: Faker(locale, use_weighting=False) for locale in LOCALES}
    for number, fake in enumerate(fakers.values()):
        fake.seed_instance(number)
    made = []
    while len(made) < 300:
        fake, sex = fakers[LOCALES[len(made) % len(LOCALES)]], draw.choice("FM")
        given = (fake.first_name_female if sex == "F" else fake.first_name_male)()
        family = fake.last_name()
        if given.isalpha() and family.isalpha():
            made.append((given, family, draw.choice("BCDFGHKLMNPRSTVW"), sex))
    return made


PEOPLE = people()


def words(given: str, family: str, middle: str) -> dict[str, str]:
    return {
        **{"g": given, "f": family, "q": middle, "i": given[0], "j": family[0]},
        **{"G": given.upper(), "F": family.upper(), "small_g": given.lower(), "small_f": family.lower()},
    }


@pytest.mark.parametrize(("form", "known"), FORMS)
def test_every_form_agrees_with_the_fields(form: str, known: bool) -> None:
    differing = 0
    for number, (given, family, middle, _) in enumerate(PEOPLE):
        scope = f"made-up patient {number}"

        def replace(label: str, value: str, mention: str, scope: str = scope) -> str | None:
            return SURROGATES.replace(scope, Entity(label, value), mention)

        false = [
            replace("NAME/GIVEN", given, given),
            replace("NAME/FAMILY", family, family),
            replace("NAME/GIVEN", middle, middle),
        ]
        mention = form.format(**words(given, family, middle))
        new = replace("NAME/FULL", f"{given} {family}" if known else mention, mention)
        differing += new != form.format(**words(*map(str, false)))
    assert differing <= 2  # two words of which nobody can say which is the family name, initials that are one letter


def test_nobody_keeps_a_name_and_sex_and_culture_stay() -> None:
    wrong = 0
    for number, (given, family, _, sex) in enumerate(PEOPLE):
        scope = f"made-up patient {number}"
        false_given, false_family = SURROGATES.names.given(scope, given), SURROGATES.names.family(scope, family)
        assert false_given.lower() != given.lower()
        assert false_family.lower() != family.lower()
        culture = family_culture(folded(family))
        assert (
            not culture
            or folded(false_family) in {name.lower() for name in lexicon.FAMILIES[culture]}
            or (culture == "eastern" and false_family.endswith("a"))
        )
        wrong += false_given in lexicon.GIVEN["M" if sex == "F" else "F"]
    assert wrong <= 0.03 * len(PEOPLE)
