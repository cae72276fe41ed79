"""The resource types that the service knows, and what may be done with each. https://hl7.org/fhir/R4/resourcelist.html"""

from __future__ import annotations

from acpshare.interactions.compartment import ELEMENTS

DEFINITIONS = (
    "Questionnaire",
    "ConceptMap",
    "StructureMap",
    "StructureDefinition",
    "OperationDefinition",
    "ValueSet",
    "CodeSystem",
)
"""Resource types of the published forms and maps, derived from the mapping files."""

RECORDED = (
    "Patient",
    "QuestionnaireResponse",
    "CarePlan",
    "Consent",
    "Flag",
    "Goal",
    "Condition",
    "Observation",
    "ServiceRequest",
    "Communication",
    "Task",
    "RelatedPerson",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
    "DocumentReference",
    "Binary",
    "Composition",
    "List",
    "Group",
    "Provenance",
    "AuditEvent",
    "Subscription",
    "Measure",
    "MeasureReport",
)
"""What clients record."""

WRITABLE = (*RECORDED, "Questionnaire")
"""Questionnaires may be anybody's; those that the service publishes cannot be changed."""

RESOURCE_TYPES = (*RECORDED, *DEFINITIONS)
"""Every type in scope."""

IN_COMPARTMENT = tuple(type for type in RECORDED if type in ELEMENTS and type != "Task")
"""What is found below a person's own address, which R4 does not have for a Task.

https://hl7.org/fhir/R4/compartmentdefinition-patient.html
"""
