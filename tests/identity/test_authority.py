"""One assigning authority has one name, in both formats."""

import pytest

from streamdeid.identity.authority import Authorities, from_hd, from_system


@pytest.mark.parametrize(
    ("hd", "system"),
    [
        (("HOSP", "1.2.840.1", "ISO"), "urn:oid:1.2.840.1"),
        (("HOSP", "", ""), "urn:id:HOSP"),
        (("hosp", "", ""), "HOSP"),
        (("", "http://hospital.example/mrn/", "URI"), "http://hospital.example/mrn"),
        (("", "5F0C4E4A-0000-4000-8000-000000000001", "UUID"), "urn:uuid:5f0c4e4a-0000-4000-8000-000000000001"),
        (("", "", ""), ""),
    ],
)
def test_hd_and_system_meet(hd: tuple[str, str, str], system: str) -> None:
    assert from_hd(*hd) == from_system(system)


def test_different_authorities_stay_different() -> None:
    names = {from_system(name) for name in ("HOSP", "HOSP2", "urn:oid:1.2", "urn:oid:1.20", "http://a/x", "http://a/y")}
    assert len(names) == 6


def test_aliases_join_what_a_site_knows_to_be_one() -> None:
    authorities = Authorities({"HOSP": ("urn:oid:1.2.3", "http://hosp.example/mrn")})
    assert authorities.of_hd("HOSP") == authorities.of_system("urn:oid:1.2.3")
    assert authorities.of_hd("hosp") == authorities.of_system("http://hosp.example/mrn/")
    assert authorities.of_hd("HOSP", "9.9.9", "ISO") == authorities.of_hd("HOSP")
    assert authorities.of_hd("OTHER") != authorities.of_hd("HOSP")
