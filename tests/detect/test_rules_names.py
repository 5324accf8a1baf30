import pytest
from marked import detect, found, labelled, plain, rows

NAMES = {
    "NAME/DOCTOR": rows("""
        Dr. «Smith»
        Dear Dr. «Wimbleton»: thank you
        Dear Dr. «Harold  Smith»: thank you
        Dr. «Jane Q. Smith»
        DR. «SMITH» SAW
        dr. «smith» said
        Prof. «Higgins»
        Dictated by: «John Smith»
        Attending: «Smith, John»
        «John Smith», MD
        «Smith, John», MD
        «Jane Doe», RN
        «Jane Doe» MD
        «JANE DOE», M.D.
        electronically signed by «Alan Grant»
        cc: «Alan Grant»
        Surgeon: «O'Brien»
        Dr. «van der Berg»
        Dr. «Anna van der Fabelmann»
        Dr. «Maria de los Santos Nemogarcia»
        Dr. «Foley»
        Dr. «Smith»'s office
        Dr. «Smith-Jones»
        Drs. «Smith» and Jones
        Drs. Smith and «Jones»
        PCP: «Jane Roe»
        Referring Physician: Dr. «Alan Grant»
        «Mary Ann Doe», PA-C
        «Jane Doe», PhD
        «Robert Roe», DO
        Dr «Patel»
        Dr.«Patel»
        Dr. «De La Cruz»
        Dr. «McDonald»
        seen by Dr. «J. Smith»
        ATTENDING PHYSICIAN: «JOHN SMITH»
        Interpreted by: «ROE, RICHARD»
        Dr. «José García»
        Dr. «José Garcia»
        Radiologist: «Wei Chen», M.D.
        Dr. «X»
        «J. R. Smith», M.D.
        DR. «JOHN SMITH» WAS
        Dr. «Nguyễn»
        «Robert Roe Jr.», MD
        Nurse: «Jane Doe»
        Dr. «O'Neill»
        transcribed by: «Ann Lee»
        Ordering Provider: «GRANT, ALAN»
    """),
    "NAME/PATIENT": rows("""
        Surname: «Wimbleton»
        FORENAME: «AOIFIN»
        Family name: «Wimbleton»
        Patient: «John Smith»
        Name: «Smith, John»
        Mr. «Smith»
        Mrs. «Jane Smith»
        Ms. «Doe»
        Miss «Doe»
        PATIENT NAME: «JOHN Q SMITH»
        Patient Name: «Sarah Connor»
        RE: «John Smith»
        MR. «SMITH» IS A
        mr. «smith» is a
        patient name: «john smith»
        named «Sarah Connor»
        Pt: «Doe, Jane»
        Last Name: «Smith»
        First name: «John»
        Mr. «Parkinson»
        Mr. & Mrs. «Smith»
        Mrs. «O'Hara»
        Name: «DOE, JANE A».
        his name is «John Smith»
        Mr «Smith»
    """),
    "NAME/RELATIVE": rows("""
        son «John»
        wife, «Mary», is
        daughter («Susan»)
        husband «John Smith»
        mother, «Mary Smith»
        brother «Tom»'s
        son-in-law «Bob»
        Emergency contact: «Mary Smith»
        Next of kin: «Doe, Mary»
        mother «Xiomarita» said
        sister named «Karen»
        guardian, «Janet Sanchez»
        Mother: «Jane Doe»
        wife «MARY» WAS
    """),
    "NAME/OTHER": rows(r"""
        saw «John Parkinson» today
        «Spencer Wellsby» called
        «Susan Miller» called
        «Smith, John» was here
        Dear «Susan»,
        Sincerely,\n«John Smith»
        with «Mary Hotchkinson»
        Hi «Sarah», how are you
        Dear Dr. «White»:
        and «Lisa Green» came
    """),
}
NO_NAMES = rows("""
    Foley catheter
    a Foley was placed
    Apgar score 9
    Apgars were 8 and 9
    Parkinson's disease
    Murphy sign negative
    Murphy's sign
    Glasgow coma scale 15
    Babinski downgoing
    Hodgkin lymphoma
    Crohn disease
    Wolff Parkinson White
    Jackson Pratt drain
    Austin Flint murmur
    Kelly clamp
    Allen test
    Penrose drain
    Kirschner wires
    Marie Curie syndrome
    Santa Barbara T-tube
    India Ink
    Russell viper venom
    Patient: Yes, I have pain
    Patient: I've had it
    Patient: Denies pain
    Doctor: How are you?
    Name: Lisinopril
    dr the patient
    MS Contin
    MR angiogram
    MS 4
    mother denies
    father had Alzheimer's
    mother, Alzheimer disease
    sister with Crohn
    son has autism
    TSH, ANA
    CBC, BMP, LFT
    Well, thank you
    Dear Parents,
    Dear Team,
    RE: Meeting Reminder
    Subject: Quarterly Report
    cc: chest pain
    CC: Headache
    performed by the surgeon
    reviewed with the patient
    discussed with family
    prepared with Betadine
    by mouth
    seen by cardiology
    referred to Cardiology
    nurse practitioner
    a doctor visit
    the doctor will see him
    Attending: present
    Surgeon: see above
    Baltimore, MD
    pain, do not
    PT, OT and RN
    Will follow
    June 5
    mark the site
    grace period
    rose to 5
    HPI: The
    First name: declined
    Surname: None given
    Maiden name: Unknown
    Mr   Surname: none given
    Madopar MR. Refused tablets
    ordered by District Council
    near 19 5TH DR. Call the office
    Marcus Gunn pupil on the left
    Charles Bonnet hallucinations
    Spencer Wells dropped
    Denis Browne bar
    two Jack Russells
    Braxton Hicks only
""")
CASES = [(label, row) for label, block in NAMES.items() for row in block]
#: Everything but bare names has to be found in notes that are all in capitals or in small letters.
IN_ONE_CASE = rows("""
    dr. «smith» said he will
    dr. «jane smith» said
    seen by dr «patel» today
    mr. «smith» is a
    mrs. «jones» was
    patient: «john smith»
    patient name: «smith, john»
    attending: «john smith»
    electronically signed by: «john smith»
    his wife «mary» was
    next of kin: «mary smith»
    surgeon: «john smith», md
    «john smith», md
""")


@pytest.mark.parametrize(("label", "row"), CASES)
@pytest.mark.parametrize("around", [("", ""), ("x. ", " y")])
def test_a_name_is_found(label: str, row: str, around: tuple[str, str]) -> None:
    assert found(row, label, around=around)


@pytest.mark.parametrize("row", IN_ONE_CASE)
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_names_in_notes_of_one_case(row: str, case: type[str]) -> None:
    start, end = row.index("«"), row.index("»") - 1
    spans = detect(case(plain(row)))
    assert any(s.label.startswith("NAME/") and (s.start, s.end) == (start, end) for s in spans)


@pytest.mark.parametrize("text", NO_NAMES)
def test_eponyms_and_everyday_words_are_no_names(text: str) -> None:
    assert not labelled(detect(text), "NAME")


@pytest.mark.parametrize("eponym", ["Foley", "Parkinson", "Apgar", "Murphy", "Hodgkin", "Crohn"])
def test_an_eponym_is_a_name_after_a_title_or_a_given_name(eponym: str) -> None:
    assert found(f"seen by Dr. «{eponym}»", "NAME/DOCTOR")
    assert found(f"met «Susan {eponym}» there", "NAME/OTHER")


def test_neighbours_stay_two() -> None:
    text = "Dr. Smith Dr. Jones"
    assert {text[s.start : s.end] for s in detect(text)} >= {"Smith", "Jones"}


#: What stands beside a name and is none of it: labels, the next line, verbs, parties, what belongs to somebody.
ENDS = rows(r"""
    Name: «Harold Wimbleton»   Hosp no. 71
    Surname: «Wimbleton»   Forename: given
    Surname:«Wimbleton»\nForename(s):given
    Sig: «Harold Wimbleton»   Print: see above
    Nurse «Harold»\nC\nO
    ward clerk and nurse «Harold»\nPrep the tray
    with wife «zoey» agreeing
    under the care of Defendant «Harold Wimbleton»
    ordered by District Judge «Wimbleton»
    my learned friend Lord «Wimbleton»
    Ms. «Aisha»'s Hashimoto's is stable
    Can you tell nurse «Harold» I'm well
""")


@pytest.mark.parametrize("row", ENDS)
def test_a_name_ends_where_something_else_begins(row: str) -> None:
    start, end = row.index("«"), row.index("»") - 1
    spans = [span for span in detect(plain(row)) if span.label.startswith("NAME")]
    assert (start, end) in {(span.start, span.end) for span in spans}
    assert all(start <= span.start and span.end <= end for span in spans)


def test_a_name_goes_on_after_a_full_line() -> None:
    line = "He was seen this morning on the round of the team by Dr. Harold"
    assert found(f"{line.replace('Harold', '«Harold')}\nWimbleton» and sent home", "NAME/DOCTOR")
