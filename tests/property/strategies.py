"""Hypothesis strategies for plans: every element of the catalogue, absent or stated, in every shape that it can have."""

from __future__ import annotations

import typing
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from acpshare.plan import CATALOGUE, Element, Kind, Plan, put
from acpshare.plan.answers import Answer, AnswerType, Residue, ResponseItem
from acpshare.plan.record import Signature, SignatureRole
from acpshare.plan.values import (
    CprDecision,
    CprKind,
    FhirDate,
    FhirTime,
    Reason,
    Review,
    ReviewKind,
    Scale,
    TreatmentDecision,
    TreatmentKind,
)

FORMS = ("respect-v3", "respect-v2", "tep-devon", "tep-scotland", "teal-working", "dnacpr-rcuk-2015", "local-1")

AWKWARD = (
    "<script>alert('x')</script> & \"quoted\"",
    "line one\nline two\r\n\tindented",
    " spaces around ",
    "72.50",
    "2026-02-30",
    "Zoë Åström-Nguyễn 王 \U0001f9d1\u200d⚕️",
    "x" * 400,
)
"""Texts that a lesser representation would change, refuse or run."""

# What FHIR allows in a string: no control characters but tab, line feed and carriage return, nothing outside XML, not blank.
characters = st.characters(
    exclude_categories=("Cs", "Cc"), include_characters="\t\n\r", exclude_characters="\ufffe\uffff"
)
texts = st.text(characters, min_size=1, max_size=20).filter(str.strip) | st.sampled_from(AWKWARD)
years = st.integers(1890, 2090).map(str)
dates: st.SearchStrategy[FhirDate] = st.one_of(
    st.dates().filter(lambda day: day.year > 1889).map(lambda day: FhirDate(day.isoformat())),
    st.dates().filter(lambda day: day.year > 1889).map(lambda day: FhirDate(day.isoformat()[:7])),
    years.map(FhirDate),
)
times: st.SearchStrategy[FhirTime] = st.times().map(lambda time: FhirTime(time.isoformat()))


@st.composite
def scales(draw: st.DrawFn) -> Scale:
    numbers = st.decimals(-1000, 1000, allow_nan=False, allow_infinity=False, places=2) | st.integers(0, 100).map(
        Decimal
    )
    low, value, high = sorted(draw(st.lists(numbers, min_size=3, max_size=3)))
    return Scale(value, low, high)


cpr_decisions = st.one_of(
    st.just(CprDecision(CprKind.ATTEMPT)),
    st.builds(CprDecision, st.just(CprKind.DO_NOT_ATTEMPT), condition=st.none() | texts),
    st.builds(CprDecision, st.just(CprKind.MODIFIED), details=st.none() | texts),
)
treatment_decisions = st.one_of(
    st.sampled_from((TreatmentKind.FOR, TreatmentKind.NOT_FOR)).map(TreatmentDecision),
    st.builds(TreatmentDecision, st.just(TreatmentKind.CONDITIONAL), st.none() | texts),
)
reviews = st.one_of(
    st.just(Review(ReviewKind.INDEFINITE)), st.builds(Review, st.just(ReviewKind.BY_DATE), st.none() | dates)
)
reasons = st.builds(Reason, because=st.none() | texts)
STATEMENTS: dict[type, st.SearchStrategy[Any]] = {
    CprDecision: cpr_decisions,
    TreatmentDecision: treatment_decisions,
    Review: reviews,
    Reason: reasons,
}

codings = st.builds(
    Answer,
    st.just(AnswerType.CODING),
    st.from_regex(r"[a-z0-9][a-z0-9\-]{0,8}", fullmatch=True),
    st.none() | st.just("https://acpshare.example/fhir/CodeSystem/local-1"),
    st.none() | texts,
)
answers = st.one_of(
    codings,
    st.booleans().map(lambda value: Answer(AnswerType.BOOLEAN, str(value).lower())),
    st.integers(-(2**31), 2**31 - 1).map(lambda value: Answer(AnswerType.INTEGER, str(value))),
    st.decimals(-10_000, 10_000, places=3).map(lambda value: Answer(AnswerType.DECIMAL, str(value))),
    dates.map(lambda value: Answer(AnswerType.DATE, value)),
    st.sampled_from(("2026", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000+01:00")).map(
        lambda value: Answer(AnswerType.DATE_TIME, value)
    ),
    times.map(lambda value: Answer(AnswerType.TIME, value)),
    texts.map(lambda value: Answer(AnswerType.STRING, value)),
)
link_ids = st.from_regex(r"[1-9][0-9]?(\.[1-9][a-z]?){0,2}", fullmatch=True)
answered = st.builds(ResponseItem, link_ids, st.lists(answers, max_size=3).map(tuple))
response_items = st.recursive(
    answered,
    lambda inner: st.builds(ResponseItem, link_ids, items=st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=5,
)
residues = st.builds(
    Residue, st.sampled_from(FORMS), link_ids, texts, st.lists(response_items, min_size=1, max_size=2).map(tuple)
)


def values(element: Element) -> st.SearchStrategy[Any]:
    """Every value that the element can have, when it is stated."""
    kind, of = element.kind, typing.cast("Any", element.type)
    simple = {Kind.TEXT: texts, Kind.DATE: dates, Kind.TIME: times, Kind.SCALE: scales()}
    if kind in simple:
        return simple[kind]
    if kind is Kind.CODE:
        return st.sampled_from(list(of))
    if kind is Kind.CODES:
        members = list(of)
        return st.sets(st.sampled_from(members), min_size=1).map(lambda codes: tuple(sorted(codes, key=members.index)))
    if kind is Kind.STATEMENT:
        return STATEMENTS[of]
    if kind is Kind.RESIDUE:
        return st.lists(residues, min_size=1, max_size=2).map(tuple)
    columns = {name: st.none() | values(column) for name, column in element.columns.items()}
    if kind is Kind.SIGNATURES:
        columns |= {"form": st.sampled_from(FORMS), "role": st.sampled_from(SignatureRole)}
        of = Signature
    return st.lists(st.builds(of, **columns), min_size=1, max_size=3).map(tuple)


VALUES = {path: values(element) for path, element in CATALOGUE.items()}


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan: from one that says nothing to one that says everything."""
    paths = draw(st.sets(st.sampled_from(list(CATALOGUE))) | st.just(set(CATALOGUE)))
    return put(Plan(), {path: draw(VALUES[path]) for path in CATALOGUE if path in paths})
