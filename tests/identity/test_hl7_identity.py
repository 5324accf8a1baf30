"""Who an HL7 v2 message is about, and that it is the same patient as in FHIR."""

import json
from typing import Any

import pytest
from handwritten import MRN, OID, OTHER_PID, PID, adt, er7, patient

from streamdeid.errors import IdentityError
from streamdeid.formats import er7 as er7_format
from streamdeid.formats import fhir
from streamdeid.identity import NO_PATIENT, Identification, Identifying
from streamdeid.policy.policy import IdentityRules
from streamdeid.transform.prf import Prf

PRF = Prf(b"a made-up secret")


def identify(content: bytes, **rules: Any) -> Identification:
    return Identifying(PRF, IdentityRules(**rules))(er7_format.scan(content))


def key(pid_3: str, **rules: Any) -> str:
    (found,) = identify(adt(pid=f"PID|1||{pid_3}||Doemann^Johanna||19610214"), **rules).patients
    return found


def fhir_key(*identifiers: dict[str, object], **rules: Any) -> str:
    content = json.dumps(patient(identifier=identifiers)).encode()
    (found,) = Identifying(PRF, IdentityRules(**rules))(fhir.scan(content)).patients
    return found


@pytest.mark.parametrize(
    ("hd", "system"),
    [
        ("MADEUP&2.999.1&ISO", "urn:oid:2.999.1"),
        ("&2.999.1&ISO", "urn:oid:2.999.1"),
        ("MADEUP", "urn:id:MADEUP"),
        ("MADEUP", "madeup"),
        ("&http://madeup.example/mrn&URI", "http://madeup.example/mrn/"),
        ("&5f0c4e4a-0000-4000-8000-000000000001&UUID", "urn:uuid:5F0C4E4A-0000-4000-8000-000000000001"),
    ],
)
def test_one_number_of_one_authority_is_one_patient_in_both_formats(hd: str, system: str) -> None:
    assert key(f"{MRN}^^^{hd}^MR") == fhir_key({"system": system, "value": MRN})


def test_aliases_of_the_policy_join_spellings_of_one_authority() -> None:
    authorities = {"MADEUP": ("urn:oid:2.999.1", "http://madeup.example/mrn")}
    made = key(f"{MRN}^^^MADEUP^MR", authorities=authorities)
    assert made == key(f"{MRN}^^^&2.999.1&ISO^MR", authorities=authorities)
    assert made == fhir_key({"system": "http://madeup.example/mrn", "value": MRN}, authorities=authorities)
    assert made == fhir_key({"system": "urn:oid:2.999.1", "value": MRN}, authorities=authorities)
    assert made != fhir_key({"system": "http://madeup.example/mrn", "value": MRN})


@pytest.mark.parametrize("version", ["2.1", "2.3", "2.5.1", "2.8.2", ""])
def test_the_version_does_not_matter(version: str) -> None:
    content = er7("ADT^A01", f"PID|1||{MRN}^^^MADEUP^MR||Doemann^Johanna||19610214", version=version)
    assert identify(content).patients[0] == key(f"{MRN}^^^MADEUP^MR")


def test_the_medical_record_number_counts_wherever_it_stands() -> None:
    numbers = (f"{MRN}^^^MADEUP^MR", "77^^^MADEUP^PI", "900110001^^^USSSA^SS", "81^^^MADEUP^AN")
    assert key("~".join(numbers)) == key("~".join(reversed(numbers))) == key(numbers[0])


def test_numbers_of_blanks_and_nulls_are_none() -> None:
    assert key(f'""^^^MADEUP^MR~ ^^^MADEUP^MR~{MRN}^^^MADEUP^MR') == key(f"{MRN}^^^MADEUP^MR")


@pytest.mark.parametrize("before", ["|", "|||"], ids=["PID-2", "PID-4"])
def test_older_fields_stand_in_for_a_missing_pid_3(before: str) -> None:
    assert identify(adt(pid=f"PID|1{before}{MRN}^^^MADEUP")).patients == (key(f"{MRN}^^^MADEUP^MR"),)


def test_an_account_number_names_a_patient_unless_the_policy_says_it_does_not() -> None:
    content = adt(pid=f"PID|1||||Doemann^Johanna||19610214|||||||||||{MRN}^^^MADEUP")
    assert identify(content).patients == (key(f"{MRN}^^^MADEUP^MR"),)
    by_name = identify(adt(pid="PID|1||||Doemann^Johanna||19610214")).patients
    assert identify(content, never=["SS", "AN"]).patients == by_name


def test_pid_3_goes_before_older_fields() -> None:
    assert identify(adt(pid=f"PID|1|111^^^MADEUP|{MRN}^^^MADEUP^MR|222^^^MADEUP")).patients == (key(f"{MRN}^^^MADEUP"),)


def test_two_medical_record_numbers_of_one_authority_are_ambiguous() -> None:
    with pytest.raises(IdentityError, match=r"^identity\.ambiguous at PID-3$"):
        key(f"{MRN}^^^MADEUP^MR~40017766^^^MADEUP^MR")


@pytest.mark.parametrize("kind", ["ADT^A01", "ORU^R01", "MDM^T02", "SIU^S12", "VXU^V04", "ADT^Z99", "ZZZ^Z01", ""])
def test_a_message_that_must_have_a_pid_has_one(kind: str) -> None:
    with pytest.raises(IdentityError, match=r"^identity\.missing at PID$"):
        identify(er7(kind, "EVN|A01|20240305"))


def test_a_pid_that_names_nobody_is_missing() -> None:
    with pytest.raises(IdentityError, match=r"^identity\.missing at PID-3$"):
        identify(adt(pid="PID|1||||Doemann^Johanna"))


@pytest.mark.parametrize(("kind", "segment"), [("ACK^A01", "MSA|AA|MSG00001"), ("MFN^M02", "MFI|STF||UPD|||AL")])
def test_an_acknowledgement_is_about_nobody(kind: str, segment: str) -> None:
    found = identify(er7(kind, segment))
    assert found.patients == (NO_PATIENT,)
    assert list(found.owners) == [0, 0]
    assert not found.stating


def test_a_pid_speaks_for_the_segments_up_to_the_next() -> None:
    content = er7("ADT^A17", "EVN|A17|20240305", PID, "PV1|1|I", OTHER_PID, "PV1|1|I")
    found = identify(content)
    assert found.patients == (key(f"{MRN}^^^&{OID}&ISO^MR"), key(f"70028831^^^&{OID}&ISO^MR"))
    assert list(found.owners) == [0, 0, 0, 0, 1, 1]
    assert found.stating == {2, 4}
    assert not found.merges


def test_one_patient_in_two_pids_is_one() -> None:
    found = identify(er7("ORU^R01", PID, "OBR|1", OTHER_PID, "OBR|1", PID, "OBR|2"))
    assert len(found.patients) == 2
    assert list(found.owners) == [0, 0, 0, 1, 1, 0, 0]


@pytest.mark.parametrize("event", ["A18", "A30", "A34", "A36", "A39", "A40", "A46", "A47"])
def test_mrg_names_who_was_merged_into_whom(event: str) -> None:
    found = identify(adt(event, f"MRG|70028831^^^MADEUP&{OID}&ISO^MR"))
    assert found.patients == (key(f"{MRN}^^^&{OID}&ISO^MR"),)
    assert found.merges == ((key(f"70028831^^^&{OID}&ISO^MR"), found.patients[0]),)


def test_several_merges_of_one_message_each_go_to_their_own_survivor() -> None:
    third = "PID|1||555^^^MADEUP^MR||Third^Made||19700101"
    content = er7("ADT^A40", "EVN|A40|20240305", PID, "MRG|111^^^MADEUP^MR", third, "MRG|222^^^MADEUP^MR")
    assert identify(content).merges == (
        (key("111^^^MADEUP^MR"), key(f"{MRN}^^^&{OID}&ISO^MR")),
        (key("222^^^MADEUP^MR"), key("555^^^MADEUP^MR")),
    )


def test_a_merge_of_accounts_of_one_patient_is_no_merge_of_patients() -> None:
    assert not identify(adt("A41", f"MRG|{MRN}^^^MADEUP&{OID}&ISO^MR||8877")).merges


def test_a_merge_without_a_prior_number_is_none() -> None:
    assert not identify(adt("A40", "MRG|||||||Doemann^Johanna")).merges


@pytest.mark.parametrize("event", ["A24", "A35", "A37", "A41", "A42", "A43", "A44", "A45", "A50", "A51", "A06"])
def test_accounts_and_visits_that_merge_or_move_do_not_make_two_patients_one(event: str) -> None:
    assert not identify(adt(event, f"MRG|70028831^^^MADEUP&{OID}&ISO^MR||8877")).merges


def test_several_numbers_of_the_prior_patient_are_merged_each() -> None:
    found = identify(adt("A40", "MRG|111^^^MADEUP^MR~222^^^MADEUP^MR~900110001^^^USSSA^SS"))
    assert [prior for prior, _ in found.merges] == [key("111^^^MADEUP^MR"), key("222^^^MADEUP^MR")]


@pytest.mark.parametrize(
    "query", [f"QRD|20240305|R|I|Q1|||1^RD|{MRN}^Doemann^Johanna^^^^^^MADEUP", f"URD|20240305||{MRN}^^^^^^^^MADEUP"]
)
def test_a_query_is_about_whom_it_asks(query: str) -> None:
    assert identify(er7("QRY^A19", query)).patients == (key(f"{MRN}^^^MADEUP^MR"),)
