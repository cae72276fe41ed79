"""`acpshare translate`: exit codes, what goes where, and every problem of bad input at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.cli.command import BAD_INPUT, DONE, NOT_ALL_CARRIED, ROOT, UNSAFE, acpshare, golden

pytestmark = pytest.mark.e2e

LOCAL_FORM = ROOT / "docs" / "tutorials" / "add-a-local-form"
NAMED = {"linkId": "1", "item": [{"linkId": "1.1", "answer": [{"valueString": "Ada Example"}]}]}


def form(*items: dict[str, Any], edition: str = "respect-v3") -> str:
    questionnaire = f"https://acpshare.example/fhir/Questionnaire/{edition}"
    return json.dumps(
        {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": questionnaire,
            "status": "completed",
            "item": list(items),
        }
    )


def answered(link_id: str, *values: dict[str, Any]) -> dict[str, Any]:
    return {"linkId": link_id.partition(".")[0], "item": [{"linkId": link_id, "answer": list(values)}]}


@pytest.mark.parametrize(
    ("source", "to", "ending"),
    [
        ("respect-v3/care-home-resident", "tep-devon", NOT_ALL_CARRIED),
        ("respect-v3/care-home-resident", "teal-working", NOT_ALL_CARRIED),
        ("dnacpr-rcuk-2015/care-home-resident", "respect-v3", NOT_ALL_CARRIED),
        ("respect-v3/learning-disability", "dnacpr-rcuk-2015", UNSAFE),
        ("respect-v3/child-modified-cpr", "dnacpr-deciding-right", UNSAFE),
        ("teal-working/no-cpr-decision", "dnacpr-south-central", UNSAFE),
    ],
)
def test_the_exit_code_says_what_became_of_the_form(source: str, to: str, ending: int, tmp_path: Path) -> None:
    done = acpshare("translate", golden(*source.split("/")), "--to", to, cwd=tmp_path)
    assert done.returncode == ending, done.stderr
    assert bool(done.stdout) is (ending != UNSAFE)
    assert ("SR" in done.stderr) or ending != UNSAFE


def test_a_form_that_is_carried_whole_ends_with_0(tmp_path: Path) -> None:
    done = acpshare("translate", "-", "--to", "tep-devon", cwd=tmp_path, stdin=form(NAMED))
    assert done.returncode == DONE, done.stderr
    assert json.loads(done.stdout)["item"][0]["item"][0]["answer"] == [{"valueString": "Ada Example"}]


def test_the_other_form_goes_to_standard_output_and_the_whole_ledger_to_a_file(tmp_path: Path) -> None:
    source = golden("respect-v3", "care-home-resident")
    done = acpshare("translate", source, "--to", "tep-devon", "--ledger", "ledger.json", cwd=tmp_path)
    made = json.loads(done.stdout)
    assert made["questionnaire"].startswith("https://acpshare.example/fhir/Questionnaire/tep-devon")
    assert made["subject"] == json.loads(source.read_text())["subject"]
    ledger = json.loads((tmp_path / "ledger.json").read_text())
    assert {"from": "respect-v3", "to": "tep-devon"}.items() <= ledger.items()
    shown = done.stderr.splitlines()
    for entry in ledger["written"]:
        if entry["outcome"] != "left-blank":
            [line] = [each for each in shown if each.startswith(entry["item"]) and entry["element"] in each.split()]
            assert entry.get("reason", "") in line, "a reason is cut off"


def test_a_refusal_names_its_rule_writes_nothing_and_keeps_the_ledger(tmp_path: Path) -> None:
    source = golden("respect-v3", "learning-disability")
    done = acpshare("translate", source, "--to", "dnacpr-rcuk-2015", "--ledger", "ledger.json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (UNSAFE, "")
    assert "SR4" in done.stderr.splitlines()[-1]
    assert json.loads((tmp_path / "ledger.json").read_text())["written"][0]["outcome"] == "blocked"


@pytest.mark.parametrize("how", ["option", "setting"])
def test_a_local_form_is_known_when_it_is_named(how: str, tmp_path: Path) -> None:
    option = ["--mapping", str(LOCAL_FORM)] if how == "option" else []
    setting = {} if how == "option" else {"ACPSHARE_MAPPING_PATHS": str(LOCAL_FORM)}
    command = ("translate", LOCAL_FORM / "filled.json", "--to", "respect-v3")
    assert acpshare(*command, *option, cwd=tmp_path, **setting).returncode == NOT_ALL_CARRIED
    assert acpshare(*command, cwd=tmp_path).returncode == BAD_INPUT


TEXT = {"valueString": "x"}
BAD = {
    "truncated": ('{"resourceType": "Questio', ["the JSON ends before it is complete: line 1"]),
    "empty": ("", ["the body is empty"]),
    "not an object": ("[]", ["a JSON object is expected"]),
    "a key twice": ('{"status": "completed", "status": "completed"}', ["a key is repeated"]),
    "nested 10,000 deep": ('{"item":' * 10_000 + "1" + "}" * 10_000, ["nested more than"]),
    "50 MB": ('{"resourceType": "' + "x" * 50_000_000 + '"}', ["larger than"]),
    "another resource": ('{"resourceType": "Patient"}', ["resourceType"]),
    "an unknown form": (form(NAMED, edition="respect-v9"), ["QuestionnaireResponse.questionnaire"]),
    "an unknown item": (form(answered("1.99", TEXT)), ["item[0].item[0].linkId"]),
    "a wrong type": (form(answered("1.3", TEXT)), ["1.3"]),
    "two answers where one is allowed": (form(answered("1.1", TEXT, TEXT)), ["1.1"]),
    "February 30": (form(answered("1.3", {"valueDate": "2026-02-30"})), ["item[0].item[0].answer[0]"]),
    "an option that does not exist": (form(answered("4.1", {"valueCoding": {"code": "half"}})), ["4.1"]),
    "a wrong check digit": (form(answered("1.5", {"valueString": "9990000019"})), ["1.5"]),
    "one digit ten times": (form(answered("1.5", {"valueString": "9999999999"})), ["1.5"]),
    "three faults in one form": (
        form(answered("1.99", TEXT), answered("4.1", {"valueCoding": {"code": "half"}}), answered("5.1", TEXT)),
        ["item[0].item[0].linkId", "4.1", "5.1"],
    ),
}


@pytest.mark.parametrize("fault", BAD)
def test_bad_input_ends_with_2_and_names_every_place(fault: str, tmp_path: Path) -> None:
    body, places = BAD[fault]
    done = acpshare("translate", "-", "--to", "tep-devon", cwd=tmp_path, stdin=body)
    assert (done.returncode, done.stdout) == (BAD_INPUT, ""), done.stderr
    for place in places:
        assert place in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing argument"),
        (("form.json",), "--to"),
        (("form.json", "--to", "respect-v9"), "known are dnacpr-deciding-right"),
        (("form.json", "--to", "tep-devon"), "No such file"),
        ((".", "--to", "tep-devon"), "directory"),
        (("-", "--to", "tep-devon", "--mapping", "nowhere"), "nowhere"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = acpshare("translate", *arguments, cwd=tmp_path, stdin=form(NAMED))
    assert (done.returncode, done.stdout) == (BAD_INPUT, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_settings_that_do_not_read_are_all_named(tmp_path: Path) -> None:
    wrong = {"ACPSHARE_TIME_ZONE": "Middle/Earth", "ACPSHARE_PORT": "0"}
    done = acpshare("translate", "-", "--to", "tep-devon", cwd=tmp_path, stdin=form(NAMED), **wrong)
    assert done.returncode == BAD_INPUT
    assert set(wrong) <= {line.split()[0] for line in done.stderr.splitlines()}


def test_the_other_form_is_utf_8_whatever_the_terminal_is(tmp_path: Path) -> None:
    named = {"linkId": "1", "item": [{"linkId": "1.1", "answer": [{"valueString": "Zoë Łęcka"}]}]}
    done = acpshare("translate", "-", "--to", "tep-devon", cwd=tmp_path, stdin=form(named), PYTHONIOENCODING="ascii")
    assert done.returncode == DONE, done.stderr
    assert "Zoë Łęcka" in done.stdout
