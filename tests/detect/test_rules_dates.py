import pytest
from marked import detect, found, labelled, plain, rows

WRITTEN = rows("""
    «2024-03-05»
    «3/5/24»
    «03-05-2024»
    «5.3.2024»
    «March 5, 2024»
    «5 March 2024»
    «5th of March»
    «Mar 2024»
    «3/2024»
    «March 5»
    «05MAR2024»
    «20240305»
    «20240305143000»
    «2024-03-05T14:30:00Z»
    «2024-03-05T14:30:00.123+01:00»
    «Monday, March 5»
    «March 5-7, 2024»
    «Labor Day»
    «Christmas Eve»
    «Thanksgiving»
    «spring 2019»
    «fall of '98»
    the «summer of 2003»
    «Mar. 5, 2024»
    «5-Mar-24»
    «5/Mar/2024»
    «MARCH 5 2024»
    «march 5, 2024»
    «2024/03/05»
    «03.05.24»
    «Sept. 11, 2001»
    «Sept 2001»
    «Jan-2020»
    «January of 2020»
    the «1990s»
    «12 Feb 2021»
    «12-FEB-2021»
    «December 3rd»
    «3rd December»
    «Dec '98»
    «Fourth of July»
    «New Year's Day»
    «Easter Sunday»
    «2024-03»
    «20240305143000-0500»
    «20240305143000.1234-0500»
    «March fifth»
    the «fifth of March»
    «August of two thousand eight»
    «March 5th, 2024»
    «5 / 3 / 2024»
    «Tuesday 5 March 2024»
    «Fri, Mar 5»
    the «5th day of May, 2020»
    «05/03/2024» 14:30
    «jan 5 2020»
    «Jan 5 '20»
    «5th March 2020»
    «11/2019»
    «MAY 5»
    «ＭＡＲ ５ ２０２４»
    «2024‑03‑05»
""")
IN_CONTEXT = rows("""
    admitted in «1998»
    since «2003»
    on «3/5»
    seen «3/5»
    from «3/5»-3/7/24
    from 3/5-«3/7/24»
    DOB: «03051948»
    DOB «3 5 1948»
    in «March»
    last «August»
    since «8/95»
    in «'98»
    (since «1987»)
    DOS: «03/05»
    born «1948»
    year «2010»
    until «June»
    due «3/15»
    week of «3/5»
    as of «03/05»
    MI «2003», CABG
    «3/5»: patient called
    on «12/24»
    DOB:«3/5/48»
    visit «4/11»
    appt «3/15»
    by «January»
    early «2010»
""")
SEVERAL_DAYS = rows("""
    from «4 to 6 March 2024» on
    «4 to 26 July»
    «4-6 March 2024»
    «4th and 6th of March»
    from the «4th to the 6th of March»
    «4 until 6 March 2024»
    «3rd/4th March»
    the «4th, 5th and 6th of March 2024»
    between «2 and 4 May»
    «Monday 4 to Wednesday 6 March 2024»
    «March 4-6, 2024»
    «March 4th to the 6th»
    «March 4, 5 and 6, 2024»
    «March 4» and 10 mg of it
    on «May 4» and later
    the «fourth to the sixth of March»
    «4-6/3/2024»
    between «4 and 6/3/2024»
    A1C 6 and «3/5/2024»
    between «28 February» and 2 March
    between 28 February and «2 March»
    «4 March» - 6 March 2024
    4 March - «6 March 2024»
""")
NO_SUCH_DAY = rows("""
    «99/99/9999»
    DOB «99/99/9999»
    «00/00/0000»
    «0000-00-00»
    «9999-99-99»
    «99-99-9999»
    «99.99.9999»
    «99/99/99»
    «13/45/2020»
    «13-45-2020»
    «2024-13-45»
    «2024-02-31»
    «31/02/2024»
    on «2/30/24» he
    «20240231»
    «31 February 2024»
    «February 31, 2024»
    «32 March 2024»
    «March 45, 2024»
""")
NO_DATES = rows("""
    pain 5/10
    strength 4/5
    5/5 strength
    BP 120/80
    1/2 tablet
    L4-5
    L4-L5
    T12-L1
    3-0 Vicryl
    2-3 days
    version 1.2.3
    at 14:30
    10 mg
    2000 mL
    1900 calories
    seen Monday 2031
    ratio 3:1
    98.6
    1.5 x 2.3 cm
    q4-6h
    C5-6
    2/6 systolic murmur
    grade 3/6
    20/20 vision
    20/40
    1-2 tablets
    5/10 on the pain scale
    strength from 3/5 to 4/5
    4/5-5/5
    may be
    she may march on
    in may cases
    1/4 inch
    8/10 pain
    10/10
    16/30
    25/75%
    O2 sat 98%
    heart rate in the 80s
    Mon
    G2P1
    gravida 2, para 1
    size 8-10
    5-10 mg
    2010 mL
    room 2010
    at 1930 hours
    code 1234
    0.5-1.0
    t(9;22)
    CD4 1200
    at 2015
    mar 5 mg
    dec 2 tablets
    5 may need
    WBC 10.5
    1.2.840.10008
    4-0-0-4
    3/5 motor strength
    2 of 5
    CPT 99213
    5'10"
    6/7 lesions
    12/12 cores
    7.35/45/90
    C3-4
    the fall
    fall risk
    spring in his step
    gravida 3, para 2, SAB 1
    EF 55-60%
    pH 7.35
    INR 2-3
    Apgars 8/9
    reflexes 2/4
    Mallampati 2/4
    8 1/2 by 11
    12/12/12 mg
    4/5 and 5/5 power
    20241399
    lot 13-45-2020-7
    1.13.45.2020
    99.5.99
    augmentation
    marching band
    decided
    Section 3.4.05b
    an octave
    see the physio by 8/52
    aspirin from 12/40
    static in 4/52
    Visual acuity: right 6/9, left 6/18
    VA right 6/24 unaided
    the Mental Health Act 1983
    the Working Time Regulations 1998
""")


@pytest.mark.parametrize("row", WRITTEN)
@pytest.mark.parametrize(
    "around", [("", ""), ("Seen ", " in clinic."), ("ON ", " SHE CAME"), ("(", "),"), ("x\n", "\ny")]
)
def test_a_date_is_found_in_any_form(row: str, around: tuple[str, str]) -> None:
    text, value = around[0] + plain(row) + around[1], row[row.index("«") + 1 : row.index("»")]
    start = text.index(value)
    assert any(s.label == "DATE" and s.start <= start and s.end >= start + len(value) for s in detect(text))


@pytest.mark.parametrize("row", IN_CONTEXT)
@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_a_date_is_found_by_its_context(row: str, case: type[str]) -> None:
    assert found(case(row), "DATE")


@pytest.mark.parametrize("row", [*SEVERAL_DAYS, *NO_SUCH_DAY])
def test_days_of_one_month_and_what_is_no_day_are_found_whole(row: str) -> None:
    value = row[row.index("«") + 1 : row.index("»")]
    found_in = [plain(row)[span.start : span.end] for span in detect(plain(row)) if span.label == "DATE"]
    assert value in found_in
    assert not any(value in longer and value != longer for longer in found_in)


@pytest.mark.parametrize("text", NO_DATES)
def test_scores_fractions_doses_and_levels_are_no_dates(text: str) -> None:
    assert not labelled(detect(text), "DATE")


def test_a_range_of_numeric_dates_is_two() -> None:
    assert found("from «3/5»-3/7/24", "DATE")
    assert found("from 3/5-«3/7/24»", "DATE")
    assert found("«1998»-2003", "DATE")
    assert found("1998-«2003»", "DATE")


def test_scores_grow_with_evidence() -> None:
    full, bare = (max(s.score for s in detect(text)) for text in ("2024-03-05", "MI 2003, CABG"))
    assert full > 0.9
    assert 0.3 < bare < 0.5


@pytest.mark.parametrize(
    "row",
    rows("""
        «3/14»- 10:00pm checked
        Monday, «3/22», patient states
        called «01/08» AT 11AM
        (see «3/25»), fever
        retinal detachment «7/92». 5) other
        Left CTR «1978». 4) Right
        On «seventh August» in clinic
        «February nineteen of two thousand eight»
        November and «December» were bad
        last «January» and it took
        expiration date of «5/25/21» dose
    """),
)
def test_dates_in_hasty_notes(row: str) -> None:
    start, end = row.index("«"), row.index("»") - 1
    assert any(s.label == "DATE" and s.start <= start and s.end >= end for s in detect(plain(row)))


@pytest.mark.parametrize("text", ["40 and 3/7th weeks", "pupils 4/2 decreasing to 3/1", "scored 26/30", "recall 2/3"])
def test_numbers_that_only_look_like_days(text: str) -> None:
    assert not labelled(detect(text), "DATE")


def test_a_slash_that_was_read_as_a_bar() -> None:
    assert found("Admit: «4|4|13», discharge next day", "DATE")
    assert found("born 12|24|1982 and seen «3|5|2024».", "DATE")
    assert not detect("a|5|10|12 and 40|10|12 and 5|10|99|2 are cells")


def test_a_date_ends_with_its_line() -> None:
    text = "MRI before 24 Jun\n3 | Quorn, W"
    assert {text[span.start : span.end] for span in detect(text)} >= {"24 Jun"}
    assert not any("\n" in text[span.start : span.end] for span in detect(text))


@pytest.mark.parametrize("row", ["born in «8/52»", "DOB «8/40»", "left on «6/18»", "since 2 o'clock on «6/24»"])
def test_what_reads_like_weeks_or_acuity_may_be_a_date(row: str) -> None:
    assert found(row, "DATE")


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("06/25 1900 seen", ["06/25"]),
        ("on 10/9, 2031", ["10/9"]),
        ("12/08/2025 2031 bleeped", ["12/08/2025"]),
        ("06/25 2019 seen", ["06/25", "2019"]),
        ("expires in 2031", ["2031"]),
    ],
)
def test_a_time_after_a_day_is_no_year(text: str, dates: list[str]) -> None:
    assert [text[span.start : span.end] for span in detect(text) if span.label == "DATE"] == dates


@pytest.mark.parametrize(
    "text",
    [
        "implanted «082400» by",
        "DD: «113021» DT: «102121»",
        "A1C 7.9 («071100»), LDL 88",
        "«050106» Results",
        "between «030410» and then",
        "timetable starts «032318»; trains",
    ],
)
def test_six_figures_that_can_be_a_day(text: str) -> None:
    assert found(text, "DATE")


@pytest.mark.parametrize(
    "text",
    [
        "on 120500 units and",
        "on 010203 4567",
        "MRN 050106",
        "lot 071100",
        "ext 010203",
        "077 010203 is",
        "010203-4",
        "x010203",
        "on 990000 occasions",
        "041500 units",
        "112003 cells",
    ],
)
def test_six_figures_that_are_none(text: str) -> None:
    assert not labelled(detect(text), "DATE")
