import pytest
from marked import detect, found, labelled, plain, rows

HOUSES = {
    "LOCATION/HOSPITAL": rows("""
        at «Mercy General Hospital»
        «St. Mary's Medical Center»
        to «Brigham Clinic»
        «Massachusetts General Hospital»
        AT «MERCY GENERAL HOSPITAL» FOR
        «Mayo Clinic»
        from «Sunrise Nursing Home»
        «University of Iowa Hospitals»
        «Our Lady of Lourdes Hospital»
        «Cedars-Sinai»
        at «Kaiser Permanente»
        «Johns Hopkins»
        «Hospital for Special Surgery»
        «Lakeside Health Center»
        at «mercy general hospital» for
        «Royal Victoria Infirmary»
        «Good Samaritan Hospital»
        «Hope Hospital»
        «St Thomas' Hospital»
        «Oak Street Health Clinic»
        «Leeds Teaching Hospitals NHS Trust»
    """),
    "LOCATION/ORGANIZATION": rows("""
        at «Lincoln High School»
        «University of Denver»
        works at «Walmart»
        «Acme Widgets, Inc»
        employed by «Smith Barney»
        «Roosevelt Elementary School»
        «Boston College»
        works for «General Electric»
    """),
}
NO_HOUSES = rows("""
    the hospital
    taken to the Hospital
    the pain clinic
    Pediatric Urology Clinic
    Cardiology Clinic
    HOSPITAL COURSE
    BRIEF HOSPITAL COURSE
    an oil company
    enjoying school
    year-old high school
    General Hospital
    Community Hospital
    our clinic
    ADDITIONAL LABORATORY DATA
    Emergency Department
    nursing home
    retired school teacher
    home health care
    Hospital-acquired
    Night College
    transferred to the ICU
    transferred to PACU
    works at home
    works for a bank
    radiology
    follow up in Glaucoma Clinic
    seen in the arrhythmia clinic
    the falls clinic
    NEUROPHYSIOLOGY   Outpatient Clinic
    Wheelchair Clinic
""")
CASES = [(label, row) for label, block in HOUSES.items() for row in block]


@pytest.mark.parametrize(("label", "row"), CASES)
@pytest.mark.parametrize("around", [("", ""), ("x. ", " y")])
def test_a_house_is_found(label: str, row: str, around: tuple[str, str]) -> None:
    assert found(row, label, around=around)


@pytest.mark.parametrize("text", NO_HOUSES)
def test_kinds_of_houses_are_no_names(text: str) -> None:
    assert not labelled(detect(text), "LOCATION")


@pytest.mark.parametrize(
    ("label", "row"),
    [
        ("LOCATION/ORGANIZATION", "now at «University of Prague». Landlord is away"),
        ("LOCATION/ORGANIZATION", "Claimant and «Nonesuch Produce Inc». Defendant"),
        ("LOCATION/HOSPITAL", "at «Nonesuch Infirmary» for Bhavna"),
        ("LOCATION/HOSPITAL", "CARDIOLOGY   «Nonesuch Children's Hospital»"),
    ],
)
def test_a_house_ends_where_something_else_begins(label: str, row: str) -> None:
    assert found(row, label)
    start, end = row.index("«"), row.index("»") - 1
    assert all(start <= span.start and span.end <= end for span in detect(plain(row)) if span.label == label)
