from streamdeid.evaluate.agreement import Agreement, Shared, differences
from streamdeid.evaluate.marked import Gold, Marked
from streamdeid.evaluate.scoring import Scores

TEXT = "Jane Madeup 3/4 Springfield"
NAME, DATE, CITY = Marked(0, 11, "NAME"), Marked(12, 15, "DATE"), Marked(16, 27, "LOCATION")


def test_what_one_finds_and_the_other_does_not() -> None:
    scores, agreement = Scores(), Agreement()
    first = scores.add(Gold("1", TEXT, (NAME, DATE, CITY)), [NAME, DATE])
    alone = agreement.add(first, [Marked(0, 4, "NAME"), CITY])
    assert alone == ([NAME, DATE], [CITY])
    agreement.add(scores.add(Gold("2", TEXT, (NAME, DATE)), [NAME]), [NAME, CITY])
    assert agreement.labels == {"NAME": Shared(1, 1), "DATE": Shared(first=1, neither=1), "LOCATION": Shared(other=1)}
    rows = {row.name: row for row in differences(scores, agreement)}
    assert next(iter(rows)) == "all"
    assert rows["all"].shared == Shared(1, 2, 1, 1)
    assert (rows["NAME"].recall, rows["NAME"].other_recall) == (1, 0.75)
    assert (rows["LOCATION"].precision, rows["LOCATION"].other_precision) == (None, 0.5)
    assert (rows["LOCATION"].recall, rows["LOCATION"].other_recall) == (0, 1)


def test_labels_that_differ_most_come_first() -> None:
    scores, agreement = Scores(), Agreement()
    for number in range(3):
        agreement.add(scores.add(Gold(str(number), TEXT, (NAME, DATE)), [NAME] if number else []), [NAME, DATE])
    assert [row.name for row in differences(scores, agreement)] == ["all", "DATE", "NAME"]
