"""FHIR's operations, one small module each. https://hl7.org/fhir/R4/operations.html"""
