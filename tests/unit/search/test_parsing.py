"""A query string is understood whole or refused with every problem, and never repeats a value.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

import pytest

from acpshare.outcome import IssueType, Malformed
from acpshare.search import cursor
from acpshare.search.parameters import parameters_of
from acpshare.search.parsing import ParsedSearch, parse_search
from acpshare.search.query import (
    Chain,
    Has,
    Ids,
    Include,
    Match,
    Missing,
    Position,
    ReferenceTest,
    Sort,
    TokenTest,
    Total,
)
from acpshare.search.values import DateValue, ReferenceValue, parameter_key

NHS = "https://fhir.nhs.uk/Id/nhs-number"
SECRET = "9990000018"
HERE = "https://ours.example/fhir"


def parsed(type: str, *pairs: tuple[str, str], lenient: bool = False) -> ParsedSearch:
    return parse_search(type, pairs, base_url=HERE, lenient=lenient)


def refused(type: str, *pairs: tuple[str, str], lenient: bool = False) -> list[tuple[str, str | None, str]]:
    """The code, Spine code and words of every problem."""
    with pytest.raises(Malformed) as failure:
        parsed(type, *pairs, lenient=lenient)
    for issue in failure.value.issues:
        assert SECRET not in issue.diagnostics
        assert SECRET not in "".join(issue.expression)
    return [(issue.code.value, issue.spine, issue.diagnostics) for issue in failure.value.issues]


def key(type: str, code: str) -> int:
    return parameters_of(type)[code].key


IDENTIFIED = Match((TokenTest(key("Patient", "identifier"), NHS, SECRET),))


def test_a_plan_by_nhs_number() -> None:
    found = parsed("CarePlan", ("patient.identifier", f"{NHS}|{SECRET}"))
    assert found.query.criteria == (Chain(key("CarePlan", "patient"), ("Patient",), (IDENTIFIED,)),)
    assert found.query.count == 50


def test_a_chain_goes_on_through_every_type_that_has_the_parameter() -> None:
    (chain,) = parsed("Observation", ("subject.identifier", f"{NHS}|{SECRET}")).query.criteria
    assert isinstance(chain, Chain)
    assert chain.types == ("Group", "Location", "Patient")
    assert chain.criteria[2] == IDENTIFIED
    assert parsed("Observation", ("subject:Patient.identifier", f"{NHS}|{SECRET}")).query.criteria == (
        Chain(key("Observation", "subject"), ("Patient",), (IDENTIFIED,)),
    )


def test_chains_of_four_links_and_no_more() -> None:
    name = ".".join(["part-of"] * 4)
    innermost = parsed("CarePlan", (f"{name}.status", "active")).query.criteria[0]
    for _ in range(4):
        assert isinstance(innermost, Chain)
        assert innermost.types == ("CarePlan",)
        innermost = innermost.criteria[0]
    assert innermost == Match((TokenTest(key("CarePlan", "status"), None, "active"),))
    twenty = ".".join(["part-of"] * 20)
    assert refused("CarePlan", (f"{twenty}.status", "active")) == [
        ("too-costly", "INVALID_SEARCH_DATA", "a parameter (its name is not repeated here) has more than 4 links")
    ]


def test_reverse_chains_may_hold_one_another() -> None:
    name = "_has:CarePlan:patient:_has:Provenance:target:agent"
    expected = Has(
        "CarePlan",
        key("CarePlan", "patient"),
        Has(
            "Provenance",
            key("Provenance", "target"),
            Match((ReferenceTest(key("Provenance", "agent"), "Practitioner", "1"),)),
        ),
    )
    assert parsed("Patient", (name, "Practitioner/1")).query.criteria == (expected,)


def test_a_chain_ends_in_ids_modifiers_and_missing_as_anything_does() -> None:
    subject = key("CarePlan", "patient")
    active = key("Patient", "active")
    assert parsed("CarePlan", ("patient._id", "p1,p2")).query.criteria == (
        Chain(subject, ("Patient",), (Ids(("p1", "p2")),)),
    )
    (missing,) = parsed("CarePlan", ("patient.organization:missing", "true")).query.criteria
    assert missing == Chain(subject, ("Patient",), (Missing(key("Patient", "organization"), ReferenceValue, True),))
    assert parsed("Patient", ("active", "http://terminology.hl7.org/CodeSystem/special-values|true")).query.criteria == (
        Match((TokenTest(active, "", "true"),)),
    )  # fmt: skip


def test_the_answer_as_it_is_asked_for() -> None:
    found = parsed(
        "CarePlan",
        ("_sort", "-date,_lastUpdated,_id"),
        ("_count", "20"),
        ("_total", "accurate"),
        ("_include", "CarePlan:subject:Patient"),
        ("_include:iterate", "Patient:organization"),
        ("_revinclude", "Provenance:target"),
        ("_elements", "status,intent"),
        ("_summary", "false"),
        ("_contained", "false"),
        ("_format", "json"),
        ("_pretty", "true"),
    )
    assert found.query.sort == (Sort(key("CarePlan", "date"), DateValue, True), Sort(None, DateValue), Sort(None, None))
    assert (found.query.count, found.query.total) == (20, Total.ACCURATE)
    assert found.query.includes == (
        Include("CarePlan", key("CarePlan", "subject"), "Patient"),
        Include("Patient", key("Patient", "organization"), None, iterate=True),
        Include("Provenance", key("Provenance", "target"), None, reverse=True),
    )
    assert (found.summary, found.elements) == ("false", ("status", "intent"))
    assert [name for name, _ in found.pairs] == ["_contained", "_count", "_elements", "_include", "_include:iterate", "_revinclude", "_sort", "_summary", "_total"]  # fmt: skip


@pytest.mark.parametrize(
    ("count", "understood"),
    [("0", 0), ("1", 1), ("1000", 1000), ("1001", 1000), ("1000000000", 1000), ("9" * 5000, 1000)],
)
def test_a_count_above_the_most_is_the_most(count: str, understood: int) -> None:
    assert parsed("CarePlan", ("_count", count)).query.count == understood


def test_the_total_alone() -> None:
    for pair in (("_count", "0"), ("_summary", "count")):
        query = parsed("CarePlan", pair).query
        assert (query.count, query.total) == (0, Total.ACCURATE)


def test_includes_of_everything() -> None:
    assert len(parsed("CarePlan", ("_include", "*")).query.includes) == 12
    assert parsed("CarePlan", ("_include", "CarePlan:*")).query == parsed("CarePlan", ("_include", "*")).query
    sources = {include.source for include in parsed("CarePlan", ("_revinclude", "*")).query.includes}
    assert {"CarePlan", "Provenance", "Task"} <= sources
    assert "Location" not in sources


@pytest.mark.parametrize(
    ("name", "value", "code", "spine", "words"),
    [
        ("identifer", "x", "not-supported", "ADDITIONAL_PROPERTIES", "identifer is not a search parameter of Patient; is identifier meant?"),
        ("nhs-number", "x", "not-supported", "ADDITIONAL_PROPERTIES", "nhs-number is not a search parameter of Patient"),
        (SECRET, "x", "not-supported", "ADDITIONAL_PROPERTIES", "a parameter (its name is not repeated here) is not a search parameter of Patient"),
        ("_text", "x", "not-supported", "ADDITIONAL_PROPERTIES", "_text is not a search parameter of Patient"),
        ("identifier", "", "required", "MISSING_VALUE", "identifier has an empty value"),
        ("identifier", "a,,b", "required", "MISSING_VALUE", "identifier has an empty value"),
        ("name", "  ", "required", "MISSING_VALUE", "name has an empty value"),
        ("name", "\0", "value", "INVALID_VALUE", "name: a value with something to search for is expected"),
        ("name", "\u0301", "value", "INVALID_VALUE", "name: a value with something to search for is expected"),
        ("identifier", "|", "value", "INVALID_VALUE", r"identifier: code, system|code, |code or system| is expected (a | within them is written \|)"),
        ("identifier", "a|b|c", "value", "INVALID_VALUE", r"identifier: code, system|code, |code or system| is expected (a | within them is written \|)"),
        ("identifier:of-type", "a|b", "value", "INVALID_VALUE", "identifier:of-type: system|code|value is expected: the identifier's type, and its value"),
        ("identifier:exact", SECRET, "not-supported", "INVALID_SEARCH_DATA", "identifier:exact has a modifier that is not supported; possible: :missing, :not, :text, :of-type"),
        ("identifier:", SECRET, "not-supported", "INVALID_SEARCH_DATA", "identifier: has a modifier that is not supported; possible: :missing, :not, :text, :of-type"),
        ("organization:Patient", "1", "not-supported", "INVALID_SEARCH_DATA", "organization:Patient has a modifier that is not supported; possible: :missing, :identifier, :[type] of what it refers to"),
        ("birthdate", "zz2020", "value", "INVALID_VALUE", "birthdate: the prefix is not one of eq, ne, gt, lt, ge, le, sa, eb, ap"),
        ("birthdate", "01/02/2020", "value", "INVALID_VALUE", "birthdate: a date or time as FHIR writes it, after at most one prefix (eq, ne, gt, lt, ge, le, sa, eb, ap), is expected"),
        ("birthdate", "2020-02-30", "value", "INVALID_VALUE", "birthdate: a date or time as FHIR writes it, after at most one prefix (eq, ne, gt, lt, ge, le, sa, eb, ap), is expected"),
        ("birthdate:missing", "maybe", "value", "INVALID_VALUE", "birthdate:missing: true or false is expected"),
        ("active", "yes", "value", "INVALID_VALUE", "active: true or false is expected"),
        ("_id", "Patient/1", "value", "INVALID_VALUE", "_id: an id is expected: letters, digits, - and . only, at most 64"),
        ("_id:not", "1", "not-supported", "INVALID_SEARCH_DATA", "_id:not has a modifier that is not supported; it takes none"),
        ("organization", "#x", "value", "INVALID_VALUE", "organization: an id, Type/id or an address is expected; what is contained cannot be searched for"),
        ("gender:in", "https://nowhere.example/vs", "value", "INVALID_VALUE", "gender:in: the address of a value set that this server has is expected"),
        ("name.family", "x", "not-supported", "INVALID_SEARCH_DATA", "name.family goes on after name, which is no reference"),
        ("organization.birthdate", "2020", "not-supported", "ADDITIONAL_PROPERTIES", "organization.birthdate: nothing that organization refers to has the parameter after the dot"),
        ("organization.identifer", "2020", "not-supported", "ADDITIONAL_PROPERTIES", "organization.identifer: nothing that organization refers to has the parameter after the dot; is identifier meant?"),
        ("organization:Location.name", "x", "not-supported", "INVALID_SEARCH_DATA", "organization:Location.name has a modifier that is not supported; possible: :missing, :identifier, :[type] of what it refers to"),
        ("_has:Observation:patient", "x", "not-supported", "INVALID_SEARCH_DATA", "_has:Observation:patient: _has:Type:reference:parameter is expected"),
        ("_has:Observation:performer:code", "x", "value", None, ""),
        ("_has:Observation:code:status", "x", "not-supported", "ADDITIONAL_PROPERTIES", "_has:Observation:code:status: _has needs a type and its reference parameter that can lead to Patient"),
        ("_has:Nothing:patient:status", "x", "not-supported", "ADDITIONAL_PROPERTIES", "_has:Nothing:patient:status: _has needs a type and its reference parameter that can lead to Patient"),
        ("_count", "abc", "value", "INVALID_VALUE", "_count: a whole number from 0 on is expected"),
        ("_count", "-1", "value", "INVALID_VALUE", "_count: a whole number from 0 on is expected"),
        ("_count", "٣", "value", "INVALID_VALUE", "_count: a whole number from 0 on is expected"),
        ("_count", "", "required", "MISSING_VALUE", "_count has an empty value"),
        ("_total", "exact", "value", "INVALID_VALUE", "_total: one of none, estimate, accurate is expected"),
        ("_summary", "yes", "value", "INVALID_VALUE", "_summary: one of true, text, data, count, false is expected"),
        ("_elements", "a b", "value", "INVALID_VALUE", "_elements: names of elements with commas between them are expected"),
        ("_contained", "true", "not-supported", "INVALID_SEARCH_DATA", "_contained: only false is supported"),
        ("_sort", "famly", "not-supported", "ADDITIONAL_PROPERTIES", "_sort: famly is not a search parameter of Patient; is family meant?"),
        ("_sort", ",".join(["name"] * 9), "too-costly", "INVALID_SEARCH_DATA", "_sort has more than 8 parameters"),
        ("_include", "Observation:subject", "not-supported", "INVALID_SEARCH_DATA", "_include: Patient:parameter or Patient:parameter:type is expected, with a reference parameter that can lead there"),
        ("_include", "Patient:name", "not-supported", "INVALID_SEARCH_DATA", "_include: Patient:parameter or Patient:parameter:type is expected, with a reference parameter that can lead there"),
        ("_revinclude", "Observation:device", "not-supported", "INVALID_SEARCH_DATA", "_revinclude: a type:parameter or a type:parameter:type is expected, with a reference parameter that can lead there"),
        ("identifier", ",".join([SECRET] * 501), "too-costly", "INVALID_SEARCH_DATA", "identifier has more than 500 values"),
        ("identifier", SECRET * 11_000, "too-costly", "INVALID_SEARCH_DATA", "identifier has a value of more than 100000 characters"),
        ("identifier", SECRET * 300, "value", "INVALID_VALUE", "identifier has a value of more than 2048 characters"),
        ("identifier", f"{SECRET}\ud800", "value", "INVALID_VALUE", "identifier has a value that is not UTF-8"),
        ("_cursor", "nonsense", "value", "INVALID_VALUE", "_cursor is not one that this search has given: take it unchanged from a link, or begin anew"),
    ],
)  # fmt: skip
def test_what_is_refused_and_what_would_be_right(
    name: str, value: str, code: str, spine: str | None, words: str
) -> None:
    if spine is None:
        assert parsed("Patient", (name, value)).query.criteria
        return
    assert refused("Patient", (name, value)) == [(code, spine, words)]


def test_a_composite_has_no_order_and_needs_both_parts() -> None:
    (sort, value, missing) = refused(
        "Observation", ("_sort", "code-value-quantity"), ("code-value-quantity", "8867-4"), ("code-value-quantity:missing", "true")
    )  # fmt: skip
    assert sort[2] == "_sort: code-value-quantity is a composite, which has no order"
    assert value[2].startswith("code-value-quantity: two values with a $ between them are expected")
    assert missing[2] == "code-value-quantity:missing has a modifier that is not supported; it takes none"


def test_every_problem_is_said_at_once() -> None:
    problems = refused(
        "Patient", ("identifer", SECRET), ("name", ""), ("birthdate", "x"), ("_count", "x"), ("_sort", "x")
    )
    assert [spine for _, spine, _ in problems] == ["ADDITIONAL_PROPERTIES", "MISSING_VALUE", "INVALID_VALUE", "INVALID_VALUE", "ADDITIONAL_PROPERTIES"]  # fmt: skip


def test_a_hundred_parameters_and_no_more() -> None:
    assert len(parsed("Patient", *[("name", "x")] * 100).query.criteria) == 100
    assert refused("Patient", *[("name", "x")] * 101) == [
        ("too-costly", "INVALID_SEARCH_DATA", "there are more than 100 parameters")
    ]
    assert refused("Patient", *[("name", ",".join("x" * 400))] * 6)[0][2] == "there are more than 2000 values in all"


def test_lenient_passes_over_what_is_not_known_and_says_so() -> None:
    found = parsed("Patient", ("identifer", SECRET), ("name", "x"), ("_sort", "famly"), lenient=True)
    assert [(issue.severity.value, issue.code, issue.diagnostics) for issue in found.issues] == [
        ("warning", IssueType.NOT_SUPPORTED, "identifer is not a search parameter of Patient; is identifier meant? (passed over)"),
        ("warning", IssueType.NOT_SUPPORTED, "_sort: famly is not a search parameter of Patient; is family meant? (passed over)"),
    ]  # fmt: skip
    assert found.pairs == (("name", "x"),)


def test_lenient_never_finds_everybody_by_a_misspelling() -> None:
    problems = refused("Patient", ("identifer", SECRET), lenient=True)
    assert problems[-1][2].startswith("nothing is left of this search")
    assert refused("CarePlan", ("patient.identifer", SECRET), ("_count", "10"), lenient=True)


@pytest.mark.parametrize("value", ["name:exct", "birthdate:exact"])
def test_a_modifier_or_value_that_is_wrong_is_refused_even_then(value: str) -> None:
    assert refused("Patient", (value, "x"), ("name", "x"), lenient=True)


class TestCursor:
    PLACE = Position(key=2**40, version_id=7, newest=2**41)

    def test_a_place_comes_back_with_its_own_search(self) -> None:
        search = (("name", "x"), ("_sort", "family"))
        text = cursor.encode(self.PLACE, parsed("Patient", *search).digest)
        again = parsed("Patient", *reversed(search), ("_count", "5"), ("_cursor", text))
        assert again.query.after == self.PLACE
        assert "_cursor" not in dict(again.pairs)
        assert len(text) == 36

    @pytest.mark.parametrize(
        ("type", "pairs"),
        [
            ("Patient", [("name", "y"), ("_sort", "family")]),
            ("Patient", [("name", "x"), ("_sort", "-family")]),
            ("Practitioner", [("name", "x"), ("_sort", "family")]),
        ],
    )
    def test_it_is_refused_with_another_search(self, type: str, pairs: list[tuple[str, str]]) -> None:
        text = cursor.encode(self.PLACE, parsed("Patient", ("name", "x"), ("_sort", "family")).digest)
        assert [spine for _, spine, _ in refused(type, *pairs, ("_cursor", text))] == ["INVALID_VALUE"]

    def test_it_is_refused_when_any_character_was_changed(self) -> None:
        digest = parsed("Patient").digest
        text = cursor.encode(self.PLACE, digest)
        for place in range(len(text)):
            edited = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
            for changed in (edited, text[:place], text + text[: place + 1]):
                assert refused("Patient", ("_cursor", changed))

    def test_a_second_one_is_refused(self) -> None:
        text = cursor.encode(self.PLACE, parsed("Patient").digest)
        assert refused("Patient", ("_cursor", text), ("_cursor", text))[0][2] == "_cursor stands more than once"


def test_numbers_of_parameters_do_not_change() -> None:
    """They stand in databases."""
    assert parameter_key("CarePlan", "patient") == 3430115115507900758
    assert parameter_key("Patient", "identifier", ":of-type") == 4235484141344850587
