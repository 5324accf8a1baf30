import pytest

from streamdeid.attachments import cda
from streamdeid.errors import ScanError
from streamdeid.formats.splice import splice
from streamdeid.types import Edit, Leaf

# Nobody in this document exists.
SOURCE = b"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <realmCode code="US"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
  <id root="2.999.1" extension="DOC-1"/>
  <code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summary of Doe"/>
  <title>Summary for John Doe</title>
  <effectiveTime value="20210304091500-0500"/>
  <recordTarget>
    <patientRole>
      <id extension="4711" root="2.999.2" assigningAuthorityName="Spring Clinic"/>
      <addr use="HP"><streetAddressLine>1 Elm St</streetAddressLine><city>Springfield</city>
        <state>OR</state><postalCode>97477</postalCode></addr>
      <telecom value="tel:+1-541-555-0100" use="HP"/>
      <patient>
        <name use="L"><given>John</given> <given>Q</given><family>Doe</family></name>
        <administrativeGenderCode code="M" codeSystem="2.16.840.1.113883.5.1"/>
        <birthTime value="19510203"/>
        <sdtc:deceasedInd value="false"/>
        <birthplace><place><addr><city>Shelbyville</city></addr></place></birthplace>
      </patient>
      <providerOrganization><name>Spring Clinic</name></providerOrganization>
    </patientRole>
  </recordTarget>
  <author><time><low value="20210304"/></time><assignedAuthor><id nullFlavor="NI"/>
    <assignedPerson><name>Ann Roe</name></assignedPerson></assignedAuthor></author>
  <component><structuredBody><component><section>
    <title>Course</title>
    <text ID="t1"><paragraph>Mr. <content styleCode="Bold">Jo</content>hn Doe<br/>felt well.</paragraph>
      <table><tbody><tr><td>MRN</td><td>4711</td></tr></tbody></table>
      <list><item>See <linkHtml href="mailto:a.roe@example.org">Dr. Roe</linkHtml></item></list></text>
    <entry><observation classCode="OBS" moodCode="EVN">
      <code code="1"><originalText>as John said<reference value="#t1"/></originalText></code>
      <text>free text</text>
      <value xsi:type="PQ" value="5.5" unit="mg"/>
      <value xsi:type="IVL_TS"><low value="20210101"/></value>
      <value xsi:type="ST">John Doe is well</value>
      <john_doe secret_4711="x">y</john_doe>
    </observation></entry>
    <entry><observationMedia><value xsi:type="ED" mediaType="image/png" representation="B64">iVBORw0KGgo=</value>
    </observationMedia></entry>
  </section></component></structuredBody></component>
</ClinicalDocument>
"""


@pytest.fixture(scope="module")
def leaves() -> dict[str, Leaf]:
    return {leaf.text: leaf for leaf in cda.scan(SOURCE).leaves}


ROLE = "ClinicalDocument.recordTarget.patientRole"
OBSERVATION = "ClinicalDocument.component.structuredBody.component.section.entry.observation"


@pytest.mark.parametrize(
    ("text", "path", "names"),
    [
        ("DOC-1", "ClinicalDocument.id@extension", ("id@extension", "II.extension", "st")),
        ("POCD_HD000040", "ClinicalDocument.typeId@extension", ("typeId@extension", "II.extension", "st")),
        ("Summary of Doe", "ClinicalDocument.code@displayName", ("code@displayName", "CE.displayName", "st")),
        ("Summary for John Doe", "ClinicalDocument.title", ("title", "ST")),
        (
            "20210304091500-0500",
            "ClinicalDocument.effectiveTime@value",
            ("effectiveTime@value", "TS.value", "ts"),
        ),
        ("Springfield", f"{ROLE}.addr.city", ("city", "AD.city", "ADXP")),
        ("Shelbyville", f"{ROLE}.patient.birthplace.place.addr.city", ("city", "AD.city", "ADXP")),
        ("tel:+1-541-555-0100", f"{ROLE}.telecom@value", ("telecom@value", "TEL.value", "url")),
        ("Doe", f"{ROLE}.patient.name.family", ("family", "PN.family", "EN.family", "ENXP")),
        ("19510203", f"{ROLE}.patient.birthTime@value", ("birthTime@value", "TS.value", "ts")),
        ("false", f"{ROLE}.patient.deceasedInd@value", ("deceasedInd@value", "BL.value", "bl")),
        ("Ann Roe", "ClinicalDocument.author.assignedAuthor.assignedPerson.name", ("name", "PN", "EN")),
        ("20210304", "ClinicalDocument.author.time.low@value", ("low@value", "TS.value", "ts")),
        ("as John said", f"{OBSERVATION}.code.originalText", ("originalText", "ED")),
        ("#t1", f"{OBSERVATION}.code.originalText.reference@value", ("reference@value", "TEL.value", "url")),
        ("free text", f"{OBSERVATION}.text", ("text", "ED")),
        ("5.5", f"{OBSERVATION}.value@value", ("value@value", "PQ.value", "real")),
        ("20210101", f"{OBSERVATION}.value.low@value", ("low@value", "TS.value", "ts")),
        ("John Doe is well", f"{OBSERVATION}.value", ("value", "ST")),
        ("y", f"{OBSERVATION}.?", ()),
        ("x", f"{OBSERVATION}.?@?", ()),
    ],
)
def test_places(leaves: dict[str, Leaf], text: str, path: str, names: tuple[str, ...]) -> None:
    place = leaves[text].place
    assert place.path == f"cda.{path}"
    assert place.lineage == (path, *names, "xml.attribute" if "@" in path else "xml.text")


def test_an_embedded_file(leaves: dict[str, Leaf]) -> None:
    assert leaves["iVBORw0KGgo="].place.lineage[-2:] == ("ED.B64", "xml.embedded")


def test_an_organisation_has_an_organisations_name() -> None:
    places = [leaf.place for leaf in cda.scan(SOURCE).leaves if leaf.text == "Spring Clinic"]
    assert places[0].lineage[2:4] == ("II.assigningAuthorityName", "st")
    assert places[1].lineage[1:] == ("name", "ON", "EN", "xml.text")


def test_parts_of_one_value_are_siblings(leaves: dict[str, Leaf]) -> None:
    assert leaves["John"].holder == leaves["Q"].holder == leaves["Doe"].holder
    assert leaves["4711"].holder != leaves["Doe"].holder
    assert leaves["Springfield"].holder == leaves["OR"].holder
    assert leaves["Springfield"].holder != leaves["Shelbyville"].holder


def test_narrative_reads_on_and_values_alone() -> None:
    document = cda.scan(SOURCE)
    passages = [passage.text for passage in document.passages(document.leaves)]
    assert "Mr. John Doe\nfelt well.\nMRN\t4711\nSee Dr. Roe" in passages
    assert {"Course", "John", "Doe", "free text"} <= set(passages)
    lineages = {leaf.text: leaf.place.lineage for leaf in document.leaves}
    assert lineages["felt well."][1:] == ("StrucDoc.text", "xml.text")
    assert lineages["mailto:a.roe@example.org"][1:] == (
        "StrucDoc.attribute.href",
        "StrucDoc.attribute",
        "xml.attribute",
    )


def test_places_are_shared_and_no_odd_name_enters_one() -> None:
    first, second = cda.scan(SOURCE), cda.scan(SOURCE)
    known = [pair for pair in zip(first.leaves, second.leaves, strict=True) if "?" not in pair[0].place.path]
    assert all(one.place is other.place for one, other in known)
    assert not any("doe" in name.lower() for leaf in first.leaves for name in (leaf.place.path, *leaf.place.lineage))


def test_edits_are_escaped() -> None:
    document = cda.scan(SOURCE)
    edits = [Edit(leaf.start, leaf.end, document.encode(leaf, '"<Roe> & Co"')) for leaf in document.leaves[3:]]
    again = cda.scan(splice(SOURCE, edits))
    assert {leaf.text for leaf in again.leaves[3:]} == {'"<Roe> & Co"'}


def test_other_xml_is_refused() -> None:
    with pytest.raises(ScanError, match=r"attachment\.unreadable"):
        cda.scan(b"<report/>")
