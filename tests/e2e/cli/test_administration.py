"""`acpshare db reindex` and `db erase`: killed and begun again, counts that are true, one person gone and only that one."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from acpshare.storage.sql import open_store
from acpshare.storage.sql.engine import database_url as driver_url
from tests.contract.storage.rows import ANN, BOB, NHS, record
from tests.contract.storage.test_reindex import as_before_search, patient
from tests.e2e.cli.command import ACPSHARE, BAD_INPUT, DONE, FAILED, acpshare, environment

pytestmark = pytest.mark.e2e

PEOPLE = 600


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(request: pytest.FixtureRequest, engine_name: str) -> str:
    return str(request.getfixturevalue(f"{engine_name}_url"))


def _fill(url: str) -> None:
    store = open_store(url)
    with store.write() as writing:
        writing.put_new([patient(number) for number in range(PEOPLE)])
    store.close()


def test_reindex_is_killed_and_begun_again_and_its_counts_are_true(url: str, tmp_path: Path) -> None:
    _fill(url)
    as_before_search(url)
    told = acpshare("db", "upgrade", cwd=tmp_path, ACPSHARE_DATABASE_URL=url)
    assert told.returncode == DONE, told.stderr
    assert f"{PEOPLE} resources cannot be found by every search yet: run acpshare db reindex." in told.stdout
    store = open_store(url)
    command = [str(ACPSHARE), "db", "reindex"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment(ACPSHARE_DATABASE_URL=url), stdout=subprocess.DEVNULL
    ) as process:
        while sum(store.index.outstanding().values()) == PEOPLE:
            time.sleep(0.002)
        process.kill()
    left = sum(store.index.outstanding().values())
    store.close()
    differs = acpshare("db", "reindex", "--check", cwd=tmp_path, ACPSHARE_DATABASE_URL=url)
    assert (differs.returncode == DONE) == (left == 0)
    done = acpshare("db", "reindex", cwd=tmp_path, ACPSHARE_DATABASE_URL=url)
    assert done.returncode == DONE, done.stderr
    assert done.stdout.splitlines()[0] == f"{left} resources indexed. The index now has:"
    said = {line.split()[0]: int(line.split()[1].replace(",", "")) for line in done.stdout.splitlines()[1:]}
    assert said == _rows(url, said)
    true = acpshare("db", "reindex", "--check", cwd=tmp_path, ACPSHARE_DATABASE_URL=url)
    assert true.returncode == DONE
    assert true.stdout == f"{PEOPLE} resources counted again: every row is there, and none that should not be.\n"


def _rows(url: str, tables: dict[str, int]) -> dict[str, int]:
    engine = create_engine(driver_url(url))
    with engine.connect() as connection:
        counts = {table: int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in tables}  # noqa: S608
    engine.dispose()
    return counts


def test_a_wrong_index_is_found_and_made_right(url: str, tmp_path: Path) -> None:
    _fill(url)
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM index_date"))
    engine.dispose()
    wrong = acpshare("db", "reindex", "--check", cwd=tmp_path, ACPSHARE_DATABASE_URL=url)
    assert wrong.returncode == FAILED
    assert wrong.stdout.split() == ["index_date", str(PEOPLE), "0"]
    assert f"{PEOPLE} resources have other rows than they should" in wrong.stderr
    assert acpshare("db", "reindex", "--anew", cwd=tmp_path, ACPSHARE_DATABASE_URL=url).returncode == DONE
    assert acpshare("db", "reindex", "--check", cwd=tmp_path, ACPSHARE_DATABASE_URL=url).returncode == DONE


def test_a_type_that_is_not_searched_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    refused = acpshare("db", "reindex", "--type", "Pation", cwd=tmp_path, ACPSHARE_DATABASE_URL=sqlite_url)
    assert refused.returncode == BAD_INPUT
    assert "Pation is no resource type that is searched" in refused.stderr


def test_one_persons_records_are_erased_after_a_question_and_the_audit_says_so(url: str, tmp_path: Path) -> None:
    store = open_store(url)
    with store.write() as writing:
        record(writing)
        record(writing, "bob", BOB, "plan-2")
    asked = acpshare("db", "erase", "Patient/ann", cwd=tmp_path, stdin="n\n", ACPSHARE_DATABASE_URL=url)
    assert asked.returncode == FAILED
    assert (
        "Erase 2 resources and 1 plan of Patient/ann, and every earlier version? It cannot be undone." in asked.stdout
    )
    done = acpshare("db", "erase", "Patient/ann", "--yes", cwd=tmp_path, ACPSHARE_DATABASE_URL=url)
    assert done.returncode == DONE, done.stderr
    assert "resource_version" in done.stdout
    assert ANN not in done.stdout + done.stderr
    again = acpshare("db", "erase", "Patient/ann", "--yes", cwd=tmp_path, ACPSHARE_DATABASE_URL=url)
    assert again.returncode == BAD_INPUT
    assert "nothing is recorded for Patient/ann" in again.stderr
    with store.read() as reading:
        assert store.current_view(NHS, ANN) is None
        assert reading.counts().resources == {"CarePlan": 1, "Patient": 1}
        *_, said = reading.audit()
    store.close()
    assert (said.sequence, said.person) == (3, "ann")
    assert b'"action":"D"' in said.text
    assert b'"entity":[{"what":{"reference":"Patient/ann"}}]' in said.text
    verified = acpshare("audit", "verify", cwd=tmp_path, ACPSHARE_DATABASE_URL=url)
    assert verified.returncode == DONE, verified.stdout


@pytest.mark.parametrize("whose", ["ann", "CarePlan/plan-1", "Patient/../ann"])
def test_only_a_reference_to_a_patient_is_erased(whose: str, sqlite_url: str, tmp_path: Path) -> None:
    refused = acpshare("db", "erase", whose, "--yes", cwd=tmp_path, ACPSHARE_DATABASE_URL=sqlite_url)
    assert refused.returncode == BAD_INPUT
    assert "is to be Patient/<id>" in refused.stderr
