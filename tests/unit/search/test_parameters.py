"""HL7's definitions are all here, or said to be left out; what is derived of them is as stored data needs it."""

from __future__ import annotations

import json
from hashlib import sha256
from importlib import resources
from pathlib import Path

import pytest

from acpshare.fhir.json_text import parse
from acpshare.search import expressions
from acpshare.search.extraction import index_values
from acpshare.search.generate import Generator
from acpshare.search.parameters import EDITION, Kind, fingerprint, left_out, parameters_of, types
from acpshare.search.texts import bounded, folded

NODE_MODULES = Path(__file__).resolve().parents[3] / "var" / "definitions" / "node_modules"
SOURCE = NODE_MODULES / "@medplum" / "definitions" / "dist" / "fhir" / "r4"
definitions = pytest.mark.skipif(not SOURCE.exists(), reason="conformance data absent: `make definitions` fetches it")


def test_every_parameter_leads_somewhere() -> None:
    for type in types():
        for parameter in parameters_of(type).values():
            by_the_store = parameter.code in ("_id", "_lastUpdated")
            assert bool(parameter.paths or parameter.contexts) is not by_the_store
            assert parameter.url.startswith("http://hl7.org/fhir/SearchParameter/")
            assert parameter.description
            assert bool(parameter.targets) is (parameter.kind is Kind.REFERENCE)


@definitions
def test_nothing_official_is_missing_without_a_reason() -> None:
    official = json.loads((SOURCE / "search-parameters.json").read_text("utf-8"))["entry"]
    wanted = {(base, entry["resource"]["code"]) for entry in official for base in entry["resource"]["base"]}
    for type in types():
        bases = {type, "Resource"} if type == "Binary" else {type, "Resource", "DomainResource"}
        for base, code in sorted(wanted):
            if base in bases:
                assert (code in parameters_of(type)) is not (f"{base}.{code}" in left_out())


@definitions
def test_the_data_is_what_the_generator_writes() -> None:
    kept = resources.files("acpshare.search") / "data" / "r4-search-parameters.jsonl"
    assert kept.read_text("utf-8").splitlines() == list(Generator(NODE_MODULES).lines())


def test_keys_differ() -> None:
    keys = [parameter.key for type in types() for parameter in parameters_of(type).values()]
    assert len(set(keys)) == len(keys)
    assert all(0 < key < 2**63 for key in (*keys, *map(fingerprint, types())))


def test_what_the_generator_does_not_understand_stops_it() -> None:
    for expression in ("Patient.name.first()", "Patient.nothing", "Patient.name.where(use = 'usual')", "Patient.gender.as(Quantity)"):  # fmt: skip
        with pytest.raises(expressions.NotUnderstood):
            expressions.compiled("Patient", expression, "token")


GOLDEN = """
{"resourceType": "Observation", "id": "o", "meta": {"tag": [{"code": "t"}], "profile": ["http://p.example|1"]}, "status": "final",
 "identifier": [{"system": "s", "value": "v", "type": {"text": "Kind", "coding": [{"system": "ts", "code": "tc"}]}}],
 "code": {"text": "Ténor", "coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]},
 "subject": {"reference": "Patient/1"}, "performer": [{"identifier": {"system": "s", "value": "v"}}, {"reference": "#c"}],
 "effectivePeriod": {"start": "2026-06-01"}, "issued": "2026-06-01T10:00:00.123Z",
 "valueSampledData": {"origin": {"value": 5, "code": "mV"}, "period": 1, "dimensions": 1, "factor": 2, "data": "1 E 3.5 -2"},
 "component": [{"code": {"coding": [{"code": "c"}]}, "valueQuantity": {"value": 5.40, "comparator": "<", "unit": "mg", "code": "mg"}}]}
"""


def test_an_edition_stands_for_what_is_made_of_a_resource() -> None:
    """When this fails, the same resource gives other index values: raise EDITION, so that every store indexes anew."""
    made = sha256("\n".join(map(repr, index_values(parse(GOLDEN)))).encode()).hexdigest()[:16]
    assert (EDITION, made) == (1, "ee8779b5fb53a26b")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Ångström", "ANGSTROM"),
        ("Brontë", "bronte"),
        ("Straße", "STRASSE"),
        ("O’Neill", "o'neill"),
        ("Smith–Jones", "smith-jones"),
        ("Mary \t Ann", " mary ann "),
        ("ﬁeld", "field"),
        ("Ian\0", "ian"),
    ],
)
def test_texts_that_are_the_same_to_a_search(text: str, same: str) -> None:
    assert folded(text) == folded(same)


def test_long_texts_that_differ_only_at_the_end_stay_apart() -> None:
    one, other = bounded("é" * 600 + "1"), bounded("é" * 600 + "2")
    assert one != other
    assert max(len(one.encode()), len(other.encode()), len(folded("é" * 600).encode())) <= 500
