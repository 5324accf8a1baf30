"""Made-up people of several countries, mentioned in every way; and texts that nobody would write."""

import functools

import pytest
from faker import Faker
from growth import is_linear
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from streamdeid.detect.known import KnownDetector, is_distinctive, is_ordinary, split_name
from streamdeid.detect.known_text import fold, words_of
from streamdeid.types import Entity

LOCALES = ["en_US", "en_GB", "de_DE", "es_ES", "fr_FR", "pl_PL", "pt_BR", "cs_CZ", "it_IT", "nl_NL", "ru_RU", "sv_SE"]
CARRIERS = [
    "Seen today by the team: {}, in no acute distress.",
    "{} was admitted with cough.",
    "discussed with {} at length",
    "PROGRESS NOTE FOR {} WHO REMAINS STABLE",
    "({})",
    "Note re {}; afebrile.",
]
CASES = [str, str.upper, str.lower, str.title]
ORDERS = ["{g} {f}", "{f}, {g}", "{f} {g}", "{f},{g}", "{g}\n{f}", "{f}^{g}", "Mr. {f}", "{f}'s {g}", "{g} X. {f}"]


faker = functools.cache(Faker)


@st.composite
def people(draw):
    fake = faker(draw(st.sampled_from(LOCALES)))
    fake.seed_instance(draw(st.integers(0, 10_000)))
    return fake.last_name(), fake.first_name()


def squeezed(text):
    return "".join(words_of(text))


def spelled(word):
    """One spelling for all of a word's umlauts and endings."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("aa", "a").removesuffix("s")


def parts_of(label, value):
    for part in split_name(value, label):
        piece = value[part.start : part.end]
        if is_distinctive(Entity(part.label, piece)) and part.label in ("NAME/FAMILY", "NAME/GIVEN"):
            yield piece


@settings(max_examples=150, deadline=None)
@given(people(), st.sampled_from(CARRIERS), st.sampled_from(CASES), st.sampled_from(ORDERS))
def test_every_mention_is_found_at_its_place(person, carrier, case, order):
    family, given_name = person
    detector = KnownDetector([Entity("NAME/FAMILY", family), Entity("NAME/GIVEN", given_name)])
    mention = order.format(f=case(family), g=case(given_name))
    text = carrier.format(mention)
    spans = detector(text)
    spelled = [squeezed(text[s.start : s.end]) for s in spans]
    expected = list(parts_of("NAME/FAMILY", family)) if "{f}" in order else []
    expected += list(parts_of("NAME/GIVEN", given_name)) if "{g}" in order else []
    for piece in expected:
        weak = is_ordinary(squeezed(piece)) or len(squeezed(piece)) < 4
        if not weak:
            assert squeezed(piece) in spelled or squeezed(case(piece)) in spelled
    for span in spans:
        assert span.entity is not None
        assert text[span.start : span.end].strip() == text[span.start : span.end]
        written = text[span.start : span.end]
        assert squeezed(written) in squeezed(case(span.entity.value)) + squeezed(span.entity.value) or len(written) == 1


@settings(max_examples=60, deadline=None)
@given(people(), st.sampled_from(["{g} {f}", "{f}, {g}"]), st.sampled_from([str, str.upper]))
def test_weak_names_are_found_beside_their_other_part(person, order, case):
    family = person[0]
    for weak in ("Will", "Grace", "May", "Bo"):
        text = "Today " + order.format(f=case(family), g=case(weak)) + " came."
        detector = KnownDetector([Entity("NAME/FAMILY", family), Entity("NAME/GIVEN", weak)])
        assert case(weak) in [text[s.start : s.end] for s in detector(text)]


@settings(max_examples=100, deadline=None)
@given(people(), people(), st.sampled_from(CARRIERS))
def test_other_people_are_not_found(person, other, carrier):
    known = {spelled(word) for value in person for word in words_of(value)}
    assume(known.isdisjoint(spelled(word) for value in other for word in words_of(value)))
    detector = KnownDetector([Entity("NAME/FAMILY", person[0]), Entity("NAME/GIVEN", person[1])])
    assert detector(carrier.format(" ".join(other))) == []


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=8), st.lists(st.text(max_size=12), max_size=6))
def test_no_text_and_no_value_breaks_it(texts, values):
    labels = ["NAME/FULL", "NAME/FAMILY", "ID/MRN", "CONTACT/ANY", "LOCATION/STREET", "LOCATION/CITY", "DATE/BIRTH"]
    entities = [Entity(label, value) for label in labels for value in values]
    detector = KnownDetector(entities)
    for text, spans in zip(texts, detector.find_all(texts), strict=True):
        ends = [0]
        for span in spans:
            assert ends[-1] <= span.start < span.end <= len(text)
            ends.append(span.end)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.sampled_from(["NAME/FULL", "NAME/FAMILY", "NAME/GIVEN"]))
def test_split_name_gives_separate_parts_in_order(text, label):
    end = 0
    for part in split_name(text, label):
        assert end <= part.start < part.end <= len(text)
        end = part.end


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=10), st.text(max_size=20), st.text(max_size=20)
)
def test_a_known_identifier_is_found_in_any_surroundings(noise, before, after):
    detector = KnownDetector([Entity("ID/MRN", "8714402")])
    text = f"{before} 8714402 {after}{noise}"
    spans = [text[s.start : s.end] for s in detector(text)]
    assert any("8714402" in s for s in spans)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


ADVERSARIAL = [
    "doe ",
    "doe, ",
    "j. ",
    "j ",
    "dr. ",
    "doe's ",
    "12 ",
    "12-",
    "1957 ",
    "3/14/57 ",
    "123 main ",
    " ",
    "\n",
    "'",
    "do\u0301e\u200b ",
    "hernan\n",
    "dr hernandes ",
    "患者",
]


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_time_goes_with_length(piece):
    detector = KnownDetector(
        [
            Entity("NAME/FULL", "Doe, Hernandez John"),
            Entity("ID/MRN", "12" * 20),
            Entity("ID/SSN", "123-45-6789"),
            Entity("DATE/BIRTH", "19570314"),
            Entity("LOCATION/STREET", "123 Main Main Main Main Main Main St"),
            Entity("NAME/FAMILY", "患者名"),
        ]
    )

    assert is_linear(detector, lambda length: piece * (length // len(piece)), 4_000)
