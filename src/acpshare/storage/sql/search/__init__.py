"""Searching in a database: criteria become ranges of the index tables, and the order of the steps is decided here.

An engine's planner has no part in that order, so that a search goes the same way with a thousand resources and with a
million, whatever statistics there are (docs/decisions/0027). https://hl7.org/fhir/R4/search.html
"""
