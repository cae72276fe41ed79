"""FHIR R4: lossless JSON, validation, and the plan to and from resources. https://hl7.org/fhir/R4/"""
