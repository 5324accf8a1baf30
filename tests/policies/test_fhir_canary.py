"""A made-up name in every element of every resource type: after the default policy it is in none of them.

What is left out, and why: `KEPT_TYPES` and `KEPT`.
"""

import json
from collections.abc import Iterator
from functools import cache

import pytest
from fhir_instances import resource
from handwritten import process

from streamdeid.engine import Deidentifier
from streamdeid.formats import fhir
from streamdeid.formats.fhir_tables import load
from streamdeid.types import Format, Place, Quarantined

FAMILY, GIVEN = "Zyxwvutsky", "Quillofeather"
PATIENT = {
    "resourceType": "Patient",
    "id": "pat",
    "identifier": [{"system": "urn:oid:2.999.1", "value": "40017765"}],
    "name": [{"family": FAMILY, "given": [GIVEN]}],
}
#: Codes, and the names of code systems, profiles and definitions: they are what makes a message readable, and a name
#: there would be in all messages alike. Numbers of the message's patients are replaced even there.
KEPT_TYPES = frozenset({"code", "uri", "canonical"})
KEPT = frozenset(
    (
        # Versions of code systems, of software, of a resource on its server; HTTP's own words.
        *("Coding.version", "MessageHeader.source.version", "MessageHeader.source.software", "Meta.versionId"),
        *("CapabilityStatement.fhirVersion", "ImplementationGuide.fhirVersion", "StructureDefinition.fhirVersion"),
        *("Bundle.link.relation", "Bundle.entry.request.ifMatch", "Bundle.entry.request.ifNoneMatch"),
        *("Bundle.entry.response.etag", "Bundle.entry.response.status"),
        # Units, countries, lot numbers of substances.
        *("Quantity.unit", "Address.country", "Immunization.lotNumber", "Medication.batch.lotNumber"),
        "Medication.package.batch.lotNumber",
        # Names of elements, parameters and questions.
        *("ElementDefinition.path", "OperationOutcome.issue.expression", "OperationOutcome.issue.location"),
        *("Parameters.parameter.name", "Questionnaire.item.linkId", "Questionnaire.item.enableWhen.question"),
        *("QuestionnaireResponse.item.linkId", "VerificationResult.targetLocation"),
        *("StructureDefinition.snapshot.element.id", "StructureDefinition.differential.element.id"),
        # Series of numbers, sequences of bases.
        *("SampledData.data", "SampledData.offsets", "MolecularSequence.observedSeq", "Sequence.observedSeq"),
        *("MolecularSequence.referenceSeq.referenceSeqString", "Sequence.referenceSeq.referenceSeqString"),
        *("MolecularSequence.variant.observedAllele", "Sequence.variant.observedAllele"),
        *("MolecularSequence.variant.referenceAllele", "Sequence.variant.referenceAllele"),
        *("MolecularSequence.variant.cigar", "Sequence.variant.cigar", "MolecularSequence.literal"),
        "MolecularSequence.relative.startingSequence.sequenceString",
        *("MolecularSequence.relative.edit.replacedSequence", "MolecularSequence.relative.edit.replacementSequence"),
    )
)
RELEASES = ("R4", "STU3", "R5")


@cache
def content(release: str, name: str) -> bytes:
    planted = resource(release, name, FAMILY, depth=3)
    if name == "Patient":
        planted["name"] = PATIENT["name"]
    about = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": PATIENT}, {"resource": planted}]}
    return json.dumps(about).encode()


def survivors(release: str, clean: bytes) -> Iterator[Place]:
    for leaf in fhir.scan(clean, release).leaves:
        if FAMILY.lower() in leaf.text.lower() or GIVEN.lower() in leaf.text.lower():
            yield leaf.place


def is_kept_on_purpose(place: Place) -> bool:
    return place.lineage[-1] in KEPT_TYPES or not KEPT.isdisjoint(place.lineage)


@pytest.mark.parametrize("release", RELEASES)
def test_a_name_survives_in_no_resource(release: str, deidentifier: Deidentifier) -> None:
    wrong: set[str] = set()
    quarantined: set[str] = set()
    names = sorted(load(release).resources)
    for name in names if release == "R4" else names[::3]:
        outcome = process(deidentifier, content(release, name), Format.FHIR)
        if isinstance(outcome, Quarantined):
            quarantined.add(f"{name}: {outcome.code} at {outcome.path}")
            continue
        wrong |= {place.path for place in survivors(release, outcome.content) if not is_kept_on_purpose(place)}
    assert wrong == set()
    assert quarantined <= {"Basic: transform.unreadable at Bundle.entry[1].resource.created"}


def test_the_name_was_there() -> None:
    places = {place.lineage[-1] for place in survivors("R4", content("R4", "Observation"))}
    assert places >= {"string", "markdown", "id", "uri", "xhtml", "canonical"}


NOTE = f"{GIVEN} {FAMILY} was seen at home"


@pytest.mark.parametrize(
    "planted",
    [
        {"resourceType": "Observation", "note": [{"text": NOTE}]},
        {"resourceType": "Observation", "code": {"text": NOTE, "coding": [{"display": NOTE}]}},
        {"resourceType": "Observation", "valueString": NOTE},
        {
            "resourceType": "Observation",
            "_valueString": {"extension": [{"url": "http://x.org/e", "valueString": NOTE}]},
        },
        {"resourceType": "Observation", "_status": {"id": FAMILY}},
        {"resourceType": "Observation", "extension": [{"url": "http://x.org/e", "valueMarkdown": NOTE}]},
        {"resourceType": "Observation", "extension": [{"url": "http://x.org/e", "valueAnnotation": {"text": NOTE}}]},
        {"resourceType": "Observation", "performer": [{"display": NOTE}]},
        {"resourceType": "Observation", "contained": [{"resourceType": "Basic", "code": {"text": NOTE}}]},
        {"resourceType": "QuestionnaireResponse", "item": [{"text": NOTE, "answer": [{"valueString": NOTE}]}]},
        {
            "resourceType": "QuestionnaireResponse",
            "item": [{"answer": [{"item": [{"answer": [{"valueString": NOTE}]}]}]}],
        },
        {"resourceType": "Communication", "payload": [{"contentString": NOTE}]},
        {"resourceType": "Parameters", "parameter": [{"name": "p", "part": [{"name": "q", "valueString": NOTE}]}]},
        {
            "resourceType": "Parameters",
            "parameter": [{"name": "p", "resource": {"resourceType": "List", "title": NOTE}}],
        },
    ],
    ids=lambda planted: ".".join(list(planted)[:2]),
)
def test_a_name_in_text_is_replaced(planted: dict[str, object], deidentifier: Deidentifier) -> None:
    entries = [{"resource": PATIENT}, {"resource": planted}]
    about = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    outcome = process(deidentifier, json.dumps(about).encode(), Format.FHIR)
    assert not isinstance(outcome, Quarantined), outcome
    assert FAMILY not in outcome.content.decode()
    assert GIVEN not in outcome.content.decode()
