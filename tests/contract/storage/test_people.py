"""Identifiers lead to one person, plans keep all their versions, and the current view is found by any identifier."""

from __future__ import annotations

from dataclasses import replace

import pytest

from acpshare.outcome import Duplicate, Invalid, VersionConflict
from acpshare.storage import IdentifierRow, PlanState, Store
from tests.contract.storage.rows import ANN, BOB, NHS, a_plan, a_view, record

OLD, OLDER = "9990000034", "9990000042"


def test_an_identifier_leads_to_one_person_only(store: Store) -> None:
    with store.write() as writing:
        writing.put_identifier("ann", NHS, ANN)
        writing.put_identifier("ann", NHS, ANN)  # saying it again changes nothing
        writing.put_identifier("bob", "https://example.org/hospital-number", ANN)  # another system, another number
    with pytest.raises(Duplicate) as refused, store.write() as writing:
        writing.put_identifier("bob", NHS, ANN)
    assert ANN not in str(refused.value)
    with store.read() as reading:
        assert reading.person_by_identifier(NHS, ANN) == IdentifierRow(NHS, ANN, "ann")
        assert reading.person_by_identifier(NHS, BOB) is None
        assert reading.identifiers_of("ann") == (IdentifierRow(NHS, ANN, "ann"),)


def test_a_superseded_number_leads_to_whoever_holds_the_new_one(store: Store) -> None:
    with store.write() as writing:
        record(writing)
        writing.put_identifier("ann before", NHS, OLDER)
        writing.put_identifier("ann before", NHS, OLDER, replaced_by=OLD)  # OLD is not known yet
        writing.put_identifier("ann before", NHS, OLD, replaced_by=ANN)
    with store.read() as reading:
        for number in (OLD, OLDER):
            assert reading.person_by_identifier(NHS, number) == IdentifierRow(NHS, number, "ann", ANN)
            assert reading.current_view(NHS, number) == replace(a_view(), replaced_by=ANN)
            assert store.current_view(NHS, number) == replace(a_view(), replaced_by=ANN)
        assert [row.value for row in reading.identifiers_of("ann")] == sorted([ANN, OLD, OLDER])
        assert reading.identifiers_of("ann before") == ()


def test_a_number_superseded_by_an_unknown_one_still_leads_to_its_own_person(store: Store) -> None:
    with store.write() as writing:
        writing.put_identifier("ann", NHS, OLD, replaced_by=ANN)
        writing.put_identifier("ann", NHS, OLD)  # said again without it: the fact stays
    with store.read() as reading:
        assert reading.person_by_identifier(NHS, OLD) == IdentifierRow(NHS, OLD, "ann", ANN)
        assert [row.value for row in reading.identifiers_of("ann")] == [OLD]


@pytest.mark.parametrize("circle", [(OLD, OLD), (ANN, OLD)], ids=["by itself", "by a number that it superseded"])
def test_a_number_cannot_be_superseded_in_a_circle(store: Store, circle: tuple[str, str]) -> None:
    with store.write() as writing:
        writing.put_identifier("ann", NHS, ANN)
        writing.put_identifier("ann", NHS, OLD, replaced_by=ANN)
    with pytest.raises(Invalid), store.write() as writing:
        writing.put_identifier("ann", NHS, circle[0], replaced_by=circle[1])


def test_an_identifier_can_be_taken_from_its_own_person_only(store: Store) -> None:
    with store.write() as writing:
        writing.put_identifier("ann", NHS, ANN)
        writing.remove_identifier("bob", NHS, ANN)
        assert writing.person_by_identifier(NHS, ANN) is not None
        writing.remove_identifier("ann", NHS, ANN)
        assert writing.person_by_identifier(NHS, ANN) is None
        writing.put_identifier("bob", NHS, ANN)


def test_plans_come_newest_decision_first_and_undated_last(store: Store) -> None:
    with store.write() as writing:
        writing.put_plan(a_plan("undated", decided=None, minutes=9))
        writing.put_plan(a_plan("old", decided="2019"))
        writing.put_plan(a_plan("march, recorded late", decided="2026-03-31", minutes=5))
        writing.put_plan(a_plan("march", decided="2026-03", minutes=1))  # may mean its last day
        writing.put_plan(a_plan("april", decided="2026-04-01"))
        writing.put_plan(a_plan("of bob", decided="2026-11-01", person="bob"))
        expected = ["april", "march, recorded late", "march", "old", "undated"]
        assert [row.plan_id for row in writing.plans_of("ann")] == expected
    with store.read() as reading:
        assert [row.plan_id for row in reading.plans_of("ann")] == expected
        assert reading.plans_of("nobody") == ()


def test_a_plan_keeps_all_its_versions_and_shows_the_latest(store: Store) -> None:
    first, second = a_plan(), a_plan(version_id=2, state=PlanState.SUPERSEDED)
    replacing = replace(a_plan("plan-2", decided="2026-05-01"), replaces="plan-1", plan='{"é": 1.50}'.encode())
    with store.write() as writing:
        writing.put_plan(first)
        writing.put_plan(second)
        writing.put_plan(replacing)
    with store.read() as reading:
        assert reading.plans_of("ann") == (replacing, second)
        assert reading.plan("ann", "plan-1") == second
        assert reading.plan_version("ann", "plan-1", 1) == first
        assert reading.plan_version("ann", "plan-1", 3) is None
        assert reading.plan("bob", "plan-1") is None  # a plan is never found under another person
        assert reading.counts().plans == 2


@pytest.mark.parametrize("version_id", [1, 3], ids=["again", "one left out"])
def test_a_stale_plan_version_is_refused(store: Store, version_id: int) -> None:
    with store.write() as writing:
        writing.put_plan(a_plan())
    with pytest.raises(VersionConflict), store.write() as writing:
        writing.put_plan(a_plan(version_id=version_id))


def test_the_current_view_is_the_last_one_written(store: Store) -> None:
    with store.write() as writing:
        record(writing)
    with store.write() as writing:
        writing.put_current_view(replace(a_view(view=b'{"new": 1.0}'), changes_on=None))
    newest = replace(a_view(view=b'{"new": 1.0}'), changes_on=None)
    assert store.current_view(NHS, ANN) == newest
    assert store.current_view(NHS, BOB) is None
    with store.read() as reading:
        assert reading.current_view(NHS, ANN) == newest
        assert reading.counts().current_views == 1


def test_a_person_without_a_view_has_none(store: Store) -> None:
    with store.write() as writing:
        writing.put_identifier("ann", NHS, ANN)
    assert store.current_view(NHS, ANN) is None
