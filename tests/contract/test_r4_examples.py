"""Other people's resources are valid for us, but for those that are truly not, named here with the reason; and what is
recorded is read back as it was, number text included, as JSON and as XML.

`../shared/conformance` is beside the project where it is at hand. ACPSHARE_R4_EXAMPLES may name the folder of the npm package
`hl7.fhir.r4.examples`, HL7's own 5,306 examples (`make examples` fetches them). https://hl7.org/fhir/R4/downloads.html
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from acpshare.fhir import xml
from acpshare.fhir.json_text import dump, parse
from acpshare.fhir.validation import validate
from acpshare.interactions.registry import WRITABLE
from tests.support.service import Service, service

__all__ = ["service"]

CONFORMANCE = Path(__file__).resolve().parents[3] / "shared" / "conformance"
EXAMPLES = os.environ.get("ACPSHARE_R4_EXAMPLES", "")
LARGEST = 50_000_000

NO_LINK_ID = "items without the linkId that R4 requires"
NO_IDENTIFIER = "a document Bundle without identifier or timestamp (bdl-9, bdl-10)"

published = pytest.mark.skipif(not CONFORMANCE.exists(), reason="conformance data absent: ../shared/conformance")
hl7s_own = pytest.mark.skipif(not EXAMPLES, reason="conformance data absent: ACPSHARE_R4_EXAMPLES names no folder")

INVALID = {
    "r4-examples/bundle-questionnaire.json": NO_LINK_ID,
    "pacio/National-ePOLST-Anita-Chu-11-09-2022/Bundle-PMO_9427a893-2ead-41bf-ac3f-7d3c7407492a_.json": NO_IDENTIFIER,
    "pacio/National-ePOLST-Anita-Chu-11-09-2022/Binary-FHIR-Bundle-Attachment_eec66ddb-d824-4b8a-b11c-e7f81746a507_.json": NO_IDENTIFIER,
    "pacio/National-ePOLST-Hema-Onko-11-22-2022/Bundle-PMO_ea4f8c6b-5d99-4079-ba9a-5397d515fcd3_.json": NO_IDENTIFIER,
    "pacio/National-ePOLST-Hema-Onko-11-22-2022/Binary-FHIR-Bundle-Attachment_d08edf75-387d-4cf3-88a7-ef535dd7de23_.json": NO_IDENTIFIER,
    "mns/examples/gpreg-change-gp-req-1/hydrated-signal.json": "an entry whose resource is an empty object",
    "subscriptions-backport/empty_notification_bundle_non_conformant_example.json": "not conformant, as its name says",
}
INVALID_OF_HL7 = {
    "ActivityDefinition-blood-tubes-supply.json": "narrative of white space only (txt-2)",
    "ActivityDefinition-heart-valve-replacement.json": "narrative of white space only (txt-2)",
    "Bundle-dataelements.json": "a fullUrl twice (bdl-7)",
    "Bundle-v2-valuesets.json": "codes that end in a no-break space",
    "CodeSystem-v2-0550.json": "codes that end in a no-break space",
    "DeviceMetric-example.json": "parent refers to a DeviceDefinition, where only a Device may stand",
    "DeviceUseStatement-example.json": "reasonReference refers to a Procedure",
    "EventDefinition-example.json": "narrative of white space only (txt-2)",
    "ImplementationGuide-fhir.json": "no name, no status, a reference with an id of more than 64 characters",
    "MedicationRequest-medrx0301.json": "dispenseRequest.performer refers to a Practitioner",
    "Observation-clinical-gender.json": "performer refers to an Encounter",
    "Questionnaire-qs1.json": NO_LINK_ID,
    "Questionnaire-zika-virus-exposure-assessment.json": "narrative of white space only (txt-2)",
    "SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json": "an id of more than 64 characters",
    "ig-r4.json": "no name, no status, a reference with an id of more than 64 characters",
    **dict.fromkeys(
        ("StructureDefinition-Definition.json", "StructureDefinition-Event.json", "StructureDefinition-FiveWs.json", "StructureDefinition-Request.json"),
        "neither abstract nor with a baseDefinition (sdf-4)",
    ),
}  # fmt: skip
SEARCH_PARAMETERS_WITHOUT_BASE = "SearchParameter-codesystem-extensions-", "SearchParameter-valueset-extensions-"


def resources_in(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*.json")) if path.name not in ("package.json", ".index.json"))


def conformance_resources() -> list[Path]:
    folders = ("r4-examples", "pds-examples", "pacio", "mns/examples", "subscriptions-backport")
    return [path for folder in folders for path in resources_in(CONFORMANCE / folder)]


@published
def test_published_resources_are_valid_but_for_those_that_truly_are_not() -> None:
    flagged = set()
    for path in conformance_resources():
        if path.read_text("utf-8").startswith("../"):
            continue  # a link that was stored as its target's path: no resource
        resource = parse(path.read_bytes())
        if "resourceType" in resource and any(issue.is_error for issue in validate(resource)):
            flagged.add(path.relative_to(CONFORMANCE).as_posix())
    assert flagged == set(INVALID)


@published
def test_published_resources_are_written_back_as_they_were() -> None:
    for path in resources_in(CONFORMANCE / "r4-examples"):
        resource = parse(path.read_bytes())
        again = parse(dump(resource))
        assert again == resource
        assert dump(again) == dump(resource)


@hl7s_own
def test_hl7s_own_examples_are_valid_but_for_those_that_truly_are_not() -> None:
    flagged = set()
    count = 0
    for path in resources_in(Path(EXAMPLES)):
        resource = parse(path.read_bytes(), max_bytes=LARGEST)
        count += 1
        if any(issue.is_error for issue in validate(resource)):
            flagged.add(path.name)
    assert count > 5000
    assert {name for name in flagged if not name.startswith(SEARCH_PARAMETERS_WITHOUT_BASE)} == set(INVALID_OF_HL7)


def server_free(resource: dict[str, Any]) -> str:
    """The text of a resource without what the server writes, its keys in one order."""
    meta = {key: item for key, item in resource.get("meta", {}).items() if key not in ("versionId", "lastUpdated")}
    held = {key: item for key, item in resource.items() if key not in ("id", "meta")} | ({"meta": meta} if meta else {})
    return dump(keyed(held))


def keyed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: keyed(value[key]) for key in sorted(value)}
    return [keyed(item) for item in value] if isinstance(value, list) else value


def recorded_and_read(service: Service, paths: Iterator[Path]) -> dict[str, int]:
    """How many resources were refused by each status; those that were taken were read back as they were, both ways."""
    statuses: dict[str, int] = {}
    for path in paths:
        resource = parse(path.read_bytes(), max_bytes=LARGEST)
        if resource.get("resourceType") not in WRITABLE:
            continue
        answer = service.post(resource["resourceType"], path.read_bytes())
        statuses[path.name] = answer.status_code
        if answer.status_code == 201:
            address = "/".join(answer.headers["location"].split("/")[-4:-2])
            assert server_free(parse(service.get(address).content)) == server_free(resource), path.name
            shown = service.get(address, Accept="application/fhir+xml")
            assert server_free(xml.parse(shown.content)) == server_free(resource), path.name
            again = service.post(resource["resourceType"], shown.content, Content_Type="application/fhir+xml")
            assert again.status_code in (200, 201), path.name
            kept = "/".join(again.headers["location"].split("/")[-4:-2])
            assert server_free(parse(service.get(kept).content)) == server_free(resource), path.name
    return statuses


@published
def test_published_resources_are_recorded_and_read_back_as_they_were(service: Service) -> None:
    statuses = recorded_and_read(service, resources_in(CONFORMANCE / "r4-examples"))
    refused = {f"r4-examples/{name}" for name, status in statuses.items() if status != 201}
    assert len(statuses) > 10
    assert refused == set(INVALID) & {f"r4-examples/{name}" for name in statuses}


@hl7s_own
@pytest.mark.timeout(600)
def test_hl7s_own_examples_are_recorded_and_read_back_as_they_were(service: Service) -> None:
    statuses = recorded_and_read(service, resources_in(Path(EXAMPLES)))
    assert len(statuses) > 250
    assert {name for name, status in statuses.items() if status != 201} == set(statuses) & set(INVALID_OF_HL7)
