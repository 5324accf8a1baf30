import pytest

from streamdeid.transform.prf import Prf
from streamdeid.transform.saying_none import says_none
from streamdeid.transform.surrogates import Surrogates
from streamdeid.types import Entity

SURROGATES = Surrogates(Prf(b"a made-up secret for tests"))


@pytest.mark.parametrize(
    "label", ["CONTACT/PHONE", "CONTACT/EMAIL", "ID/OTHER", "ID/SSN", "LOCATION/STREET", "LOCATION/CITY"]
)
@pytest.mark.parametrize("text", ["none", "Unknown", "N/A", "n.a.", "no phone", "DECLINED", "not  given"])
def test_a_word_that_says_there_is_none_stays(label, text):
    assert SURROGATES.replace("p", Entity(label, text), text) is None


@pytest.mark.parametrize(
    ("label", "text"), [("NAME/FAMILY", "None"), ("ID/RESOURCE", "unknown"), ("CONTACT/PHONE", "call Nonesuch")]
)
def test_anything_else_goes(label, text):
    assert not says_none(label, text)
    assert SURROGATES.replace("p", Entity(label, text), text) != text
