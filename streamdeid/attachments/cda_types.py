"""Elements and attributes of CDA R2 (HL7 Clinical Document Architecture, release 2, 2005) and their datatypes, by name.

Names that are not here never enter a path.
"""

from __future__ import annotations

from typing import Final


def _names(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_PARTICIPANTS: Final = (
    "recordTarget patientRole patient guardian guardianPerson guardianOrganization birthplace place "
    "languageCommunication providerOrganization asOrganizationPartOf wholeOrganization author assignedAuthor "
    "assignedPerson assignedAuthoringDevice asMaintainedEntity maintainingPerson representedOrganization dataEnterer "
    "assignedEntity informant relatedEntity relatedPerson custodian assignedCustodian "
    "representedCustodianOrganization informationRecipient intendedRecipient receivedOrganization legalAuthenticator "
    "authenticator participant associatedEntity associatedPerson scopingOrganization participantRole playingDevice "
    "playingEntity scopingEntity inFulfillmentOf order documentationOf serviceEvent performer relatedDocument "
    "parentDocument authorization consent componentOf encompassingEncounter responsibleParty encounterParticipant "
    "location healthCareFacility serviceProviderOrganization subject relatedSubject specimen specimenRole "
    "specimenPlayingEntity product manufacturedProduct manufacturedLabeledDrug manufacturedMaterial "
    "manufacturerOrganization consumable recipient"
)
_STRUCTURE: Final = (
    "ClinicalDocument component structuredBody nonXMLBody section entry entryRelationship act encounter observation "
    "observationMedia organizer procedure regionOfInterest substanceAdministration supply reference externalAct "
    "externalDocument externalObservation externalProcedure referenceRange observationRange precondition criterion "
    "substance maxDoseQuantity numerator denominator realmCode"
)
_VALUES: Final = {
    **dict.fromkeys(("id", "templateId", "typeId", "setId", "patientId"), "II"),
    **dict.fromkeys(
        ("effectiveTime", "time", "birthTime", "deceasedTime", "availabilityTime", "useablePeriod", "expirationTime"),
        "TS",
    ),
    **dict.fromkeys(("telecom", "reference"), "TEL"),
    "addr": "AD",
    **dict.fromkeys(("title", "lotNumberText", "derivationExpr"), "ST"),
    **dict.fromkeys(("text", "originalText", "desc", "thumbnail"), "ED"),
    **dict.fromkeys(("softwareName", "manufacturerModelName"), "SC"),
    **dict.fromkeys(
        _names(
            "code confidentialityCode languageCode statusCode signatureCode administrativeGenderCode raceCode "
            "ethnicGroupCode maritalStatusCode religiousAffiliationCode standardIndustryClassCode functionCode "
            "priorityCode targetSiteCode approachSiteCode methodCode interpretationCode routeCode "
            "administrationUnitCode modeCode proficiencyLevelCode preferenceInd dischargeDispositionCode "
            "admissionReferralSourceCode translation qualifier awarenessCode formCode handlingCode riskCode "
            "quantityCode realmCode preferredCode capacityQuantity"
        ),
        "CE",
    ),
    **dict.fromkeys(
        ("doseQuantity", "rateQuantity", "quantity", "width", "period", "maxDoseQuantity", "numerator", "denominator"),
        "PQ",
    ),
    **dict.fromkeys(("repeatNumber", "versionNumber", "sequenceNumber", "multipleBirthOrderNumber"), "INT"),
    **dict.fromkeys(("independentInd", "seperatableInd", "negationInd", "deceasedInd", "multipleBirthInd"), "BL"),
    "criterion": "",
}
#: Parts of a name (ENXP) and of an address (ADXP).
_NAME_PARTS: Final = _names("family given prefix suffix delimiter validTime")
_ADDRESS_PARTS: Final = _names(
    "streetAddressLine houseNumber houseNumberNumeric streetName streetNameBase streetNameType direction "
    "additionalLocator unitID unitType careOf censusTract city county state postalCode postBox country precinct "
    "deliveryAddressLine deliveryInstallationType deliveryInstallationArea deliveryInstallationQualifier "
    "deliveryMode deliveryModeIdentifier buildingNumberSuffix delimiter"
)
#: Bounds of an interval have the type of the interval.
_BOUNDS: Final = _names("low high center phase event offset origin")
_PERSONS: Final = _names(
    "patient guardianPerson assignedPerson maintainingPerson relatedPerson associatedPerson informationRecipient "
    "subject relatedSubject"
)
_XSI: Final = {
    **dict.fromkeys(("TS", "IVL_TS", "PIVL_TS", "EIVL_TS", "SXCM_TS", "SXPR_TS"), "TS"),
    **dict.fromkeys(("PQ", "IVL_PQ", "SLIST_PQ", "RTO_PQ_PQ", "MO", "RTO", "PPD_PQ"), "PQ"),
    **dict.fromkeys(("INT", "IVL_INT", "REAL", "IVL_REAL"), "INT"),
    **dict.fromkeys(("CD", "CE", "CV", "CS", "CO", "PIVL", "SC"), "CE"),
    **{name: name for name in ("ST", "ED", "II", "TEL", "AD", "BL", "EN", "PN", "ON", "TN")},
}
#: Elements of narrative, StrucDoc, and what they set apart.
NARRATIVE: Final = {
    **dict.fromkeys(
        _names("paragraph list item caption table thead tbody tfoot tr br renderMultiMedia footnote title text"), "\n"
    ),
    **dict.fromkeys(("td", "th"), "\t"),
    **dict.fromkeys(("content", "sub", "sup", "linkHtml", "footnoteRef", "col", "colgroup"), ""),
}
#: Where narrative stands.
NARRATIVE_HOLDERS: Final = frozenset(("section",))

ELEMENTS: Final = frozenset(
    (*_PARTICIPANTS.split(), *_STRUCTURE.split(), *_VALUES, *_NAME_PARTS, *_ADDRESS_PARTS, *_BOUNDS, "name", "value")
)
_STRUCTURAL: Final = _names(
    "classCode moodCode typeCode determinerCode contextControlCode contextConductionInd inversionInd negationInd "
    "nullFlavor use type operator institutionSpecified qualifier inclusive mediaType representation language "
    "compression alignment partType independentInd integrityCheckAlgorithm"
)
_CODED: Final = _names("code codeSystem codeSystemName codeSystemVersion displayName")
_IDENTIFIED: Final = _names("root extension assigningAuthorityName displayable")
_PRIMITIVES: Final = {
    "displayName": "st",
    "codeSystemName": "st",
    "codeSystemVersion": "st",
    "code": "cs",
    "codeSystem": "uid",
    "root": "uid",
    "extension": "st",
    "assigningAuthorityName": "st",
    "displayable": "bl",
    "unit": "cs",
}
_VALUE_PRIMITIVES: Final = {"TS": "ts", "TEL": "url", "PQ": "real", "INT": "int", "BL": "bl"}
ATTRIBUTES: Final = frozenset(
    (*_STRUCTURAL, *_CODED, *_IDENTIFIED, *_names("value unit ID IDREF href name rel rev styleCode colspan rowspan"))
) | _names(
    "border width align valign cellpadding cellspacing frame rules summary revised listType headers scope abbr axis "
    "char charoff span referencedObject schemaLocation integrityCheck mediaType"
)


def type_of(name: str, xsi_type: str, parent: str, parent_type: str) -> str:
    """The datatype of an element; empty if it is a class, or unknown.

    `name` is the element's, `xsi_type` what it says itself, `parent` and `parent_type` are those of the one around it.
    """
    if xsi_type in _XSI:
        return _XSI[xsi_type]
    if name in _BOUNDS:
        return parent_type
    if parent_type in ("PN", "ON", "EN") and name in _NAME_PARTS:
        return f"{parent_type}.{name}"
    if parent_type == "AD" and name in _ADDRESS_PARTS:
        return f"AD.{name}"
    if name == "name":
        return _name_type(parent)
    if parent == "reference" and name not in _VALUES:
        return ""
    return _VALUES.get(name, "")


def _name_type(parent: str) -> str:
    if parent in _PERSONS:
        return "PN"
    if parent == "qualifier":
        return "CE"
    return "ON" if "Organization" in parent else "EN"


def type_lineage(datatype: str) -> tuple[str, ...]:
    """The names of a datatype as a policy may know them: ``PN.family`` is ``EN.family`` and ``ENXP`` as well."""
    general, _, part = datatype.partition(".")
    if general in ("PN", "ON"):
        return (datatype, f"EN.{part}", "ENXP") if part else (datatype, "EN")
    if part:
        return (datatype, "ENXP" if general == "EN" else "ADXP")
    return (datatype,) if datatype else ()


def attribute_lineage(name: str, datatype: str) -> tuple[str, ...]:
    """The datatype's names of an attribute, ``II.extension`` and ``st``; of ``value`` and ``unit`` by `datatype`."""
    if name in _CODED:
        return (f"CE.{name}", _PRIMITIVES[name])
    if name in _IDENTIFIED:
        return (f"II.{name}", _PRIMITIVES[name])
    if name in _STRUCTURAL:
        return ("cda.structural", "cs")
    if name == "value" and datatype in _VALUE_PRIMITIVES:
        return (f"{datatype}.value", _VALUE_PRIMITIVES[datatype])
    return (f"PQ.{name}", "cs") if name == "unit" else ()
