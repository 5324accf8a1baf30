"""What every strategy promises, whatever it is given."""

import re
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from streamdeid.errors import TransformError
from streamdeid.policy.policy import Rule
from streamdeid.transform.encryption import TOKEN, decrypt, encrypt, encryption_key
from streamdeid.transform.operators import Operator, Request, Subject, Transformer
from streamdeid.transform.prf import Prf
from streamdeid.transform.strategy import HL7_DATES, OMITTED, TIMES
from streamdeid.types import Entity, Format

SECRET = b"a made-up secret for tests"
TRANSFORMER = Transformer(Prf(SECRET))
KEY = encryption_key(Prf(SECRET))
RULES = [
    *(
        "keep NAME",
        "code",
        "media_type NAME",
        "remove NAME",
        "omit NAME",
        "substitute X",
        "mask NAME",
        "surrogate NAME",
    ),
    *("mask NAME fine=true", "mask ID characters", "mask CONTACT/PHONE count=4 character=# from_end=true"),
    *("mask NAME characters keep_separators=false", "mask NAME fixed", "mask NAME fixed character=x length=1"),
    *("surrogate ID/MRN", "surrogate CONTACT", "surrogate LOCATION", "shift DATE", "year DATE", "year DATE 1937"),
    *("zip3 LOCATION/ZIP", "zip3 LOCATION/ZIP 036", "generalise DATE year", "generalise DATE month"),
    *("generalise DATE week", "generalise DATE decade", "generalise AGE age", "generalise AGE age step=3"),
    *("generalise LOCATION/ZIP zip3", "generalise range step=0.5", "generalise range step=10", "perturb 20%"),
    *(
        "perturb 5 round_to=1",
        "age AGE",
        "hash ID/MRN",
        "hash NAME base64",
        "hash NAME base32 length=8",
        "encrypt NAME",
    ),
    *("encrypt NAME scope=entity", "format_preserving ID/MRN", "reference", "check_digit", "undate"),
    "recode cases=x",
]
RECODE = {
    "operator": "recode",
    "cases": {"$this > 5": "5", "$this.startsWith('a')": "$this + '!'"},
    "otherwise": "mask",
}
STRATEGIES = [Rule.model_validate(RECODE if text == "recode cases=x" else text) for text in RULES]
NEVER_EQUAL = ["mask NAME", "mask NAME fine=true", "hash ID/MRN", "hash NAME base64", "encrypt NAME"]
TEXTS = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[A-Z][a-z]{1,8}( [A-Z][a-z]{1,8})?", fullmatch=True),
    st.from_regex(r"(19|20)\d\d(-?[01]\d(-?[0-3]\d)?)?", fullmatch=True),
    st.from_regex(r"-?\d{1,7}(\.\d{1,4})?", fullmatch=True),
    st.from_regex(r"\d{1,3}[ -]?(year|month|y\.o\.|s)[a-z -]{0,8}", fullmatch=True),
    st.from_regex(r"\d{5}(-\d{4})?", fullmatch=True),
    st.dates().map(lambda day: f"{day:%B} {day.day}, {day.year}"),
)
HL7_VALID = {
    **dict.fromkeys(HL7_DATES, r"|\d{4}(\d\d(\d\d.*)?)?([+-]\d{4})?"),
    **dict.fromkeys(("NM", "SI"), r"|[+-]?\d+(\.\d+)?"),
    "TM": r"|\d{2}.*",
}


def replace(rule: Rule, text: str, datatype: str = "ST", format: Format = Format.HL7V2, scope: str = "p") -> str | None:
    label = rule.label or "NAME"
    request = Request(Entity(label, text), Subject(scope, -100), text, datatype, format, number=3)
    return TRANSFORMER.replace(rule.strategy, request)


def test_every_strategy_is_here() -> None:
    elsewhere = {Operator.DETECT, Operator.DOCUMENT, Operator.QUARANTINE}
    assert {rule.operator for rule in STRATEGIES} == set(Operator) - elsewhere


@given(st.sampled_from(STRATEGIES), TEXTS, st.sampled_from(["ST", "TX", "NM", "DTM", "TM"]))
def test_the_same_in_gives_the_same_out(rule: Rule, text: str, datatype: str) -> None:
    def made(transformer: Transformer) -> Any:
        request = Request(Entity(rule.label or "NAME", text), Subject("p", -100), text, datatype, Format.HL7V2)
        try:
            return transformer.replace(rule.strategy, request)
        except TransformError as refused:
            return refused.code

    assert made(TRANSFORMER) == made(Transformer(Prf(SECRET)))


@given(st.sampled_from(NEVER_EQUAL), TEXTS)
def test_what_is_masked_hashed_or_encrypted_never_stays(rule: str, text: str) -> None:
    new = replace(Rule.model_validate(rule), text)
    if any(map(str.isalnum, text)) and text != "<NAME>":
        assert new is not None
        assert new != text


@given(TEXTS, st.booleans())
def test_a_mask_of_characters_has_the_length_and_no_letter_or_digit(text: str, separators: bool) -> None:
    assume(any(map(str.isalnum, text)))
    rule = Rule.model_validate(
        {"operator": "mask", "label": "NAME", "form": "characters", "keep_separators": separators}
    )
    new = replace(rule, text)
    assert new is not None
    assert len(new) == len(text)
    assert not any(map(str.isalnum, new))
    assert separators or set(new) == {"*"}


@given(TEXTS, st.integers(1, 12), st.booleans())
def test_so_many_characters_are_masked_at_one_end(text: str, count: int, from_end: bool) -> None:
    rule = Rule.model_validate(f"mask NAME character=# count={count} from_end={from_end}")
    new = replace(rule, text)
    if new is None:
        return
    changed = [index for index, (old, one) in enumerate(zip(text, new, strict=True)) if old != one]
    assert len(changed) <= count
    assert all(new[index] == "#" for index in changed)
    rest = text[: min(changed)] if from_end else text[max(changed) + 1 :]
    if len(changed) < count:
        assert not any(map(str.isalnum, rest))


@given(st.text(), st.sampled_from([b"", b"8 bytes!"]))
@example("\ud800", b"")
def test_a_token_can_be_turned_back_exactly(text: str, salt: bytes) -> None:
    token = encrypt(text, KEY, salt)
    assert decrypt(token, KEY) == text
    assert encrypt(text, KEY, salt) == token
    assert TOKEN.findall(f"see {token}-Smith's {token}.") == [token[5:-1]] * 2
    assert re.fullmatch(r"[A-Za-z0-9._-]+", token)


@given(st.text(max_size=20), st.integers(0))
def test_a_token_that_was_changed_or_made_with_another_key_is_refused(text: str, at: int) -> None:
    token = encrypt(text, KEY)
    place = 5 + at % (len(token) - 7)  # the last character has bits that mean nothing
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    for wrong, key in ((changed, KEY), (token, KEY[::-1]), (token[:-1], KEY), (f" {token}", KEY), (text, KEY)):
        with pytest.raises(ValueError, match="token"):
            decrypt(wrong, key)


@given(st.sampled_from([rule for rule in STRATEGIES if rule.operator in (Operator.HASH, Operator.ENCRYPT)]), TEXTS)
def test_two_patients_have_different_replacements(rule: Rule, text: str) -> None:
    assume(any(map(str.isalnum, text)))
    assert replace(rule, text) != replace(rule, text, scope="q")
    assert replace(rule, text, scope="") == replace(rule, text, scope="")


@given(
    st.sampled_from([rule for rule in STRATEGIES if rule.operator not in (Operator.KEEP, Operator.SUBSTITUTE)]),
    st.from_regex(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|1\d|2[0-8])", fullmatch=True),
    st.sampled_from(sorted(HL7_DATES | TIMES - {"time"} | {"NM", "SI"})),
)
def test_a_typed_value_of_hl7_stays_of_its_type_or_goes_or_is_refused(rule: Rule, text: str, datatype: str) -> None:
    if rule.strategy.unfit_type(Format.HL7V2, datatype):
        return  # such a rule is refused when the policy is loaded
    if rule.operator in (Operator.MEDIA_TYPE, Operator.SURROGATE, Operator.RECODE, Operator.ZIP3, Operator.REFERENCE):
        return  # where they stand is up to the policy
    try:
        new = replace(rule, text, datatype)
    except TransformError:
        return
    assert new is None or re.fullmatch(HL7_VALID[datatype], new), new


@given(
    st.sampled_from(STRATEGIES),
    TEXTS,
    st.sampled_from(
        ["date", "dateTime", "instant", "decimal", "integer", "positiveInt", "boolean", "id", "code", "uri"]
    ),
)
def test_a_typed_value_of_fhir_stays_of_its_type_or_is_refused(rule: Rule, text: str, datatype: str) -> None:
    try:
        new = replace(rule, text, datatype, Format.FHIR)
    except TransformError as refused:
        assert refused.code == "transform.unreadable"  # noqa: PT017
        return
    pattern = {
        **dict.fromkeys(("date", "dateTime"), r"\d{4}(-\d\d(-\d\d.*)?)?"),
        **{"instant": r"\d{4}-\d\d-\d\dT.+", "decimal": r"-?\d+(\.\d+)?", "integer": r"-?\d+", "positiveInt": r"\d+"},
        **{"boolean": "true|false", "id": r"[A-Za-z0-9.-]{1,64}", "code": r"\S+( \S+)*", "uri": r"\S+"},
    }[datatype]
    assert new is None or new is OMITTED or re.fullmatch(pattern, new, re.ASCII), new
