import pytest
from marked import detect, found, labelled, rows

AGES = rows("""
    a «45»-year-old man
    «45» y/o
    «45» y.o. F
    «45»yo
    «45» yo F
    age «45»
    aged «91»
    in his «90s»
    her late «80's»
    «84»M with chest pain
    «18» months old
    «3» week old
    «45» years of age
    «forty-five»-year-old
    Age: «45»
    «92» year old
    «45» y.o.
    «45» yrs old
    «45» yr old female
    «6»-month-old
    «45» YEAR OLD
    turned «90»
    «7» days old
    «72»y M
    «45»-yr-old
    «67» yo
    AGE/SEX: «45»/F
    died at «72»
    aged «seven»
    «45»-year old
    «101»-year-old
    «60»yF
    «45» year-old
    the age of «67»
    «34» F presents with
    «2.5» year old
    a «45» year old
    she is «78» years old
    a «16»-day-old infant
    (age «19»)
    mother died at age «62»
""")
NO_AGES = rows("""
    para 3 female
    heart rate in the 80s
    for 45 years
    84M cells
    gestational age of 38 weeks
    2 year history
    200 year old oak
    5 m walk
    aged cheese
    every 3 months
    45 f
    image 12 of 45
    page 3 of 4
    room 45
    bone age 12
    Tanner stage 2 male
    right radial 6F, TIG
    a pigtail 5F with
""")


@pytest.mark.parametrize("row", AGES)
@pytest.mark.parametrize("around", [("", ""), ("x. ", " y")])
def test_an_age_is_the_number_alone(row: str, around: tuple[str, str]) -> None:
    assert found(row, "AGE", around=around)


@pytest.mark.parametrize("row", [row for row in AGES if "M with" not in row and " F presents" not in row])
def test_ages_in_capitals_and_small_letters(row: str) -> None:
    assert found(row.upper(), "AGE")
    assert found(row.lower(), "AGE")


@pytest.mark.parametrize("text", NO_AGES)
def test_counts_and_spans_of_time_are_no_ages(text: str) -> None:
    assert not labelled(detect(text), "AGE")
