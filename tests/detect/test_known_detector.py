"""Mentions of what a message states; all people here are made up."""

import pytest

from streamdeid.detect.known import KnownDetector
from streamdeid.types import Entity

DOE = Entity("NAME/FAMILY", "Doe")
ROBERT = Entity("NAME/GIVEN", "Robert")
QUINCY = Entity("NAME/GIVEN", "Quincy")
WHITE = Entity("NAME/FAMILY", "White")
WILL = Entity("NAME/GIVEN", "Will")


def found(entities, text):
    return [text[s.start : s.end] for s in KnownDetector(entities)(text)]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Mr. Doe was seen.", ["Doe"]),
        ("DOE, ROBERT Q. was seen", ["DOE", "ROBERT", "Q"]),
        ("Robert Q. Doe", ["Robert", "Q", "Doe"]),
        ("Robert X. Doe", ["Robert", "X", "Doe"]),
        ("Doe, R. and R. Doe and R Doe", ["Doe", "R", "R", "Doe", "R", "Doe"]),
        ("Doe, a man of 40", ["Doe"]),
        ("Robert D. came", ["Robert", "D"]),
        ("Bob Doe came with Bob", ["Bob", "Doe"]),
        ("Mr. Bob came", ["Bob"]),
        ("Doe's chart, doe, DOE'S", ["Doe", "doe", "DOE"]),
        ("Robert\nDoe", ["Robert", "Doe"]),
        ("the doer of the deed did it", []),
        ("doe.robert@example.com", ["doe", "robert"]),
        ("record_Doe_Robert.pdf", ["Doe", "Robert"]),
        ("Roberd Doe, Mr. Robertt, Roberd", ["Roberd", "Doe", "Robertt"]),
    ],
)
def test_names(text, mentions):
    assert found([DOE, ROBERT, QUINCY], text) == mentions


def test_each_span_names_the_part_that_it_mentions():
    text = "Bob Q. Doe"
    spans = KnownDetector([DOE, ROBERT, QUINCY])(text)
    assert [s.entity for s in spans] == [ROBERT, QUINCY, DOE]
    assert [s.label for s in spans] == ["NAME/GIVEN", "NAME/GIVEN", "NAME/FAMILY"]
    assert {s.by for s in spans} == {"known"}
    assert all(0 < s.score < 1 for s in spans)


def test_an_unknown_middle_initial_is_an_entity_of_its_own():
    spans = KnownDetector([DOE, ROBERT])("Robert X. Doe")
    assert spans[1].entity == Entity("NAME/GIVEN", "X")


def test_a_full_name_is_found_by_its_parts():
    full = Entity("NAME/FULL", "Dr. Jane O'Neil-Smith MD", subject=2)
    spans = KnownDetector([full])("seen by O'NEIL and Jane Smith, MD")
    assert [s.entity for s in spans] == [
        Entity("NAME/FAMILY", "O'Neil", subject=2),
        Entity("NAME/GIVEN", "Jane", subject=2),
        Entity("NAME/FAMILY", "Smith", subject=2),
    ]


def test_what_stands_beside_a_name_raises_its_score():
    detector = KnownDetector([DOE, ROBERT])
    alone, lower = detector("as Doe said")[0], detector("as doe Said")[0]
    beside = detector("as Robert Doe said")[1]
    assert lower.score < alone.score < beside.score


@pytest.mark.parametrize(
    ("name", "text", "mentions"),
    [
        ("O'Neil", "ONeil, O’Neil, O'NEIL, O Neil", ["ONeil", "O’Neil", "O'NEIL", "O Neil"]),
        ("Smith-Jones", "Smith Jones, Smith-Jones, Jones", ["Smith", "Jones", "Smith", "Jones", "Jones"]),
        ("Müller", "Mueller, Muller, MÜLLER, Mu\u0308ller", ["Mueller", "Muller", "MÜLLER", "Mu\u0308ller"]),
        ("Koenig", "König, Koenig, konig", ["König", "Koenig"]),
        ("José", "Jose JOSÉ", ["Jose", "JOSÉ"]),
        ("McDonald", "Mc Donald, MCDONALD", ["Mc Donald", "MCDONALD"]),
        ("van der Berg", "Van Der Berg, Berg, Vanderberg", ["Van Der Berg", "Berg", "Vanderberg"]),
        ("Hernandez", "Hernan\ndez and Hernan-\ndez but Hernan dez", ["Hernan\ndez", "Hernan-\ndez"]),
        ("Petrov", "P\u0435trov P\u200betrov Ｐｅｔｒｏｖ", ["P\u0435trov", "P\u200betrov", "Ｐｅｔｒｏｖ"]),
        ("Johnson", "the Johnsons, some johnsons", ["Johnsons"]),
        ("Иванова", "ИВАНОВА пришла", ["ИВАНОВА"]),
        ("王小明", "患者王小明来院", ["王小明"]),
        ("Alvarez427", "Alvarez427 and Alvarez", ["Alvarez427", "Alvarez"]),
        ("Doe", "do and dö", ["dö"]),
    ],
)
def test_spellings(name, text, mentions):
    assert found([Entity("NAME/FAMILY", name)], text) == mentions


@pytest.mark.parametrize(
    ("name", "text", "mentions"),
    [
        ("Smith", "The Smiths agree, Smiths' son, Smiths live there, smiths", ["Smiths", "Smiths", "Smiths"]),
        ("Smith", "smiths live there and the smiths agree", ["smiths", "smiths"]),
        ("Doe", "The Does agree, the Does' house, Does' car", ["Does", "Does", "Does"]),
        ("Doe", "Does she smoke? Does he? She does. What does 'Does' mean?", []),
        ("Doe", "DOES SHE SMOKE? THE DOES AGREE", ["DOES"]),
        ("Jones", "The Joneses' house", ["Joneses"]),
        ("Kelly", "the Kellys and the Kellies", ["Kellys", "Kellies"]),
        ("White", "the Whites agree, Whites of eggs, the whites", ["Whites"]),
        ("White", "THE WHITES OF EGGS", []),
        ("O'Neil", "the O'Neils and ONeils", ["O'Neils", "ONeils"]),
        ("van der Berg", "the van der Bergs, the Bergs", ["van der Bergs", "Bergs"]),
        ("Cane", "Canes provided", []),
        ("John", "Johns Hopkins", []),
        ("Grave", "the Graves disease", []),
    ],
)
def test_the_family_in_the_plural(name, text, mentions):
    assert found([Entity("NAME/FAMILY", name)], text) == mentions


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("MQG came, (MQG), MQG's, GMQ", ["MQG", "MQG", "MQG", "GMQ"]),
        ("MQG-12, X-MQG, mqg, QMG", []),
        ("M.Q.G. came, M. Q. G. came", ["M.Q.G.", "M. Q. G."]),
        ("M.G. and M. G. said, J.M.G. said, M.G.T., m.g.", ["M.G.", "M. G."]),
        ("Initials: MG, Pt MG agreed, MG, 5 MG", ["MG", "MG"]),
        ("Pt MG 5 was given, pt mg agreed", []),
        ("seen by M.G. Lopez", []),
        ("INITIALS MQG", ["MQG"]),
    ],
)
def test_initials(text, mentions):
    maria = [Entity("NAME/FAMILY", "Garcia"), Entity("NAME/GIVEN", "Maria"), Entity("NAME/GIVEN", "Q")]
    assert found(maria, text) == mentions
    assert found([Entity("NAME/FULL", "Maria Q Garcia")], text) == mentions


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Mary Doe", "MD, M.D."),
        ("Brenda Parker", "B.P. 120/80, Pt BP 120/80, BP"),
        ("Anna Berta Gray", "ABG, A.B.G."),
        ("Sam Edward Todd", "SET, WAS SET FOR IT"),
        ("Albert Berger", "A. B. C. D."),
    ],
)
def test_initials_that_mean_something_else(name, text):
    assert found([Entity("NAME/FULL", name)], text) == []


def test_initials_are_those_of_one_name():
    names = [DOE, ROBERT, Entity("ID/MRN", "40017765"), WHITE, Entity("NAME/GIVEN", "Karl"), QUINCY]
    assert found(names, "KQW, RQD, K.W., K.D.") == ["KQW", "K.W."]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Jhon Fabel, Fabel, Jhon, Mr. Faebl", ["Jhon", "Fabel", "Fabel", "Jhon", "Faebl"]),
        ("Johnn Fabel, John Fabbel", ["Johnn", "Fabel", "John", "Fabbel"]),
        ("Jhon came. Joan Fabel and Juhn Fabel", ["Fabel", "Fabel"]),
    ],
)
def test_a_slip_of_the_fingers_beside_the_other_part(text, mentions):
    assert found([Entity("NAME/FAMILY", "Fabel"), Entity("NAME/GIVEN", "John")], text) == mentions


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("She will follow up; white cells were low.", []),
        ("White blood cells. Will follow.", []),
        ("This is a White male.", []),
        ("Will White came", ["Will", "White"]),
        ("White, Will came", ["White", "Will"]),
        ("Mr. White did and mrs. white did", ["White", "white"]),
        ("White's mother said", ["White"]),
        ("Patient: White", ["White"]),
        ("a man named Will came", ["Will"]),
        ("W. White came", ["W", "White"]),
        ("we told Will that it is fine", ["Will"]),
        ("WILL WHITE WAS SEEN AND WILL BE SEEN, WHITE CELLS", ["WILL", "WHITE"]),
        ("will white was seen and he will, white cells", ["will", "white"]),
        ("the white will was read", []),
    ],
)
def test_ordinary_words_need_evidence(text, mentions):
    assert found([WHITE, WILL], text) == mentions


@pytest.mark.parametrize(
    ("text", "mentions"),
    [("Li came", []), ("Ms. Li came", ["Li"]), ("Li Doe came", ["Li", "Doe"]), ("Doe, Li", ["Doe", "Li"])],
)
def test_short_names_need_another_part(text, mentions):
    assert found([Entity("NAME/GIVEN", "Li"), DOE], text) == mentions


def test_acronyms_are_not_short_names():
    rao = [Entity("NAME/FAMILY", "Rao"), ROBERT]
    assert found(rao, "In the RAO view of Rao") == ["Rao"]
    assert found(rao, "RAO IS HERE") == ["RAO"]
    assert found(rao, "Robert RAO is here") == ["Robert", "RAO"]
    assert found([DOE], "then DOE left") == ["DOE"]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("Wilson's disease", []),
        ("Mr. Wilson's disease", ["Wilson"]),
        ("Wilson's disabled mother", ["Wilson"]),
        ("Parkinson disease and Parkinson's", ["Parkinson"]),
    ],
)
def test_eponyms_are_not_mentions(text, mentions):
    assert found([Entity("NAME/FAMILY", "Wilson"), Entity("NAME/FAMILY", "Parkinson")], text) == mentions


def test_what_says_nothing_is_not_sought():
    entities = [Entity("NAME/FAMILY", "TEST"), Entity("NAME/GIVEN", "Unknown"), Entity("ID/MRN", "0000")]
    assert found(entities, "Test of unknown 0000") == []


def test_titles_suffixes_and_degrees_are_not_sought():
    entities = [Entity("NAME/PREFIX", "Doctor"), Entity("NAME/SUFFIX", "Junior"), Entity("NAME/DEGREE", "PHARMD")]
    assert found(entities, "Doctor Junior PHARMD") == []


def test_spans_do_not_overlap_and_the_longest_wins():
    entities = [Entity("LOCATION/HOSPITAL", "Robert Doe Memorial Hospital"), DOE, ROBERT]
    assert found(entities, "at Robert Doe Memorial Hospital") == ["Robert Doe Memorial Hospital"]


def test_a_word_that_is_two_parts_bears_the_label_of_its_place():
    entities = [Entity("NAME/FAMILY", "James"), Entity("NAME/GIVEN", "James"), DOE, ROBERT]
    detector = KnownDetector(entities)
    assert [s.label for s in detector("James Doe")] == ["NAME/GIVEN", "NAME/FAMILY"]
    assert [s.label for s in detector("Robert James")] == ["NAME/GIVEN", "NAME/FAMILY"]


def test_find_all_reads_each_text_alone():
    detector = KnownDetector([DOE, WILL])
    texts = ["Will", "Doe", "Will Doe", "", "Doe é", "Doe \x1e Doe", "Doe\x1eDoe", "Doe"]
    assert detector.find_all(texts) == [detector(t) for t in texts]
    assert [len(spans) for spans in detector.find_all(texts)] == [0, 1, 2, 0, 1, 2, 2, 1]


def test_find_all_of_nothing():
    assert KnownDetector([]).find_all(["Doe", ""]) == [[], []]
    assert KnownDetector([DOE]).find_all([]) == []


def test_what_find_all_gives_is_the_callers_own():
    detector = KnownDetector([DOE])
    first, second = detector.find_all(["Doe", "Doe"])
    first.clear()
    assert second
