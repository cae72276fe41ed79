"""What was received is what is served, and no version is ever lost or changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from acpshare.outcome import Failure, Invalid, Malformed, NotFound, VersionConflict
from acpshare.storage import Store, StoredResource, Writing
from tests.contract.storage.rows import NOW, care_plan

TEXTS = {
    "a number keeps its text": b'{"value": 72.50, "other": 1E+2, "big": 12345678901234567890.10}',
    "a fraction of a second keeps its zeros": b'{"issued": "2026-03-01T10:00:00.000Z"}',
    "white space and the order of members stay": b'{\r\n\t"b" : 1 ,  "a":2 }\n',
    "any language": '{"text": "Ŵyn ap Siôn — ‘na’ 医 👩‍⚕️ \u0301"}'.encode(),
    "characters that some engines alter": '{"text": "\\u0000 \u2028 \ufeff \x7f \\ud83d \'; -- %s :x"}'.encode(),
    "a large resource": b'{"text": "' + b"x" * 3_000_000 + b'"}',
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_text_comes_back_byte_for_byte(store: Store, text: bytes) -> None:
    with store.write() as writing:
        writing.put(care_plan(text=text))
    with store.read() as reading:
        found = reading.resource("CarePlan", "plan-1")
        assert found is not None
        assert found.text == text
        assert reading.version("CarePlan", "plan-1", 1) == found
        assert reading.resources_of("ann") == (found,)
        assert tuple(reading.every_resource()) == (found,)


@pytest.mark.parametrize(
    ("what", "resource", "failure"),
    [
        ("a NUL in the text", care_plan(text=b'{"a": "\0"}'), Malformed),
        ("text that is not UTF-8", care_plan(text=b'{"a": "\xff"}'), Malformed),
        ("a NUL in the id", care_plan(id="a\0b"), Invalid),
        ("half a surrogate pair in the id", care_plan(id="a\ud800"), Invalid),
        ("no id", care_plan(id=""), Invalid),
        ("no person, said as an empty one", care_plan(person=""), Invalid),
    ],
)
def test_what_no_engine_keeps_is_refused_by_all(
    store: Store, what: str, resource: StoredResource, failure: type[Failure]
) -> None:
    with pytest.raises(failure), store.write() as writing:
        writing.put(resource)
    with store.read() as reading:
        assert reading.counts().resources == {}


def test_an_instant_comes_back_in_utc_to_the_microsecond(store: Store) -> None:
    summer = timezone(timedelta(hours=1))
    with store.write() as writing:
        put = writing.put(StoredResource("Patient", "ann", 1, NOW.astimezone(summer), b"{}", "ann"))
    with store.read() as reading:
        found = reading.resource("Patient", "ann")
    assert found == put
    assert found is not None
    assert found.last_updated.isoformat() == "2026-11-22T09:30:00.123456+00:00"


def test_an_instant_without_a_zone_is_a_mistake_of_ours(store: Store) -> None:
    with pytest.raises(ValueError, match="time zone"), store.write() as writing:
        writing.put(StoredResource("Patient", "ann", 1, datetime(2026, 11, 22), b"{}", "ann"))  # noqa: DTZ001


def test_every_version_stays_through_update_deletion_and_return(store: Store) -> None:
    texts = [b'{"v":1}', b'{"v":2}', None, b'{"v":4}']
    for place, text in enumerate(texts):
        with store.write() as writing:
            number = writing.next_version("CarePlan", "plan-1")
            assert number == place + 1
            if text is None:
                writing.delete("CarePlan", "plan-1", number, NOW)
            else:
                writing.put(care_plan(version_id=number, text=text))
            current = writing.resource("CarePlan", "plan-1")
            assert current is not None
            assert (current.text, current.deleted, current.person) == (text, text is None, "ann")
    with store.read() as reading:
        assert [row.text for row in reading.history("CarePlan", "plan-1")] == texts[::-1]
        for place, text in enumerate(texts):
            version = reading.version("CarePlan", "plan-1", place + 1)
            assert version is not None
            assert version.text == text
        assert reading.version("CarePlan", "plan-1", 5) is None


def test_what_is_deleted_is_in_no_list(store: Store) -> None:
    with store.write() as writing:
        writing.put(care_plan())
        writing.delete("CarePlan", "plan-1", 2, NOW)
    with store.read() as reading:
        assert reading.resources_of("ann") == ()
        assert list(reading.every_resource()) == []
        assert reading.counts().resources == {}
        current = reading.resource("CarePlan", "plan-1")
        assert current is not None
        assert current.deleted


CONFLICTS: dict[str, Callable[[Writing], object]] = {
    "made twice": lambda writing: writing.put(care_plan(version_id=1)),
    "updated from an older version": lambda writing: writing.put(care_plan(version_id=2)),
    "a version left out": lambda writing: writing.put(care_plan(version_id=4)),
    "deleted from an older version": lambda writing: writing.delete("CarePlan", "plan-1", 2, NOW),
    "moved to another person from an older version": lambda writing: writing.put(care_plan(version_id=2, person="bob")),
    "an update of what was never made": lambda writing: writing.put(care_plan(id="other", version_id=2)),
}


@pytest.mark.parametrize("attempt", CONFLICTS.values(), ids=CONFLICTS.keys())
def test_a_stale_version_is_refused_and_changes_nothing(store: Store, attempt: Callable[[Writing], object]) -> None:
    with store.write() as writing:
        writing.put(care_plan(version_id=1, text=b"1"))
        writing.put(care_plan(version_id=2, text=b"2"))
    with pytest.raises(VersionConflict), store.write() as writing:
        attempt(writing)
    with store.write() as writing, pytest.raises(VersionConflict):
        attempt(writing)  # and a caller who goes on all the same has stored nothing by it
    with store.read() as reading:
        assert [row.text for row in reading.history("CarePlan", "plan-1")] == [b"2", b"1"]
        assert reading.counts().resources == {"CarePlan": 1}


def test_there_is_nothing_to_delete_where_nothing_is(store: Store) -> None:
    with pytest.raises(NotFound), store.write() as writing:
        writing.delete("CarePlan", "none", 1, NOW)
    with store.read() as reading:
        assert reading.resource("CarePlan", "none") is None
        assert reading.history("CarePlan", "none") == ()


def test_a_resource_given_to_another_person_goes_there_with_its_history(store: Store) -> None:
    with store.write() as writing:
        writing.put(care_plan(version_id=1, text=b"1", person=None))
    with store.write() as writing:
        writing.put(care_plan(version_id=2, text=b"2", person="ann"))
    with store.write() as writing:
        writing.put(care_plan(version_id=3, text=b"3", person="bob"))
    with store.read() as reading:
        assert [row.text for row in reading.history("CarePlan", "plan-1")] == [b"3", b"2", b"1"]
        assert reading.resources_of("ann") == ()
        assert [row.text for row in reading.resources_of("bob")] == [b"3"]


def test_lists_come_by_type_and_id_whatever_the_locale_and_the_size(store: Store) -> None:
    ids = [f"{letter}{number}" for letter in "aBé" for number in range(150)]
    with store.write() as writing:
        for place, id in enumerate(ids):
            writing.put(StoredResource("Flag" if place % 2 else "Consent", id, 1, NOW, b"{}", "ann"))
        writing.put(StoredResource("Consent", "else", 1, NOW, b"{}", "bob"))
        for number in range(250):  # more than a page of deletions in the middle hides nothing after it
            writing.put(StoredResource("Consent", f"f{number}", 1, NOW, b"{}", "bob"))
            writing.delete("Consent", f"f{number}", 2, NOW)
    with store.read() as reading:
        of_ann = reading.resources_of("ann")
        assert [(row.type, row.id) for row in of_ann] == sorted(
            ("Flag" if place % 2 else "Consent", id) for place, id in enumerate(ids)
        )
        assert [row.id for row in reading.resources_of("ann", "Flag")] == sorted(ids[1::2])
        assert len(list(reading.every_resource())) == len(ids) + 1
        assert [row.id for row in reading.every_resource("Consent")] == sorted([*ids[0::2], "else"])
        assert reading.counts().resources == {"Consent": 226, "Flag": 225}


def test_several_new_resources_go_in_together_or_not_at_all(store: Store) -> None:
    first = care_plan("one")
    with store.write() as writing:
        writing.put_new([first, care_plan("two")])
    with pytest.raises(VersionConflict), store.write() as writing:
        writing.put_new([care_plan("three"), care_plan("two")])
    with store.read() as reading:
        found = [reading.resource(first.type, id) for id in ("one", "two", "three")]
    assert [each is not None for each in found] == [True, True, False]
