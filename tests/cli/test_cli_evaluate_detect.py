import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from streamdeid.cli.evaluate_detect import _evaluated
from streamdeid.evaluate.misses import Shown
from streamdeid.evaluate.scoring import Comparison, Gold

Command = Callable[..., Result]

#: The made-up engine finds every DOE.
LINES = [
    {"id": "MRN 4711", "text": "Mr. DOE, J. ROE", "spans": [[4, 7, "NAME"], [12, 15, "NAME/DOCTOR"]], "kind": "note"},
    {
        "id": 2,
        "text": "DOE on 3/4 at HOME",
        "spans": [[7, 10, "DATE"], [14, 18, "ORG"]],
        "kind": "letter",
        "seen": True,
    },
]


def jsonl(path: Path, *lines: Any) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return jsonl(tmp_path / "gold.jsonl", *LINES)


def findings(path: Path, *spans: list[Any]) -> Path:
    """The same labels as Presidio has."""
    lines = [
        {"id": line["id"], "spans": [{"start": start, "end": end, "entity_type": label} for start, end, label in own]}
        for line, own in zip(LINES, spans, strict=True)
    ]
    return jsonl(path, *lines)


def test_leaks_come_first_and_no_word_of_a_text_is_printed(command: Command, gold: Path, engine: Any) -> None:
    result = command("evaluate", "detect", gold)
    assert result.exit_code == 0
    assert engine.ahead == [["Mr. DOE, J. ROE", "DOE on 3/4 at HOME"]]
    lines = result.stdout.splitlines()
    assert lines[0] == "detectors of policy fake, on gold.jsonl: 2 texts"
    assert lines[1] == "leaks: 2 of 3 entities were missed altogether"
    for title in ("all texts", "by label", "by kind of text", "seen and unseen texts"):
        assert title in lines
    assert "left open, not scored: ORG 1" in lines
    for value in ("DOE", "ROE", "3/4", "HOME", "4711"):
        assert value not in result.output


@pytest.mark.usefixtures("engine")
def test_json_has_counts_measures_and_places(command: Command, gold: Path) -> None:
    told = json.loads(command("evaluate", "detect", gold, "--json").stdout)
    assert told["texts"] == 2
    assert (told["overall"]["entities"], told["overall"]["missed"], told["overall"]["whole"]) == (3, 2, 1)
    assert told["overall"]["recall"] == pytest.approx(1 / 4)
    assert told["overall"]["precision"] == pytest.approx(1 / 2)
    assert told["labels"]["NAME"]["exact_recall"] == pytest.approx(1 / 2)
    assert told["finer"]["NAME/DOCTOR"]["missed"] == 1
    assert set(told["kinds"]) == {"note", "letter"}
    assert set(told["seen"]) == {"seen"}
    assert told["left_open"] == {"ORG": 1}
    assert told["errors"] == [
        {"error": "missed", "label": "DATE", "kind": "letter", "line": 2, "start": 7, "end": 10},
        {"error": "missed", "label": "NAME/DOCTOR", "kind": "note", "line": 1, "start": 12, "end": 15},
        {"error": "excess", "label": "NAME", "kind": "letter", "line": 2, "start": 0, "end": 3},
    ]
    assert "4711" not in json.dumps(told)


@pytest.mark.usefixtures("engine")
def test_values_are_printed_on_request(command: Command, gold: Path) -> None:
    told = json.loads(command("evaluate", "detect", gold, "--json", "--show-values").stdout)
    assert [(error["id"], error["value"]) for error in told["errors"]] == [
        ("2", "3/4"),
        ("MRN 4711", "ROE"),
        ("2", "DOE"),
    ]
    said = command("evaluate", "detect", gold, "--show-values").stdout
    assert "errors, 3 of 3" in said
    assert "1:12-15" in said
    assert "'ROE'" in said
    assert "errors, 0 of 3" in command("evaluate", "detect", gold, "--show-values", "--examples", "0").stdout


def test_findings_of_a_file_need_no_engine(command: Command, gold: Path, tmp_path: Path, engine: Any) -> None:
    file = findings(tmp_path / "presidio.jsonl", [[4, 7, "PERSON"], [12, 15, "PERSON"]], [[7, 10, "DATE_TIME"]])
    told = json.loads(command("evaluate", "detect", gold, "--predictions", file, "--json").stdout)
    assert told["findings"] == "findings of presidio.jsonl"
    assert (told["overall"]["recall"], told["overall"]["precision"], told["overall"]["exact_f1"]) == (1, 1, 1)
    assert told["errors"] == []
    assert engine.ahead == []


@pytest.mark.usefixtures("engine")
def test_what_detect_writes_can_be_evaluated(command: Command, gold: Path, tmp_path: Path) -> None:
    assert command("detect", "--jsonl", gold, "--out", tmp_path / "found.jsonl").exit_code == 0
    again = json.loads(command("evaluate", "detect", gold, "--predictions", tmp_path / "found.jsonl", "--json").stdout)
    at_once = json.loads(command("evaluate", "detect", gold, "--json").stdout)
    assert {**again, "findings": ""} == {**at_once, "findings": ""}


@pytest.mark.usefixtures("engine")
def test_differences_from_another_are_told(command: Command, gold: Path, tmp_path: Path) -> None:
    other = findings(tmp_path / "other.jsonl", [[12, 15, "PERSON"]], [[7, 10, "DATE_TIME"]])
    told = json.loads(command("evaluate", "detect", gold, "--against", other, "--json").stdout)
    counts = {
        row["label"]: (row["both"], row["only_here"], row["only_other"], row["neither"]) for row in told["against"]
    }
    assert counts == {"all": (0, 1, 2, 0), "NAME": (0, 1, 1, 0), "DATE": (0, 0, 1, 0)}
    places = {(error["error"], error["line"], error["start"]) for error in told["errors"]}
    assert {("only here", 1, 4), ("only the other", 1, 12), ("only the other", 2, 7)} <= places
    assert "compared with other.jsonl" in command("evaluate", "detect", gold, "--against", other).stdout


@pytest.mark.usefixtures("engine")
def test_the_page_is_written_when_asked_for_its_owner_alone(command: Command, gold: Path, tmp_path: Path) -> None:
    page = tmp_path / "pages" / "errors.html"
    result = command("evaluate", "detect", gold, "--html", page)
    assert result.exit_code == 0
    assert page.stat().st_mode & 0o777 == 0o600
    assert "holds identifiers" in result.stderr
    html = page.read_text()
    assert html.index("This file holds identifiers") < html.index("ROE")
    assert [file.name for file in page.parent.iterdir()] == ["errors.html"]


@pytest.mark.usefixtures("engine")
def test_gold_may_come_from_standard_input(command: Command, gold: Path) -> None:
    said = command("evaluate", "detect", "-", "--json", stdin=gold.read_bytes()).stdout
    assert json.loads(said)["texts"] == 2


@pytest.mark.usefixtures("engine")
def test_a_bad_line_is_named_by_its_number_and_nothing_is_written(command: Command, gold: Path, tmp_path: Path) -> None:
    gold.write_text(gold.read_text() + '\n{"id": 3, "text": "DOE", "spans": [[0, 4, "NAME"]]}\n')
    result = command("evaluate", "detect", gold, "--html", tmp_path / "errors.html")
    assert result.exit_code == 2
    assert "line 3" in result.stderr
    assert "DOE" not in result.output
    assert [file.name for file in tmp_path.iterdir()] == ["gold.jsonl"]


@pytest.mark.usefixtures("engine")
def test_half_of_a_surrogate_pair_is_read_and_shown(command: Command, tmp_path: Path) -> None:
    gold = jsonl(tmp_path / "gold.jsonl", {"id": 1, "text": "J. ROE \ud83d", "spans": [[0, 8, "NAME"]]})
    result = command("evaluate", "detect", gold, "--show-values", "--html", tmp_path / "errors.html")
    assert result.exit_code == 0, result.stderr
    assert "ROE" in (tmp_path / "errors.html").read_text()


@pytest.mark.usefixtures("engine")
def test_a_label_that_means_nothing_is_an_error_unless_it_is_left_open(command: Command, tmp_path: Path) -> None:
    gold = jsonl(
        tmp_path / "gold.jsonl", {"id": 1, "text": "DOE on aspirin", "spans": [[0, 3, "NAME"], [7, 14, "DRUG"]]}
    )
    refused = command("evaluate", "detect", gold)
    assert (refused.exit_code, "gold.jsonl, line 1 has" in refused.stderr) == (2, True)
    result = command("evaluate", "detect", gold, "--leave-open", "DRUG")
    assert "leaks: 0 of 1" in result.stdout
    assert "left open, not scored: DRUG 1" in result.stdout


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("labelled", [[], ["ORG"]])
def test_where_nothing_was_scored_there_is_no_result(command: Command, tmp_path: Path, labelled: list[str]) -> None:
    gold = jsonl(tmp_path / "gold.jsonl", {"id": 1, "text": "DOE", "spans": [], "labelled": labelled})
    result = command("evaluate", "detect", gold)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nothing was scored" in result.stderr


@pytest.mark.usefixtures("engine")
def test_a_gold_without_identifiers_tells_of_no_leaks(command: Command, tmp_path: Path) -> None:
    result = command("evaluate", "detect", jsonl(tmp_path / "gold.jsonl", {"id": 1, "text": "DOE", "spans": []}))
    assert result.exit_code == 0
    assert "leaks: none to tell" in result.stdout


def test_a_label_is_in_one_piece_however_narrow_the_terminal(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    gold = jsonl(tmp_path / "gold.jsonl", {"id": 1, "text": "plumber", "spans": [[0, 7, "PROFESSION"]]})
    found = jsonl(tmp_path / "found.jsonl", {"id": 1, "spans": [[0, 7, "PROFESSION"]]})
    printed = command("evaluate", "detect", gold, "--predictions", found).stdout
    assert any(line.split()[:2] == ["PROFESSION", "1"] and "100.00" in line for line in printed.splitlines())


@pytest.mark.usefixtures("engine")
def test_a_request_that_makes_no_sense_is_exit_2(command: Command, gold: Path, tmp_path: Path) -> None:
    other = findings(tmp_path / "other.jsonl", [], [])
    short = jsonl(tmp_path / "short.jsonl", {"id": 2, "spans": []})
    empty = jsonl(tmp_path / "empty.jsonl")
    for arguments in (
        (tmp_path / "absent",),
        (tmp_path,),
        (empty,),
        (gold, "--policy", "keep_all", "--predictions", other),
        (gold, "--predictions", tmp_path / "absent"),
        (gold, "--predictions", short),
        (gold, "--against", gold.parent),
        (gold, "--html", gold),
        (gold, "--against", other, "--html", other),
        (gold, "--html", tmp_path),
        (gold, "--policy", "no_such_policy"),
        (gold, "--examples", "-1"),
    ):
        result = command("evaluate", "detect", *arguments)
        assert result.exit_code == 2, arguments
        assert "Traceback" not in result.output


def test_texts_are_not_kept(gold: Path, tmp_path: Path) -> None:
    jsonl(gold, *({"id": number, "text": "Roe", "spans": [[0, 3, "NAME"]]} for number in range(200)))
    found = jsonl(tmp_path / "found.jsonl", *({"id": number, "spans": []} for number in range(200)))
    before = _kept()
    evaluation = _evaluated(gold, (), None, found, found, 3)
    assert evaluation.scores.texts == 200
    assert evaluation.chosen.totals.total() == 200
    assert _kept() - before < 10


def _kept() -> int:
    gc.collect()
    return sum(isinstance(one, Gold | Comparison | Shown) for one in gc.get_objects())
