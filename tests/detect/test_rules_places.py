import pytest
from marked import detect, found, labelled, rows

PLACES = {
    "LOCATION/STREET": rows("""
        «123 Main Street»
        «123 Main St.»
        «4500 S. Lake Shore Dr, Apt 4B»
        «12 Acacia Avenue»
        «P.O. Box 123»
        «PO Box 4567»
        «1600 Pennsylvania Ave NW»
        «742 Evergreen Terrace»
        lives at «55 5th Ave»
        «221B Baker Street»
        «10 Downing Street»
        «123 MAIN ST»
        «99 Old Mill Rd.»
        «Apt 12»
        «350 W 42nd St, Suite 1200»
        «12345 County Road 12»
        «17 Oak Ct»
        «8 Station Road»
        «1 Elm Way»
        «2500 Martin Luther King Blvd»
        «RR 2 Box 45»
        «123 main street»
        «9800 Highway 290»
        «123 St. Mary's Rd»
    """),
    "LOCATION/ZIP": rows("""
        Springfield, IL «62704»
        zip «90210»
        zip code: «90210-1234»
        Texas «77001»
        «SW1A 1AA»
        «M1 1AE»
        «K1A 0B1»
        Leeds «LS1 4AB»
        «90210-1234»
        SPRINGFIELD, IL «62704»
        springfield, il «62704»
        «sw1a 1aa»
        Boston MA «02115»
        «EC1A1BB»
    """),
    "LOCATION/CITY": rows("""
        «Springfield», IL 62704
        «Springfield», IL
        lives in «Oakville»
        moved from «Grand Rapids»
        «SPRINGFIELD», IL 62704
        «springfield», il 62704
        born in «Austin», Texas
        in «Seattle» she
        from «New York City»
        «Fort Worth», TX
        «St. Louis», MO
        resident of «Westfield»
        «Boston», Massachusetts
        «Winston-Salem», NC
        «Baltimore», MD
    """),
    "LOCATION/ROOM": rows("""
        «Room 412»
        «bed 12B»
        «Rm. 5»
        «ROOM 412-2»
        «ward 7»
        «room #12»
        «Bay 3»
    """),
    "LOCATION/COUNTY": rows("""
        «Orange County»
        County of «Kent»
    """),
    "LOCATION/STATE": rows("""
        Boise, «ID» 83702
        Springfield, «IL» 62704
        Austin, «Texas»
        moved to «Florida»
    """),
    "LOCATION/GEO": rows("""
        at «40.712776, -74.005974»
    """),
}
NO_PLACES = rows("""
    2 weeks ago
    45 degrees way
    1 tablet every day
    the operating room #4
    operating room 12
    room air 98%
    bed rest
    bed 2 times a day
    stage T1N0M0
    Smith, MD
    Jones, PA
    2 mg, or 4 mg
    pain, in general
    well, ok
    Glasgow coma scale
    Boston brace
    Toronto score
    New York Heart Association class
    LIMA to LAD
    county jail
    12345 units
    lives in fear
    born in 1950
    moved to tears
    lives in Mexico
    12 hour course
    3 cm close to the
    4 chamber view
    5 point restraint
    ward rounds
    unit dose
    suite of tests
    24 hour place holder
    C5 6CM
    on 10300 cells
    Ottawa ankle rules negative
    Ottawa positive, so films
    Boston 3-2-3, hot snare
    Paris Is 11 mm
    Prague C2M4, lost to follow-up
    Vancouver B2 fracture
    Bristol 6 x1 overnight
    Bristol stool chart type 6
    Philadelphia positive
    Edinburgh Postnatal Depression Scale
    Los Angeles C oesophagitis
    Seattle biopsies x 16
    Worcester sauce
    Miami J on overnight
    Dallas lymphocytic myocarditis
    Berlin: moderate
    Barcelona D, no transplant
    Oxford LACS
    IgA, Oxford M1 E0 S1 T1 C0
    Exeter (the stem) was loose
    Exeter cement
    the Salem sump
    Manchester cat 3
    Nottingham 7 grade II
    Philadelphia collar
    San Francisco syncope 0
""")
CASES = [(label, row) for label, block in PLACES.items() for row in block]


@pytest.mark.parametrize(("label", "row"), CASES)
@pytest.mark.parametrize("around", [("", ""), ("x. ", " y")])
def test_a_place_is_found(label: str, row: str, around: tuple[str, str]) -> None:
    assert found(row, label, around=around)


@pytest.mark.parametrize("text", NO_PLACES)
def test_what_is_no_place(text: str) -> None:
    assert not labelled(detect(text), "LOCATION")


def test_a_whole_address() -> None:
    text = "He lives at 742 Evergreen Terrace, Springfield, IL 62704."
    assert {text[s.start : s.end]: s.label for s in sorted(detect(text), key=lambda s: s.score)} == {
        "742 Evergreen Terrace": "LOCATION/STREET",
        "Springfield": "LOCATION/CITY",
        "IL": "LOCATION/STATE",
        "62704": "LOCATION/ZIP",
    }


def test_a_city_ends_with_its_line() -> None:
    assert found("13 Angelou Court, «Chester»\nHome tel: withheld", "LOCATION/CITY")


@pytest.mark.parametrize(
    "row",
    [
        "moved to «Bristol» last week",
        "a native of «Ottawa»",
        "«Vancouver» B.C.",
        "«Paris», 11 of us",
        "«Paris» is lovely",
        "«Los Angeles» a year ago",
        "«Barcelona» a week",
        "«Berlin» model",
        "a «Boston» charter",
    ],
)
def test_cities_that_scores_are_called_after_are_found_elsewhere(row: str) -> None:
    assert found(row, "LOCATION/CITY")


def test_an_identifier_is_no_idaho() -> None:
    assert "LOCATION/STATE" not in labelled(detect("interpreter used, ID 35495"), "LOCATION")
