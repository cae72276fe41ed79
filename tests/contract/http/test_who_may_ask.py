"""The demo is for this machine and synthetic people; the real service knows its clients or does not start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from acpshare import bootstrap
from acpshare.api.authentication import new_token
from acpshare.interactions.registry import PUBLIC, all_interactions
from acpshare.settings import Settings
from tests.support.service import NHS, OUTSIDE_TEST_RANGE, Service, codes, golden, issues, running

TOKEN, LINE = new_token("hospital")


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    file = tmp_path / "clients"
    file.write_text(f"# who may ask\n{LINE}\n")
    return file


@pytest.fixture
def guarded(sqlite_url: str, tokens: Path) -> Iterator[Service]:
    with running(sqlite_url, tokens=tokens) as started:
        yield started


PRIVATE = [each for each in all_interactions() if each.scope != PUBLIC]


@pytest.mark.parametrize(
    "header", [None, "Bearer wrong", "Bearer", "Basic aG9zcGl0YWw6eA==", f"Bearer {TOKEN}x", TOKEN]
)
def test_nothing_about_a_person_is_answered_to_a_stranger(guarded: Service, header: str | None) -> None:
    for interaction in PRIVATE:
        address = interaction.path.replace("{id}", "1").replace("{vid}", "1")
        sent = {"Authorization": header} if header else {}
        answer = guarded.client.request(interaction.method, address, headers=sent)
        assert answer.status_code == 401, interaction.name
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert codes(answer) == {"ACCESS_DENIED"}
    assert guarded.client.post("/emergency", data={"nhs_number": "x"}).status_code == 401


def test_a_known_client_is_answered_and_named_in_the_log(guarded: Service) -> None:
    guarded.client.headers["Authorization"] = f"Bearer {TOKEN}"
    answer = guarded.get(f"Patient/$emergency-view?identifier={NHS}|{OUTSIDE_TEST_RANGE}", Accept="application/json")
    assert answer.status_code == 200
    assert [line["client"] for line in guarded.log_lines() if "client" in line] == ["hospital"]


@pytest.mark.parametrize("address", ["/fhir/R4/metadata", "/health/live", "/health/ready", "/openapi.json", "/"])
def test_what_holds_no_person_needs_no_token(guarded: Service, address: str) -> None:
    assert guarded.client.get(address).status_code == 200


def test_test_numbers_are_refused_by_the_real_service(guarded: Service) -> None:
    guarded.client.headers["Authorization"] = f"Bearer {TOKEN}"
    answer = guarded.get(f"Patient/$emergency-view?identifier={NHS}|9990000018")
    assert answer.status_code == 400
    answer = guarded.record(golden("respect-v3", "care-home-resident"))
    assert answer.status_code == 422
    assert issues(answer)
    assert guarded.counts().resources == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "set ACPSHARE_CLIENT_TOKENS_FILE"),
        ("", "names no client"),
        ("# nobody\n", "names no client"),
        ("hospital:secret\n", "line 1"),
        (f"{LINE}\n{LINE}\n", "line 2: a client's name stands twice"),
    ],
)
def test_the_real_service_does_not_start_without_knowing_its_clients(
    tmp_path: Path, text: str | None, says: str
) -> None:
    file = tmp_path / "clients"
    if text is not None:
        file.write_text(text)
    settings = Settings(client_tokens_file=file if text is not None else None)
    with pytest.raises(bootstrap.CannotStart, match=says):
        bootstrap.check_start(settings, demo=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "acp.example", "::"])  # noqa: S104
def test_the_demo_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(bootstrap.CannotStart, match="loopback"):
        bootstrap.check_start(Settings(host=host), demo=True)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_demo_starts_on_this_machine(host: str) -> None:
    bootstrap.check_start(Settings(host=host), demo=True)


def test_the_demo_says_so_on_its_pages(sqlite_url: str) -> None:
    with running(sqlite_url) as demo:
        for address in ("/", "/emergency"):
            assert "Demonstration" in demo.client.get(address).text
