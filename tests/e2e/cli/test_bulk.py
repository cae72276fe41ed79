"""`acpshare import` and `export`: killed half-way and begun again, with rejected lines, out and in again."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from acpshare.bootstrap import build_components
from acpshare.demo import members
from acpshare.fhir.json_text import dump, parse
from acpshare.interactions.create import create
from acpshare.interactions.questionnaire_populate import populate
from acpshare.interactions.record import record
from acpshare.interactions.update import update
from acpshare.settings import Settings
from acpshare.storage.sql import open_store
from acpshare.translation import load_mappings
from tests.e2e.cli.command import (
    ACPSHARE,
    BAD_INPUT,
    DONE,
    FAILED,
    NOT_ALL_CARRIED,
    UNSAFE,
    acpshare,
    environment,
    golden,
)

pytestmark = pytest.mark.e2e

SYNTHETIC = "--synthetic"
EVERYBODY = list(members(load_mappings(), date(2026, 11, 22)))
NUMBERS = [member.number for member in EVERYBODY[:70]]
LINES = [dump(resource) for member in EVERYBODY[:70] for resource in member.resources]


def url(database: Path) -> str:
    return f"sqlite:///{database}"


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    file = tmp_path / "forms.ndjson"
    file.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    return file


def imported(file: Path, database: Path) -> subprocess.CompletedProcess[str]:
    return acpshare("import", file, SYNTHETIC, cwd=file.parent, ACPSHARE_DATABASE_URL=url(database))


def exported(database: Path) -> list[dict[str, Any]]:
    done = acpshare("export", cwd=database.parent, ACPSHARE_DATABASE_URL=url(database))
    assert done.returncode == DONE, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def as_sent(resources: list[dict[str, Any]]) -> list[str]:
    return [dump({k: v for k, v in resource.items() if k not in ("id", "meta")}) for resource in resources]


def view_of(database: Path, number: str) -> dict[str, Any]:
    """What a crew would see of a person, without what names this database's own ids."""
    with closing(open_store(url(database))) as store:
        view = store.current_view("https://fhir.nhs.uk/Id/nhs-number", number)
    assert view is not None
    return {name: part for name, part in json.loads(view.view).items() if name != "source"}


def shown(database: Path) -> list[dict[str, Any]]:
    return [view_of(database, number) for number in NUMBERS]


def wait_until_recorded(database: Path, least: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            with closing(open_store(url(database))) as store, store.read() as reading:
                if reading.audit_head().sequence >= least:
                    return
        except Exception:  # noqa: BLE001, S110 - not there yet
            pass
        time.sleep(0.02)
    raise AssertionError("nothing was recorded")


def test_an_import_killed_half_way_and_run_again_is_as_if_undisturbed(forms: Path, tmp_path: Path) -> None:
    disturbed, undisturbed = tmp_path / "disturbed.db", tmp_path / "undisturbed.db"
    with subprocess.Popen(
        [ACPSHARE, "import", forms, SYNTHETIC],
        cwd=tmp_path,
        env=environment(ACPSHARE_DATABASE_URL=url(disturbed)),
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_until_recorded(disturbed, len(LINES) // 4)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    done = imported(forms, disturbed)
    assert done.returncode == DONE, done.stderr
    assert "recorded before" in done.stderr
    assert imported(forms, undisturbed).returncode == DONE
    assert as_sent(exported(disturbed)) == as_sent(exported(undisturbed)) == LINES
    assert shown(disturbed) == shown(undisturbed)
    verified = acpshare("audit", "verify", cwd=tmp_path, ACPSHARE_DATABASE_URL=url(disturbed))
    assert (verified.returncode, verified.stderr) == (DONE, "")


def test_what_is_exported_can_be_imported_elsewhere(forms: Path, tmp_path: Path) -> None:
    first, second, copy = tmp_path / "first.db", tmp_path / "second.db", tmp_path / "copy.ndjson"
    assert imported(forms, first).returncode == DONE
    assert acpshare("export", copy, cwd=tmp_path, ACPSHARE_DATABASE_URL=url(first)).returncode == DONE
    assert copy.stat().st_mode & 0o077 == 0, "people's data is for its owner's eyes only"
    assert imported(copy, second).returncode == DONE
    assert as_sent(exported(second)) == as_sent(exported(first)) == LINES
    assert shown(second) == shown(first)
    again = acpshare("export", copy, cwd=tmp_path, ACPSHARE_DATABASE_URL=url(first))
    assert again.returncode == BAD_INPUT
    assert "nothing was written" in again.stderr


def test_what_was_written_otherwise_is_counted_and_never_passed_over(forms: Path, tmp_path: Path) -> None:
    """A plan that was cancelled directly would be in force again where only its form is recorded."""
    database = tmp_path / "first.db"
    assert imported(forms, database).returncode == DONE
    components = build_components(Settings(database_url=url(database)), demo=True, definitions={})
    with closing(components.store):
        create(components, "Organization", b'{"resourceType": "Organization", "name": "Larkfield House"}')
        with components.store.read() as reading:
            plan = next(iter(reading.every_resource("CarePlan")))
        revoked = parse(plan.text or b"") | {"status": "revoked"}
        update(components, "CarePlan", plan.id, dump(revoked).encode())
    done = acpshare("export", tmp_path / "copy.ndjson", cwd=tmp_path, ACPSHARE_DATABASE_URL=url(database))
    assert done.returncode == NOT_ALL_CARRIED
    assert "1 CarePlan, 1 Organization" in " ".join(done.stderr.split())
    assert len((tmp_path / "copy.ndjson").read_bytes().splitlines()) == len(LINES)


def edit_in_another_form(database: Path, number: str, form: str, *, write: str, instead_of: str) -> str:
    """What a client does: show the plan in another form, change an answer there, and send it back. What was shown."""
    components = build_components(Settings(database_url=url(database)), demo=True, definitions={})
    with closing(components.store):
        shown = populate(components, form, None, number)
        [response] = [each["resource"] for each in shown["parameter"] if each["name"] == "response"]
        text = dump(response | {"status": "completed"})
        assert text.count(instead_of) == 1
        record(components, text.replace(instead_of, write).encode())
        return text


def test_an_edit_of_a_plan_is_an_edit_elsewhere_too(tmp_path: Path) -> None:
    first, second, copy = tmp_path / "first.db", tmp_path / "second.db", tmp_path / "copy.ndjson"
    [frail] = [line for line in LINES if '"value":"9990000018-1"' in line]
    (tmp_path / "one.ndjson").write_text(re.sub(r"care home, [^,]*, [^,]*,", "care home, Plymouth,", frail) + "\n")
    assert imported(tmp_path / "one.ndjson", first).returncode == DONE
    edit_in_another_form(first, "9990000018", "tep-devon", write="Saltash", instead_of="Plymouth")
    assert ["basedOn" in each for each in exported(first)] == [False, True]
    assert acpshare("export", copy, cwd=tmp_path, ACPSHARE_DATABASE_URL=url(first)).returncode == DONE
    for said in ("recorded 2 lines", "2 recorded before"):
        done = imported(copy, second)
        assert done.returncode == DONE, done.stderr
        assert said in done.stderr
    assert view_of(second, "9990000018") == view_of(first, "9990000018")
    there = edit_in_another_form(second, "9990000018", "respect-v3", write="Looe", instead_of="Saltash")
    assert "Prioritise comfort" in there, "what the other form cannot say is still there"
    assert "/_history/2" in there, "the edit is a version of the plan, not a plan of its own"


def test_every_rejected_line_is_named_with_every_problem_and_the_others_are_recorded(tmp_path: Path) -> None:
    misspelt = LINES[0].replace('"linkId":"1.1"', '"linkId":"1.99"').replace('"code":"comfort"', '"code":"cosy"')
    wrong_number = LINES[0].replace('"value":"9990000018"', '"value":"9990000019"')
    lines = [
        LINES[0],
        '{"resourceType":',
        "",
        '{"resourceType":"Patient"}',
        misspelt,
        "x" * 6_000_000,
        wrong_number,
        LINES[1],
    ]
    (tmp_path / "forms.ndjson").write_text("\n".join(lines))
    done = imported(tmp_path / "forms.ndjson", tmp_path / "some.db")
    assert done.returncode == BAD_INPUT
    assert "recorded 2 lines, rejected 5 lines" in done.stderr
    for line, said in (
        (2, "the JSON ends"),
        (4, "resourceType"),
        (5, "linkId"),
        (5, "4.1"),
        (6, "larger"),
        (7, "check digit"),
    ):
        assert any(each.startswith(f"line {line} ") and said in each for each in done.stderr.splitlines()), (
            f"line {line}: {said}\n{done.stderr}"
        )
    assert "9990000019" not in done.stderr, "an NHS number is nobody's business"
    assert len(exported(tmp_path / "some.db")) == 2


def test_a_line_that_is_only_unsafe_ends_with_4(tmp_path: Path) -> None:
    form = json.loads(golden("respect-v3", "child-modified-cpr").read_text())
    adult = json.dumps(form).replace('"2019-03-08"', '"1969-03-08"')
    (tmp_path / "forms.ndjson").write_text(adult + "\n")
    done = imported(tmp_path / "forms.ndjson", tmp_path / "some.db")
    assert done.returncode == UNSAFE, done.stderr
    assert "SR4" in done.stderr


def test_test_numbers_are_for_tests(forms: Path, tmp_path: Path) -> None:
    done = acpshare("import", forms, cwd=tmp_path, ACPSHARE_DATABASE_URL=url(tmp_path / "real.db"))
    assert done.returncode == BAD_INPUT
    assert "999 range" in done.stderr


@pytest.mark.parametrize("command", [("export",), ("audit", "verify")])
def test_looking_at_a_database_never_makes_one(command: tuple[str, ...], tmp_path: Path) -> None:
    done = acpshare(*command, cwd=tmp_path, ACPSHARE_DATABASE_URL=url(tmp_path / "absent.db"))
    assert done.returncode == BAD_INPUT
    assert not (tmp_path / "absent.db").exists()


def test_db_upgrade_makes_a_database_and_can_be_run_again(tmp_path: Path) -> None:
    for _ in range(2):
        done = acpshare("db", "upgrade", cwd=tmp_path, ACPSHARE_DATABASE_URL="sqlite:///data/plans.db")
        assert done.returncode == DONE, done.stderr
        assert done.stdout.splitlines()[-1] == "0 emergency views made anew."
    assert exported(tmp_path / "data" / "plans.db") == []


@pytest.mark.parametrize("command", [("db", "upgrade"), ("export",), ("audit", "verify")])
def test_a_database_that_does_not_answer_is_not_the_inputs_fault(command: tuple[str, ...], tmp_path: Path) -> None:
    done = acpshare(*command, cwd=tmp_path, ACPSHARE_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert done.returncode == FAILED
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_place_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = acpshare("db", "upgrade", cwd=tmp_path, ACPSHARE_DATABASE_URL="sqlite:///file/plans.db")
    assert done.returncode == FAILED
    assert len(done.stderr.splitlines()) == 1
