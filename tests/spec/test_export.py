"""$export: asked for, waited for, fetched; a true cut; cancelled; limited. docs/reference/interactions/export.md"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from acpshare.api.authentication import new_token
from acpshare.interactions.operations.export_request import ExportRequest, Level
from acpshare.storage import Job
from tests.support.service import BASE, Service, golden, issues, plan_of, running

RESIDENT = golden("respect-v3", "care-home-resident")
ASYNC = {"Prefer": "respond-async", "Accept": "application/fhir+json"}


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Service]:
    """The service, once on each database, with two people."""
    with running(database_url, export_dir=tmp_path / "export") as started:
        for form in (RESIDENT, of("9990000042")):
            assert started.record(form).status_code == 201
        yield started


@pytest.fixture
def quick(sqlite_url: str, tmp_path: Path) -> Iterator[Service]:
    with running(sqlite_url, export_dir=tmp_path / "export") as started:
        yield started


def of(number: str) -> dict[str, Any]:
    """The same form, of somebody else."""
    own = RESIDENT["subject"]["identifier"]["value"]
    text = json.dumps(RESIDENT).replace(own, number)
    other: dict[str, Any] = json.loads(text.replace(f"{own[:3]} {own[3:6]} {own[6:]}", number))
    return other


def ask(service: Service, path: str = "$export", **headers: str) -> httpx.Response:
    return service.get(path, **(ASYNC | headers))


def done(service: Service, answer: httpx.Response, patience: float = 30) -> dict[str, Any]:
    """The manifest, when the export is complete."""
    assert answer.status_code == 202, answer.text
    where = answer.headers["content-location"]
    assert where.startswith(f"{service.components.base_url}/bulkdata/")
    until = time.monotonic() + patience
    while (stand := service.client.get(where)).status_code == 202:
        assert "%" in stand.headers["x-progress"]
        assert len(stand.headers["x-progress"]) <= 100
        assert int(stand.headers["retry-after"]) >= 1
        assert time.monotonic() < until, "the export does not end"
        time.sleep(0.05)
    assert stand.status_code == 200, stand.text
    assert stand.headers["content-type"].partition(";")[0] == "application/json"
    manifest: dict[str, Any] = stand.json()
    return manifest


def exported(service: Service, path: str = "$export") -> tuple[dict[str, Any], list[dict[str, Any]]]:
    manifest = done(service, ask(service, path))
    return manifest, lines(service, manifest, "output")


def lines(service: Service, manifest: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = []
    for each in manifest[kind]:
        answer = service.client.get(each["url"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == "application/fhir+ndjson"
        assert answer.text.endswith("\n")
        read = [json.loads(line) for line in answer.text.splitlines()]
        assert len(read) == each["count"]
        assert {resource["resourceType"] for resource in read} == {each["type"]}
        found += read
    return found


def names(resources: list[dict[str, Any]]) -> set[str]:
    return {f"{each['resourceType']}/{each['id']}" for each in resources}


def stored(service: Service) -> dict[str, bytes]:
    with service.store.read() as reading:
        return {f"{each.type}/{each.id}": each.text or b"" for each in reading.every_resource()}


class TestWhatItHolds:
    def test_everything_that_is_stored_each_once_byte_for_byte(self, served: Service) -> None:
        manifest = done(served, ask(served))
        files = [served.client.get(each["url"]).content for each in manifest["output"]]
        found = sorted(line for content in files for line in content.splitlines())
        assert found == sorted(text.replace(b"\n", b" ") for text in stored(served).values())
        assert manifest["request"] == f"{served.components.base_url}/$export"
        assert manifest["requiresAccessToken"] is False
        assert manifest["deleted"] == manifest["error"] == []

    def test_of_patients_only_what_is_somebodys(self, served: Service) -> None:
        _, found = exported(served, "Patient/$export")
        with served.store.read() as reading:
            assert names(found) == {f"{each.type}/{each.id}" for each in reading.every_resource() if each.person}
        assert len([each for each in found if each["resourceType"] == "Patient"]) == 2
        assert "Provenance" in {each["resourceType"] for each in found}

    def test_of_a_group_only_what_is_its_members(self, served: Service) -> None:
        patients = sorted(name for name in stored(served) if name.startswith("Patient/"))
        group = {"resourceType": "Group", "type": "person", "actual": True, "member": [{"entity": {"reference": patients[0]}}, {"entity": {"reference": patients[1]}, "inactive": True}]}  # fmt: skip
        made = served.post("Group", group)
        assert made.status_code == 201, made.text
        _, found = exported(served, f"Group/{made.json()['id']}/$export")
        assert [name for name in names(found) if name.startswith("Patient/")] == patients[:1]
        subjects = {each.get("subject", each.get("patient", {})).get("reference") for each in found} - {None}
        assert subjects == {patients[0]}

    def test_of_the_types_asked_for_however_they_are_written(self, served: Service) -> None:
        for query in ("_type=CarePlan,Consent", "_type=CarePlan&_type=Consent"):
            _, found = exported(served, f"$export?{query}")
            assert {each["resourceType"] for each in found} == {"CarePlan", "Consent"}

    def test_a_restricted_persons_place_is_withheld(self, quick: Service) -> None:
        label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
        patient = {"resourceType": "Patient", "meta": {"security": [label]}, "address": [{"text": "4 Mill Lane"}]}
        assert quick.post("Patient", patient).status_code == 201
        _, found = exported(quick, "Patient/$export")
        assert len(found) == 1
        assert "Mill Lane" not in json.dumps(found)

    def test_what_a_filter_finds_and_other_types_whole(self, served: Service) -> None:
        first = min(name for name in stored(served) if name.startswith("Patient/"))
        _, found = exported(served, f"$export?_type=CarePlan,Patient&_typeFilter=CarePlan%3Fpatient%3D{first}")
        assert [each["subject"]["reference"] for each in found if each["resourceType"] == "CarePlan"] == [first]
        assert len([each for each in found if each["resourceType"] == "Patient"]) == 2

    def test_what_one_of_several_filters_finds_repeated_or_with_commas(self, served: Service) -> None:
        people = sorted(name for name in stored(served) if name.startswith("Patient/"))
        filters = [f"CarePlan%3Fpatient%3D{person}" for person in people]
        for query in ("&_typeFilter=".join(filters), ",".join(filters)):
            _, found = exported(served, f"$export?_type=CarePlan&_typeFilter={query}")
            assert sorted(each["subject"]["reference"] for each in found) == people

    def test_by_parameters_in_a_body_too(self, served: Service) -> None:
        first = min(name for name in stored(served) if name.startswith("Patient/"))
        body = {"resourceType": "Parameters", "parameter": [{"name": "_type", "valueString": "Patient"}, {"name": "patient", "valueReference": {"reference": first}}]}  # fmt: skip
        manifest = done(served, served.post("Patient/$export", body, Prefer="respond-async"))
        assert names(lines(served, manifest, "output")) == {first}
        assert manifest["request"] == f"{served.components.base_url}/Patient/$export"

    def test_since_an_instant_only_what_changed_and_what_was_deleted(self, served: Service) -> None:
        before, _ = exported(served)
        served.clock.now += timedelta(seconds=1)
        form = served.populated("tep-devon")
        form["item"][0]["item"][0]["answer"] = [{"valueString": "Edith M. Holloway"}]
        changed = served.record(form)
        assert changed.status_code == 201, changed.text
        plan, _ = plan_of(changed)
        with served.store.write() as writing:
            consent = next(each for each in writing.every_resource("Consent"))
            writing.delete("Consent", consent.id, consent.version_id + 1, served.clock.now)
        manifest, found = exported(served, f"$export?_since={before['transactionTime']}")
        assert f"CarePlan/{plan}" in names(found)
        assert len(names(found)) < len(stored(served))
        (bundle,) = lines(served, manifest, "deleted")
        assert bundle["type"] == "transaction"
        assert bundle["entry"] == [{"request": {"method": "DELETE", "url": f"Consent/{consent.id}"}}]
        assert f"Consent/{consent.id}" not in names(found)

    def test_since_an_instant_what_changed_often_stands_once_as_it_is_last(self, served: Service) -> None:
        since = served.clock.now.isoformat()
        patient = next(name for name in stored(served) if name.startswith("Patient/"))
        for day in range(10, 30):
            served.clock.now += timedelta(seconds=1)
            resource = served.get(patient).json() | {"birthDate": f"1933-02-{day - 1:02}"}
            assert served.client.put(f"{BASE}/{patient}", json=resource).status_code == 200
        _, found = exported(served, f"$export?_type=Patient&_since={since.replace('+', '%2B')}")
        assert [each["birthDate"] for each in found] == ["1933-02-28"]

    def test_everything_as_it_was_at_one_instant_whatever_is_written_meanwhile(self, served: Service) -> None:
        """Changed, deleted and added after the cut, before the export comes to it."""
        as_it_was = stored(served)
        began = served.clock.now
        served.clock.now += timedelta(seconds=2)
        with served.store.write() as writing:
            patient = next(each for each in writing.every_resource("Patient"))
            text = (patient.text or b"").replace(b'"versionId":"1"', b'"versionId":"2"')
            writing.put(type(patient)("Patient", patient.id, 2, served.clock.now, text, patient.person))
            flag = next(each for each in writing.every_resource("Flag"))
            writing.delete("Flag", flag.id, flag.version_id + 1, served.clock.now)
        assert served.record(of("9990000050")).status_code == 201
        served.clock.now = began
        found = done(served, ask(served))
        files = [served.client.get(each["url"]).content for each in found["output"]]
        assert sorted(line for content in files for line in content.splitlines()) == sorted(text.replace(b"\n", b" ") for text in as_it_was.values())  # fmt: skip


class TestRefusals:
    @pytest.mark.parametrize(
        ("path", "headers", "status"),
        [
            ("$export", {"Prefer": ""}, 400),
            ("$export", {"Prefer": "return=minimal"}, 400),
            ("$export", {"Accept": "text/html"}, 406),
            ("$export?_outputFormat=application/fhir%2Bxml", {}, 400),
            ("$export?_since=yesterday", {}, 400),
            ("$export?_type=Elephant", {}, 400),
            ("$export?_elements=id", {}, 400),
            ("$export?_typeFilter=CarePlan", {}, 400),
            ("$export?_typeFilter=CarePlan%3Fcolour%3Dred", {}, 400),
            ("$export?_typeFilter=CarePlan%3F_include%3D*", {}, 400),
            ("Patient/$export?patient=Patient/1", {}, 400),
            ("Group/nobody/$export", {}, 404),
            ("bulkdata/nothing", {}, 404),
            ("bulkdata/nothing/output-Patient-1.ndjson", {"Accept": "*/*"}, 404),
        ],
    )
    def test_are_clear_and_nothing_is_begun(
        self, quick: Service, path: str, headers: dict[str, str], status: int
    ) -> None:
        answer = ask(quick, path, **headers)
        assert answer.status_code == status
        assert issues(answer)
        assert quick.store.jobs.every() == []

    def test_every_problem_is_named_at_once(self, quick: Service) -> None:
        answer = ask(quick, "$export?_since=yesterday&_type=Elephant&_outputFormat=csv")
        places = {each["expression"][0] for each in issues(answer)}
        assert {"_since", "_outputFormat"} < places

    def test_a_lenient_client_is_told_what_was_passed_over(self, quick: Service) -> None:
        answer = ask(quick, "$export?_type=Patient,Elephant", Prefer="respond-async, handling=lenient")
        assert answer.status_code == 202
        assert "warning" in {each["severity"] for each in issues(answer)}

    @pytest.mark.parametrize("format", ["application/fhir%2Bndjson", "application/fhir+ndjson", "application/ndjson", "ndjson"])  # fmt: skip
    def test_but_not_of_a_format_however_it_is_written(self, quick: Service, format: str) -> None:
        assert done(quick, ask(quick, f"$export?_type=Patient&_outputFormat={format}"))["output"] == []

    def test_one_export_too_many_is_asked_to_come_again(self, sqlite_url: str, tmp_path: Path) -> None:
        with running(sqlite_url, export_dir=tmp_path, export_most=1) as service:
            waiting = service.store.jobs
            assert waiting.add(_leased(service), 1)
            answer = ask(service)
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) > 0
            assert issues(answer)


def _leased(service: Service) -> Any:
    """A job that another process is at."""
    later = service.clock.now + timedelta(hours=1)
    request = ExportRequest("http://127.0.0.1/$export", Level.SYSTEM, ("Patient",)).dump()
    return Job("theirs", "anonymous", service.clock.now, request, worker="other", leased_until=later)


class TestItsEnd:
    def test_a_cancelled_export_and_its_files_are_gone(self, served: Service) -> None:
        answer = ask(served)
        manifest = done(served, answer)
        where = answer.headers["content-location"]
        cancelled = served.client.delete(where)
        assert cancelled.status_code == 202
        assert issues(cancelled)
        for url in (where, manifest["output"][0]["url"]):
            gone = served.client.get(url)
            assert gone.status_code == 404
            assert gone.headers["content-type"].startswith("application/fhir+json")
            assert issues(gone)
        assert served.client.delete(where).status_code == 404
        assert list(served.components.exports.folder.iterdir()) == []

    def test_one_that_is_under_way_is_stopped(self, quick: Service) -> None:
        assert quick.store.jobs.add(_leased(quick), 4)
        assert quick.client.get(f"{BASE}/bulkdata/theirs").status_code == 202
        assert quick.client.delete(f"{BASE}/bulkdata/theirs").status_code == 202
        assert quick.store.jobs.every() == []

    def test_one_that_fails_says_so_and_is_not_tried_for_ever(self, quick: Service) -> None:
        broken = Job("broken", "anonymous", quick.clock.now, b"{}")
        assert quick.store.jobs.add(broken, 4)
        until = time.monotonic() + 30
        while (stand := quick.client.get(f"{BASE}/bulkdata/broken")).status_code == 202:
            assert time.monotonic() < until
            time.sleep(0.02)
        assert stand.status_code == 500
        assert stand.headers["content-type"].startswith("application/fhir+json")
        assert issues(stand)
        assert [line["exception"] for line in quick.log_lines() if line["event"] == "export.failed"] == ["KeyError"]

    def test_an_export_expires_with_its_files(self, served: Service) -> None:
        answer = ask(served)
        done(served, answer)
        stand = served.client.get(answer.headers["content-location"])
        assert stand.headers["expires"] == "Mon, 23 Nov 2026 12:00:00 GMT"
        served.clock.now += timedelta(hours=25)
        assert served.client.get(answer.headers["content-location"]).status_code == 404
        done(served, ask(served))
        until = time.monotonic() + 10
        while len(list(served.components.exports.folder.iterdir())) > 1 and time.monotonic() < until:
            time.sleep(0.02)
        assert len(served.store.jobs.every()) == 1

    def test_files_are_for_their_owners_eyes_only(self, served: Service) -> None:
        done(served, ask(served))
        (folder,) = served.components.exports.folder.iterdir()
        assert folder.stat().st_mode & 0o077 == 0
        assert all(each.stat().st_mode & 0o077 == 0 for each in folder.iterdir())

    def test_it_is_in_the_audit(self, quick: Service) -> None:
        where = ask(quick).headers["content-location"].rpartition("/")[2]
        with quick.store.read() as reading:
            (row,) = reading.audit()
        event = json.loads(row.text)
        assert event["entity"] == [{"what": {"reference": f"bulkdata/{where}"}}]
        assert event["action"] == "E"

    def test_a_name_that_is_no_file_of_it_leads_nowhere(self, served: Service) -> None:
        answer = ask(served)
        done(served, answer)
        for name in ("..%2F..%2Facpshare.db", "output-Patient-2.ndjson", "%2e%2e"):
            path = httpx.URL(answer.headers["content-location"] + "/" + name)
            assert served.client.get(path).status_code == 404


def test_a_job_is_its_clients_own_and_its_files_need_the_same_token(sqlite_url: str, tmp_path: Path) -> None:
    """https://hl7.org/fhir/uv/bulkdata/STU2/export.html#security-considerations"""
    (token, line), (other, other_line) = new_token("warehouse"), new_token("hospital")
    tokens = tmp_path / "clients"
    tokens.write_text(f"{line}\n{other_line}\n", encoding="utf-8")
    with running(sqlite_url, tokens=tokens, export_dir=tmp_path / "export") as service:
        service.client.headers["Authorization"] = f"Bearer {token}"
        answer = ask(service, "$export?_type=Questionnaire")
        manifest = done(service, answer)
        assert manifest["requiresAccessToken"] is True
        addresses = (answer.headers["content-location"], manifest["output"][0]["url"])
        for header, status in ((f"Bearer {token}", 200), (f"Bearer {other}", 404), ("Bearer none", 401)):
            found = {service.client.get(url, headers={"Authorization": header}).status_code for url in addresses}
            assert found == {status}
        service.client.headers["Authorization"] = f"Bearer {other}"
        assert service.client.delete(addresses[0]).status_code == 404
