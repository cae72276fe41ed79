"""Clients that nobody here wrote do what their users do: create, read, search page by page, change, and delete."""

# mypy: disable-error-code="import-untyped, no-untyped-call"

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import fhirpy
import fhirpy.base.exceptions
import pytest
from fhirclient import client as smart
from fhirclient.models.careplan import CarePlan
from fhirclient.models.flag import Flag
from fhirclient.models.patient import Patient

from tests.support.service import BASE, NHS, NUMBER, ROOT, Service, golden, service

__all__ = ["service"]

HERE = Path(__file__).parent


@pytest.fixture
def base_url(service: Service) -> str:
    assert service.record(golden("respect-v3", "care-home-resident")).status_code == 201
    return f"http://127.0.0.1:{service.port}{BASE}"


def test_fhirpy_reads_writes_and_searches(base_url: str) -> None:
    client = fhirpy.SyncFHIRClient(base_url)
    patient = client.resources("Patient").search(identifier=f"{NHS}|{NUMBER}").get()
    plans = client.resources("CarePlan").search(patient=patient.to_reference()).fetch_all()
    assert plans
    chained = client.resources("CarePlan").search(**{"patient.identifier": f"{NHS}|{NUMBER}"}).fetch()
    assert [plan.id for plan in chained] == [plan.id for plan in plans]
    included = client.resources("CarePlan").include("CarePlan", "patient").fetch_raw()
    assert {entry["resource"]["resourceType"] for entry in included["entry"]} >= {"CarePlan", "Patient"}

    goal = client.resource(
        "Goal", lifecycleStatus="active", description={"text": "To walk"}, subject=patient.to_reference().serialize()
    )
    goal.save()
    goal["lifecycleStatus"] = "completed"
    goal.save()
    assert goal.serialize()["meta"]["versionId"] == "2"
    found = client.resources("Goal").search(subject=patient.to_reference(), lifecycle_status="completed")
    assert found.get().id == goal.id
    # Its patch sends a part of the resource, which FHIR does not know: better refused than taken for something else.
    with pytest.raises(fhirpy.base.exceptions.OperationOutcome):
        goal.patch(lifecycleStatus="on-hold")
    assert client.reference("Goal", goal.id).to_resource()["lifecycleStatus"] == "completed"
    goal.delete()
    with pytest.raises(fhirpy.base.exceptions.ResourceNotFound):
        client.reference("Goal", goal.id).to_resource()


def test_fhirpy_awaits_too(base_url: str) -> None:
    async def use() -> int:
        client = fhirpy.AsyncFHIRClient(base_url)
        found = [plan async for plan in client.resources("CarePlan").limit(1)]
        return len(found)

    assert asyncio.run(use()) >= 1


def test_fhirclient_holds_our_resources_against_its_models(base_url: str) -> None:
    server = smart.FHIRClient(settings={"app_id": "test", "api_base": base_url}).server
    [patient] = Patient.where({"identifier": f"{NHS}|{NUMBER}"}).perform_resources_iter(server)
    plans = list(CarePlan.where({"patient": f"Patient/{patient.id}"}).perform_resources_iter(server))
    assert plans[0].status == "active"
    assert [flag.status for flag in Flag.where({"patient": f"Patient/{patient.id}"}).perform_resources_iter(server)]
    flag = Flag({"status": "active", "code": {"text": "Key safe"}, "subject": {"reference": f"Patient/{patient.id}"}})
    made = flag.create(server)
    assert made["id"]
    again = Flag.read(made["id"], server)
    again.status = "inactive"
    again.update(server)
    assert Flag.read(made["id"], server).status == "inactive"
    again.delete(server)


@pytest.fixture(scope="session")
def fhir_kit() -> Path:
    """fhir-kit-client, installed as an integrator would: under var/, once."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not here, and fhir-kit-client comes from it")
    folder = ROOT / "var" / "test-clients"
    if not (folder / "node_modules" / "fhir-kit-client").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "package.json", folder)
        command = ["npm", "install", "--silent", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=folder, check=True, timeout=150)
    shutil.copy(HERE / "fhir_kit.mjs", folder)  # a module finds its packages where it lies
    return folder


def test_fhir_kit_client_goes_all_the_way_round(base_url: str, fhir_kit: Path) -> None:
    command = ["node", str(fhir_kit / "fhir_kit.mjs"), base_url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = dict(json.loads(line) for line in done.stdout.splitlines())
    assert said == {
        "fhirVersion": "4.0.1",
        "created": "Fern House",
        "read": True,
        "versionId": "2",
        "patched": "Fern Lodge",
        "vread": "Fern House",
        "paged": ["Birch House", "Cedar House", "Fern Lodge"],
        "history": 3,
        "transaction": "200",
        "gone": [410, "OperationOutcome"],
    }
