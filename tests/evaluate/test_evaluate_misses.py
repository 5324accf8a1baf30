from streamdeid.evaluate.marked import Gold, Marked
from streamdeid.evaluate.misses import Chosen, Role, Shown, Sort, shown
from streamdeid.evaluate.scoring import compare

TEXT = "Ms. Jane Madeup saw Dr. Dotted in Springfield. " * 20


def gold(name: str = "1", *spans: Marked) -> Gold:
    return Gold(name, TEXT, spans, kind="note", line=3)


def roles(error: Shown) -> list[tuple[str, Role, bool]]:
    return [(run.text.strip(), run.role, run.is_it) for run in error.runs if run.role]


def test_an_error_is_shown_with_all_that_is_around_it() -> None:
    name, place = Marked(4, 15, "NAME"), Marked(34, 45, "LOCATION")
    findings = [Marked(4, 8, "NAME"), Marked(16, 19, "NAME"), Marked(34, 45, "LOCATION/CITY")]
    comparison = compare(gold("1", name, place), findings)
    (partly,) = comparison.partly
    error = shown(Sort.PARTLY, partly, comparison)
    assert (error.label, error.kind, error.line, error.start, error.value) == ("NAME", "note", 3, 4, "Jane Madeup")
    assert roles(error) == [
        ("Jane", Role.FOUND, True),
        ("Madeup", Role.LEAKED, True),
        ("saw", Role.EXCESS, False),
        ("Springfield", Role.FOUND, False),
    ]
    assert TEXT.startswith("".join(run.text for run in error.runs))
    assert (error.cut_before, error.cut_after) == (False, True)


def test_between_two_found_words_nothing_leaks() -> None:
    comparison = compare(gold("1", Marked(4, 15, "NAME")), [Marked(4, 8, "NAME"), Marked(9, 15, "NAME")])
    error = shown(Sort.ONLY_HERE, Marked(4, 15, "NAME"), comparison)
    assert roles(error) == [("Jane Madeup", Role.FOUND, True)]


def test_what_cannot_be_judged_is_shown_as_that() -> None:
    text = Gold("1", TEXT, (Marked(4, 15, "NAME"),), frozenset({"NAME"}))
    comparison = compare(text, [Marked(34, 45, "LOCATION")])
    assert ("Springfield", Role.OPEN, False) in roles(shown(Sort.MISSED, Marked(4, 15, "NAME"), comparison))


def test_context_is_cut_between_words_and_a_word_without_blanks_is_cut_all_the_same() -> None:
    at = TEXT.index("Madeup", 400)
    error = shown(Sort.MISSED, Marked(at, at + 6, "NAME"), compare(gold("1", Marked(at, at + 6, "NAME")), []))
    shown_text = "".join(run.text for run in error.runs)
    assert f" {shown_text} " in TEXT
    assert len(shown_text) <= 206
    long = Gold("1", "x" * 1000, (Marked(500, 501, "NAME"),))
    assert sum(len(run.text) for run in shown(Sort.MISSED, Marked(500, 501, "NAME"), compare(long, [])).runs) == 201


def test_so_many_are_chosen_and_all_are_counted() -> None:
    chosen = Chosen(3)
    for number in range(50):
        chosen.add(compare(gold(str(number), Marked(4, 8, "NAME"), Marked(34, 45, "LOCATION")), [Marked(0, 2, "NAME")]))
    sorts = [(error.sort, error.family) for error in chosen]
    assert sorts == [(Sort.MISSED, "LOCATION")] * 3 + [(Sort.MISSED, "NAME")] * 3 + [(Sort.EXCESS, "NAME")] * 3
    assert chosen.totals == {(Sort.MISSED, "LOCATION"): 50, (Sort.MISSED, "NAME"): 50, (Sort.EXCESS, "NAME"): 50}


def test_the_choice_is_that_of_the_errors_in_whatever_order_they_come() -> None:
    forward, backward = Chosen(5), Chosen(5)
    texts = [compare(gold(str(number), Marked(4, 8, "NAME")), []) for number in range(100)]
    for comparison in texts:
        forward.add(comparison)
    for comparison in reversed(texts):
        backward.add(comparison)
    ids = {error.id for error in forward}
    assert ids == {error.id for error in backward}
    assert ids != {str(number) for number in range(5)}


def test_none_may_be_chosen() -> None:
    chosen = Chosen(0)
    chosen.add(compare(gold("1", Marked(4, 8, "NAME")), []))
    assert list(chosen) == []
    assert chosen.totals.total() == 1
