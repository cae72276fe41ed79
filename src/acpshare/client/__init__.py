"""A client of acpshare, and of any FHIR R4 server: the same calls, synchronous and asynchronous.

    with Client("http://127.0.0.1:8000/fhir/R4") as client:
        plan = client.read("CarePlan", "example")

https://hl7.org/fhir/R4/http.html
"""

from acpshare.client.answers import Answer, OutcomeIssue, Page, Refused
from acpshare.client.asynchronous import AsyncClient
from acpshare.client.bulk import Exported, ExportFile, ExportStatus
from acpshare.client.synchronous import Client

__all__ = [
    "Answer",
    "AsyncClient",
    "Client",
    "ExportFile",
    "ExportStatus",
    "Exported",
    "OutcomeIssue",
    "Page",
    "Refused",
]
