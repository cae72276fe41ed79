"""JSON is read strictly, written back as it was, and refused with a place and without a word of what it said."""

from __future__ import annotations

import copy
import json
import pickle
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acpshare.fhir.json_text import Number, dump, parse, replace_server_elements
from acpshare.outcome import Malformed, TooLarge

NUMBERS = ["72.50", "1e3", "1E+2", "-0", "-0.0", "0.10", "12345678901234567890", "1.000000000000000000E-245", "7", "0"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_keeps_its_text(number: str) -> None:
    text = f'{{"value":{number}}}'
    assert dump(parse(text)) == text


def test_a_number_can_be_reckoned_with_copied_and_pickled() -> None:
    number = parse('{"value": 72.50}')["value"]
    assert number + 1 == Decimal("73.5")
    assert str(copy.deepcopy(number)) == str(pickle.loads(pickle.dumps(number))) == "72.50"  # noqa: S301


def test_order_and_characters_are_kept() -> None:
    text = '{"b":"Café 😀 \\"q\\" \\\\ \\n","a":[true,false,null,{}],"_a":{}}'
    assert dump(parse(text)) == text


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]))
    | st.from_regex(r"\A-?(0|[1-9][0-9]{0,20})\.[0-9]{1,9}([eE][+-]?[0-9]{1,3})?\Z").map(Number),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), values, max_size=5))
def test_what_is_dumped_is_what_is_parsed(value: dict[str, object]) -> None:
    text = dump(value)
    assert dump(parse(text)) == text
    assert parse(text) == json.loads(text, parse_float=Decimal)


REFUSED = {
    "nothing": (b" \n", "the body is empty; a JSON object is expected"),
    "an array": (b"\n [1]", "a JSON object is expected: line 2, column 2"),
    "a text cut short": (b'{"name": {"given"', "the JSON ends before it is complete: line 1, column 18"),
    "a string cut short": (b'{"name": "Per', "the JSON ends before it is complete: line 1, column 10"),
    "more after the end": (b'{"name": 1} {}', "there is more text after the JSON object: line 1, column 13"),
    "a comma too many": (b'{"name": 1,}', "this is not JSON: line 1, column 12"),
    "a leading zero": (b'{"name": 01}', "this is not JSON: line 1, column 11"),
    "a key twice": (b'{"a": {"b": "b",\n  "b": 2}}', "a key is repeated in one object: line 2, column 3"),
    "a key twice, once in escapes": (b'{"a":1,"\\u0061":2}', "a key is repeated in one object: line 1, column 8"),
    "NaN": (b'{"a": "NaN", "b": NaN}', "NaN and Infinity are not JSON numbers: line 1, column 19"),
    "minus infinity": (b'{"b": -Infinity}', "NaN and Infinity are not JSON numbers: line 1, column 7"),
    "a vast exponent": (
        b'{"a": "1e99999999999999999999", "b": 1e99999999999999999999}',
        "a number has a greater exponent than can be read: line 1, column 38",
    ),
    "half a surrogate pair": (
        b'{"a": "\\ud83d\\ude00\\ud83d"}',
        "an escaped character is half of a surrogate pair: line 1, column 20",
    ),
    "a raw line break in a string": (
        b'{"a": "b\nc"}',
        "a control character stands unescaped in a string: line 1, column 9",
    ),
    "Latin-1": ('{"a":\n"é"}'.encode("latin-1"), "the body is not UTF-8: line 2, column 2"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "the body begins with a byte order mark; plain UTF-8 is expected"),
    "UTF-16": ("{}".encode("utf-16"), "the body begins with a byte order mark; plain UTF-8 is expected"),
    "64 levels and one more": (b'{"a":' + b"[" * 64 + b"]" * 64 + b"}", "the JSON is nested more than 64 levels deep"),
    "10,000 levels": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "the JSON is nested more than 64 levels deep"),
}


@pytest.mark.parametrize("text, reason", REFUSED.values(), ids=REFUSED.keys())
def test_a_text_that_is_not_good_json_is_refused_with_its_place(text: bytes, reason: str) -> None:
    with pytest.raises(Malformed) as refusal:
        parse(text)
    assert [issue.diagnostics for issue in refusal.value.issues] == [reason]


ACCEPTED = {
    "64 levels": b'{"a":' + b"[" * 63 + b"]" * 63 + b"}",
    "many objects side by side": b'{"a":[' + b'{"b":[]},' * 500 + b"{}]}",
    "brackets in strings": json.dumps({"a": '["\\' + "[{" * 500}).encode(),
    "a surrogate pair in escapes, and the text of one half": b'{"a": "\\ud83d\\ude00 \\\\ud83d"}',
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_only_looks_dangerous_is_read(text: bytes) -> None:
    assert parse(text) == json.loads(text)


@pytest.mark.parametrize(
    "text, limit",
    [
        (b'{"a":"' + b"a" * 50_000_000 + b'"}', 5_000_000),
        (b"[" * 10_000_000, 20_000_000),
        (b'{"a":' * 5_000_000, 50_000_000),
    ],
    ids=["50 MB", "ten million brackets", "five million objects in each other"],
)
def test_what_is_too_large_or_too_deep_is_refused_quickly(text: bytes, limit: int) -> None:
    started = time.process_time()
    with pytest.raises((TooLarge, Malformed)):
        parse(text, max_bytes=limit)
    assert time.process_time() - started < 2


SERVER = {"id": "new", "version_id": "2", "last_updated": "2026-03-01T10:00:00.000Z"}
OWN = '"versionId":"2","lastUpdated":"2026-03-01T10:00:00.000Z"'
REPLACED = {
    "neither id nor meta": (
        '{ "resourceType": "Patient",\n  "x": 72.50 }',
        f'{{ "resourceType": "Patient","id":"new","meta":{{{OWN}}},\n  "x": 72.50 }}',
    ),
    "an id and an empty meta": (
        '{"resourceType":"Patient", "id" : "old", "meta" : { }}',
        f'{{"resourceType":"Patient", "id" : "new", "meta" : {{{OWN} }}}}',
    ),
    "a meta with a tag and an old version, last": (
        '{"id":"old","resourceType":"Patient","meta":{"tag":[{"code":"a\\u00e9"}],"versionId":"1"}}',
        '{"id":"new","resourceType":"Patient","meta":{"lastUpdated":"2026-03-01T10:00:00.000Z","tag":[{"code":"a\\u00e9"}],"versionId":"2"}}',
    ),
    "an id behind the type, and another within": (
        '{"resourceType":"Goal" ,\n "id": "old", "x": [{"id":"inner"}] }',
        f'{{"resourceType":"Goal" ,\n "id": "new","meta":{{{OWN}}}, "x": [{{"id":"inner"}}] }}',
    ),
    "names written in escapes": (
        '{"resourceType":"Goal","\\u0069d":"old","m\\u0065ta":{"versionId":"1"}}',
        f'{{"resourceType":"Goal","\\u0069d":"new","m\\u0065ta":{{{OWN.split(",")[1]},"versionId":"2"}}}}',
    ),
    "an id in a contained resource": (
        '{"contained":[{"id":"p","meta":{"versionId":"9"}}],"resourceType":"Flag"}',
        f'{{"contained":[{{"id":"p","meta":{{"versionId":"9"}}}}],"resourceType":"Flag","id":"new","meta":{{{OWN}}}}}',
    ),
}


@pytest.mark.parametrize("received, served", REPLACED.values(), ids=REPLACED.keys())
def test_only_the_servers_own_elements_are_replaced(received: str, served: str) -> None:
    assert replace_server_elements(received, **SERVER) == served
    assert parse(served)["meta"]["versionId"] == "2"
