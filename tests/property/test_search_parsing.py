"""Whatever stands in a query string: understood, or refused with a Failure that repeats no value."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from acpshare.outcome import Failure
from acpshare.search import cursor
from acpshare.search.extraction import index_values
from acpshare.search.matching import matches
from acpshare.search.parameters import Kind, parameters_of, types
from acpshare.search.parsing import parse_search
from acpshare.search.query import Match

RESULTS = ("_count", "_sort", "_total", "_summary", "_elements", "_include", "_revinclude", "_contained", "_cursor")
MODIFIERS = (
    "",
    ":",
    ":not",
    ":exact",
    ":missing",
    ":contains",
    ":text",
    ":in",
    ":of-type",
    ":identifier",
    ":Patient",
    ":above",
)
SECRET = "Zxqvwj"

codes = st.sampled_from(types()).flatmap(lambda name: st.sampled_from(sorted(parameters_of(name))))
links = st.lists(codes, max_size=6).map(".".join)
names = st.one_of(
    st.text(max_size=40),
    st.sampled_from(RESULTS),
    st.builds(lambda link, modifier: link + modifier, links, st.sampled_from(MODIFIERS)),
    st.builds("_has:{}:{}:{}".format, st.sampled_from(types()), codes, links),
)
pieces = st.sampled_from([*",|$\\:./#-", "eq", "ap", "zz", "2026-11-22", "T10:00", "Z", "1e400", "-0", "9" * 50, "Patient/1", SECRET, "\0", "\ud800", "é"])  # fmt: skip
values = st.one_of(st.text(max_size=60), st.lists(pieces, max_size=8).map("".join))


@given(st.sampled_from(types()), st.lists(st.tuples(names, values), max_size=6), st.booleans())
def test_parsing_ends_in_a_search_or_a_failure(type: str, pairs: list[tuple[str, str]], lenient: bool) -> None:
    said = ""
    try:
        parsed = parse_search(type, pairs, base_url="https://ours.example", lenient=lenient)
    except Failure as failure:
        said = str(failure) or SECRET
    else:
        assert parse_search(type, parsed.pairs, base_url="https://ours.example").digest == parsed.digest
    assert SECRET not in said or any(SECRET in name for name, _ in pairs)


@given(st.sampled_from([k for k in Kind if k is not Kind.COMPOSITE]), st.data())
def test_every_alternative_is_asked_for_the_parameter_that_was_named(kind: Kind, data: st.DataObject) -> None:
    known = [each for type in types() for each in parameters_of(type).values() if each.kind is kind and each.paths]
    if not known:
        return
    parameter = data.draw(st.sampled_from(known))
    try:
        parsed = parse_search(parameter.type, [(parameter.code, data.draw(values))])
    except Failure:
        return
    (criterion,) = parsed.query.criteria
    assert isinstance(criterion, Match)
    assert {test.parameter for test in criterion.tests} == {parameter.key}


@given(st.text(max_size=60), st.binary(max_size=32))
def test_a_cursor_is_one_that_was_given_or_refused(text: str, digest: bytes) -> None:
    try:
        place = cursor.decode(text, digest)
    except Failure:
        return
    assert cursor.encode(place, digest) == text


@given(st.text(min_size=1, max_size=600))
def test_a_text_on_record_is_found_by_itself(text: str) -> None:
    """Whatever was stored as an identifier or a name is found by the same words, escaped."""
    resource = {"resourceType": "Patient", "identifier": [{"value": text}], "name": [{"family": text}]}
    indexed = index_values(resource)
    escaped = "".join(f"\\{each}" if each in ",|$\\" else each for each in text)
    for name in ("identifier", "family", "family:exact"):
        try:
            (criterion,) = parse_search("Patient", [(name, escaped)]).query.criteria
        except Failure:
            continue  # white space, accents or NUL alone
        assert isinstance(criterion, Match)
        assert any(matches(test, value) for test in criterion.tests for value in indexed)
