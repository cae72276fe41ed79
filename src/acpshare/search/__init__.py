"""What a resource is found by, and what a search asks: pure, for every store alike. https://hl7.org/fhir/R4/search.html"""
