import pytest

from streamdeid.detect.ner.labels import KNOWN_NAMES, Tag, is_label, meanings, tag
from streamdeid.detect.ner.scheme import Scheme
from streamdeid.errors import UsageError


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        *[("O", None), ("B-PER", Tag(True, "PER")), ("I-PER", Tag(False, "PER")), ("PER", Tag(False, "PER"))],
        *[("S-PER", Tag(True, "PER")), ("U-PER", Tag(True, "PER")), ("E-PER", Tag(False, "PER"))],
        *[("L-PER", Tag(False, "PER")), ("B_PER", Tag(True, "PER")), ("B-NAME/PATIENT", Tag(True, "NAME/PATIENT"))],
        ("ID", Tag(False, "ID")),
    ],
)
def test_a_label_is_taken_apart(label: str, parts: Tag | None) -> None:
    assert tag(label) == parts


def test_published_names_mean_labels_of_ours() -> None:
    assert all(ours is None or is_label(ours) for ours in KNOWN_NAMES.values())
    assert meanings(["O", "B-PER", "I-Hospital", "B-MISC"], {}) == [None, "NAME", "LOCATION/HOSPITAL", None]


def test_the_mapping_goes_first_by_the_whole_label_and_then_by_the_name() -> None:
    assert meanings(["B-PER", "I-PER", "B-X"], {"PER": "NAME/DOCTOR", "I-PER": None, "X": "ID"}) == [
        "NAME/DOCTOR",
        None,
        "ID",
    ]
    assert meanings(["B-PER", "B-LOC"], {"PER": ""}) == [None, "LOCATION"]


@pytest.mark.parametrize(
    ("labels", "mapping", "words"),
    [
        (["O", "B-BLOOD"], {}, "map BLOOD under `labels`"),
        (["O", "B-BLOOD"], {"BLOOD": "TYPE"}, "is mapped to TYPE"),
        (["O", "B-MISC"], {}, "would find nothing"),
        (["O"], {}, "would find nothing"),
    ],
)
def test_a_label_that_means_nothing_says_what_to_do(labels: list[str], mapping: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        meanings(labels, mapping)


def test_thresholds_go_by_label_then_family_then_a_half() -> None:
    labels = ["B-DOCTOR", "B-PATIENT", "B-CITY", "B-AGE"]
    scheme = Scheme(labels, meanings(labels, {}), {"NAME": 0.3, "NAME/DOCTOR": 0.7, "LOCATION/ZIP": 0.1})
    assert dict(zip(scheme.names, scheme.thresholds, strict=True)) == {
        "NAME/DOCTOR": 0.7,
        "NAME/PATIENT": 0.3,
        "LOCATION/CITY": 0.5,
        "AGE": 0.5,
    }
