import pytest
from marked import detect, found, labelled, rows

IDENTIFIERS = {
    "ID/SSN": rows("""
        «123-45-6789»
        SSN «123456789»
        ssn: «123 45 6789»
        SS# «123-45-6789»
        social security number is «123-45-6789»
        «123 45 6789»
        «xxx-xx-1234»
        last 4 of SSN: «1234»
        SSN ending in «1234»
        NI number «AB 12 34 56 C»
    """),
    "ID/MRN": rows("""
        MRN «123456»
        MRN: «00123456»
        mrn#«12345»
        Medical Record Number: «A123456»
        med rec no. «12-34-56»
        Patient ID: «P00123»
        MR# «123456»
        Chart # «45678»
        medical record «1234567»
        hospital number «H123456»
        Unit No: «1234567»
        MRN is «123456»
        MRN «123 45 67»
        NHS No. «943 476 5919»
        NHS number «9434765919»
        «943 476 5919»
        (MRN «E1234567»)
        CHI number: «0101701234»
        UHID: «12345678»
        Pt ID «12345»
    """),
    "ID/ACCOUNT": rows("""
        Account Number: «123456789»
        acct# «12345-67»
        Acct: «A12345»
        CSN «123456789»
        «4111 1111 1111 1111»
        «4111-1111-1111-1111»
        «4111111111111111»
        «GB82 WEST 1234 5698 7654 32»
        Encounter #: «98765»
        FIN: «123456789»
        Visit number «V12345»
        Invoice #«12345»
        «3782 822463 10005»
    """),
    "ID/PLAN": rows("""
        Policy number: «ABC123456»
        Member ID: «W123456789»
        Medicaid ID «AB12345C»
        Medicare number «1EG4-TE5-MK73»
        «1EG4TE5MK73»
        Group #: «G12345»
        Subscriber ID «123456789A»
        Insurance ID: «XYZ123456»
        HICN: «123456789A»
        Claim # «CLM-12345»
    """),
    "ID/LICENSE": rows("""
        license number «A1234567»
        License #: «MD12345»
        driver's license «D1234567»
        DEA «AB1234563»
        DEA# «BS9876543»
        «AB1234563»
        Lic. No. «12345»
        Certificate number: «C-12345»
        Passport No. «123456789»
        passport «X1234567»
        DL# «S1234567»
    """),
    "ID/NPI": rows("""
        NPI «1234567893»
        NPI: «1234567893»
        «1234567893»
        NPI # «1234567899»
    """),
    "ID/VEHICLE": rows("""
        «1HGCM82633A004352»
        VIN «1HGCM82633A004352»
        license plate «ABC 1234»
        license plate number «7ABC123»
        plate # «ABC123»
        Vehicle registration: «AB12 CDE»
    """),
    "ID/DEVICE": rows("""
        serial number «SN12345»
        S/N «123456»
        Serial #: «ABC-12345»
        «(01)00844588003288(17)141120(10)7654321D(21)10987654d321»
        lot # «A1234»
        model #: «4470»
        IMEI «490154203237518»
        «00:1A:2B:3C:4D:5E»
        «00-1a-2b-3c-4d-5e»
        Device ID: «PM-12345»
        serial «AB12345»
        UDI: «00844588003288»
    """),
    "ID/OTHER": rows("""
        Accession #: «S23-12345»
        Accession Number «ACC123456»
        Case number «2023-1234»
        specimen ID: «SP-1234»
        «S-23-12345»
        Study ID: «ABC-001»
        Subject #«1001-02»
        id: «12345»
        «550e8400-e29b-41d4-a716-446655440000»
        Rx# «1234567»
        Order # «987654»
        employee ID «E12345»
        «1234567»
        «AB1234567»
        badge #«12345»
        «000-12-3456»
        NCT number «NCT01234567»
        Confirmation #: «X9Y8Z7»
        ref: «AB/123/45»
        «1.2.840.113619.2.55.3.604688119.868.1234»
    """),
}
NO_IDENTIFIERS = rows("""
    case 5
    group 2 patients
    order 3 units
    study 12
    lot of pain
    model for this
    titanium plate from C3
    plate 23 mm
    series #3
    #18-gauge needle
    #28-French chest tube
    #10-14
    CPT code 22851-59
    1000000 units
    2500000 IU
    WBC 12,000
    hemoglobin 12.345678
    visit: 3/5/2024
    record: 10/10
    account for 50%
    policy of no lifting
    T12-L1
    H1N1
    COVID-19
    C5-C6
    Q12H
    B12 1000 mcg
    stage T1N0M0
    2010-2011
    FEV1 2.3
    plan: 2 days
    report: 3 lesions
    order: 5 mg
    claim is denied
    chart review
    DEA AB123
    serial 7 films
    lot 2 days
    SSN
    member of the family
    $1234567
    12-lead ECG
    3-0 Vicryl
    1-2-3
    Reason for visit: 60-day review
    Medicare 3-midnight rule
""")
CASES = [(label, row) for label, block in IDENTIFIERS.items() for row in block]


@pytest.mark.parametrize(("label", "row"), CASES)
@pytest.mark.parametrize("around", [("", ""), ("x. ", " y"), ("x; ", ", y")])
def test_an_identifier_is_found(label: str, row: str, around: tuple[str, str]) -> None:
    assert found(row, label, around=around)


@pytest.mark.parametrize(("label", "row"), CASES)
def test_identifiers_in_capitals_and_small_letters(label: str, row: str) -> None:
    assert found(row.upper(), label)
    assert found(row.lower(), label)


@pytest.mark.parametrize("text", NO_IDENTIFIERS)
def test_amounts_sizes_and_levels_are_no_identifiers(text: str) -> None:
    assert not labelled(detect(text), "ID")


@pytest.mark.parametrize("number", ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000"])
def test_numbers_that_no_ssn_has_are_covered_but_not_called_one(number: str) -> None:
    assert labelled(detect(number), "ID")
    assert "ID/SSN" not in labelled(detect(number), "ID")


@pytest.mark.parametrize(("right", "wrong"), [("NPI 1234567893", "NPI 1234567894"), ("DEA AB1234563", "DEA AB1234564")])
def test_a_right_check_digit_scores_higher(right: str, wrong: str) -> None:
    assert max(s.score for s in detect(right)) > max(s.score for s in detect(wrong)) > 0.7


def test_a_long_number_without_context_scores_low() -> None:
    assert max(s.score for s in detect("the value 30412345")) <= 0.5
