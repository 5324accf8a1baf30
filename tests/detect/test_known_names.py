import pytest

from streamdeid.detect.known import split_name


def parts(text, label="NAME/FULL"):
    return [(p.label.removeprefix("NAME/"), text[p.start : p.end]) for p in split_name(text, label)]


F, G, P, S, D = "FAMILY", "GIVEN", "PREFIX", "SUFFIX", "DEGREE"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Doe, John A.", [(F, "Doe"), (G, "John"), (G, "A")]),
        ("John A Doe", [(G, "John"), (G, "A"), (F, "Doe")]),
        ("DOE JOHN", [(F, "DOE"), (G, "JOHN")]),
        ("DOE JOHN A", [(F, "DOE"), (G, "JOHN"), (G, "A")]),
        ("JOHN DOE", [(G, "JOHN"), (F, "DOE")]),
        ("DOE^JOHN^A^^DR", [(F, "DOE"), (G, "JOHN"), (G, "A"), (P, "DR")]),
        ("Doe J", [(F, "Doe"), (G, "J")]),
        ("J.Q. Doe", [(G, "J"), (G, "Q"), (F, "Doe")]),
        ("Dr. Jane O'Neil-Smith MD", [(P, "Dr"), (G, "Jane"), (F, "O'Neil"), (F, "Smith"), (D, "MD")]),
        ("Doe, Jane, M.D., Ph.D.", [(F, "Doe"), (G, "Jane"), (D, "M.D"), (D, "Ph.D")]),
        ("John Doe Jr., MD", [(G, "John"), (F, "Doe"), (S, "Jr"), (D, "MD")]),
        ("Doe III, John", [(F, "Doe"), (S, "III"), (G, "John")]),
        ("Doe, Dr. John", [(F, "Doe"), (P, "Dr"), (G, "John")]),
        ("Ludwig van Beethoven", [(G, "Ludwig"), (F, "van Beethoven")]),
        ("van der Berg", [(F, "van der Berg")]),
        ("Van Morrison", [(G, "Van"), (F, "Morrison")]),
        ("Dr. Van Dyke", [(P, "Dr"), (F, "Van Dyke")]),
        ("DE LA CRUZ, MARIA", [(F, "DE LA CRUZ"), (G, "MARIA")]),
        ("Mohammed bin Salman", [(G, "Mohammed"), (F, "bin Salman")]),
        ("Omar Al-Masri", [(G, "Omar"), (F, "Al-Masri")]),
        ("Jean-Pierre Smith-Jones", [(G, "Jean"), (G, "Pierre"), (F, "Smith"), (F, "Jones")]),
        ("García López, María José", [(F, "García"), (F, "López"), (G, "María"), (G, "José")]),
        ('John "Jack" Doe', [(G, "John"), (G, "Jack"), (F, "Doe")]),
        ("Jane Doe (née Smith)", [(G, "Jane"), (F, "Doe"), (F, "Smith")]),
        ("Mr. John", [(P, "Mr"), (F, "John")]),
        ("John", [(G, "John")]),
        ("Doe", [(F, "Doe")]),
        ("Anh Do", [(G, "Anh"), (F, "Do")]),
        ("Jesús702 Alvarez427", [(G, "Jesús702"), (F, "Alvarez427")]),
        ("王小明", [(F, "王小明")]),
        ("Dr.", [(P, "Dr")]),
        ("", []),
        (" ,^ - ", []),
    ],
)
def test_split_name(text, expected):
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("NAME/FAMILY", "Garcia Lopez", [(F, "Garcia"), (F, "Lopez")]),
        ("NAME/FAMILY", "Doe Jr", [(F, "Doe"), (S, "Jr")]),
        ("NAME/FAMILY", "St. John", [(F, "St. John")]),
        ("NAME/FAMILY", "Do", [(F, "Do")]),
        ("NAME/FAMILY", "Major", [(F, "Major")]),
        ("NAME/GIVEN", "John A.", [(G, "John"), (G, "A")]),
        ("NAME/GIVEN", "Mary Ann", [(G, "Mary"), (G, "Ann")]),
        ("NAME/GIVEN", "Doe, John", [(G, "Doe"), (G, "John")]),
    ],
)
def test_split_name_of_a_known_kind(label, text, expected):
    assert parts(text, label) == expected
