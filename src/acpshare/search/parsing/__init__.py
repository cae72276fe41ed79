"""A query string understood: every parameter, or every problem at once. https://hl7.org/fhir/R4/search.html"""

from acpshare.search.parsing.search import ParsedSearch, parse_search

__all__ = ["ParsedSearch", "parse_search"]
