"""A Patient: whom an NHS number leads to, whose record is restricted, and who superseded whom.

A number leads to one person. Somebody who has plans here is not deleted, and not set aside for another record: their
plans would be shown to nobody. https://hl7.org/fhir/R4/patient.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from acpshare.fhir.json_text import JsonObject, dump, parse
from acpshare.fhir.restricted import CONFIDENTIALITY, is_restricted, labels, restored
from acpshare.fhir.three_way import same, without_server_elements
from acpshare.interactions.nhs_number import SYSTEM, problem
from acpshare.interactions.other_records import other_records
from acpshare.interactions.subject import local_id
from acpshare.interactions.unit import Meaning, Recorded, Unit
from acpshare.outcome import Conflict, Duplicate, Invalid, Issue, IssueType, error, warning
from acpshare.storage import StoredResource

TYPE = "Patient"
PLACE = f"{TYPE}.identifier"


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The NHS numbers in a Patient: the one that holds, and those that no longer do."""

    current: str | None
    old: tuple[str, ...]

    @property
    def every(self) -> frozenset[str]:
        return frozenset((*self.old, *((self.current,) if self.current else ())))


class PatientMeaning(Meaning):
    """See the module."""

    def create(self, unit: Unit, resource: JsonObject, text: str, id: str) -> Recorded:
        numbers = _numbers(unit, resource)
        self._numbered(unit, id, numbers)
        self._superseded(unit, id, resource, numbers)
        unit.persons.add(id)
        return Recorded(unit.keep(TYPE, id, text, id), True, change="create")

    def update(self, unit: Unit, before: StoredResource, resource: JsonObject, text: str) -> Recorded:
        numbers = _numbers(unit, resource)
        issues = self._taken_away(unit, before.id, numbers)
        self._numbered(unit, before.id, numbers)
        self._superseded(unit, before.id, resource, numbers)
        unit.persons.add(before.id)
        kept = unit.keep(TYPE, before.id, _whole(before, resource, text), before.id)
        return Recorded(kept, False, change="update", issues=issues)

    def delete(self, unit: Unit, before: StoredResource) -> Recorded:
        if _has_decisions(unit, before.id):
            what = (
                "this person has plans or legal instruments here, which a crew would no longer find: end those that "
                "no longer stand. A whole record is erased by whoever runs the service"
            )
            raise Conflict(error(IssueType.BUSINESS_RULE, what, TYPE, rule="SR10"))
        for row in unit.writing.identifiers_of(before.id):
            unit.writing.remove_identifier(before.id, row.system, row.value)
        unit.persons.discard(before.id)
        return Recorded(unit.delete(before), False, change="delete")

    def _numbered(self, unit: Unit, person: str, numbers: _Numbers) -> None:
        """Have the numbers lead to the person. Raises Duplicate where one leads to somebody else."""
        for number in sorted(numbers.every):
            found = unit.writing.person_by_identifier(SYSTEM, number)
            if found is not None and found.person != person:
                what = "this NHS number is another Patient's here: search by it, and update that Patient"
                raise Duplicate(error(IssueType.DUPLICATE, what, PLACE, spine="DUPLICATE_REJECTED"))
            if found is not None and found.replaced_by is not None and number == numbers.current:
                what = "this NHS number was superseded: the one that superseded it is the person's number now"
                raise Conflict(error(IssueType.CONFLICT, what, PLACE))
        if numbers.current is not None:
            unit.writing.put_identifier(person, SYSTEM, numbers.current)
        for number in numbers.old:
            unit.writing.put_identifier(person, SYSTEM, number, replaced_by=numbers.current)

    def _taken_away(self, unit: Unit, person: str, numbers: _Numbers) -> tuple[Issue, ...]:
        """Take away the numbers that are no longer in the Patient; one that was superseded goes on leading here."""
        held = [row for row in unit.writing.identifiers_of(person) if row.system == SYSTEM and not row.replaced_by]
        gone = [row for row in held if row.value not in numbers.every]
        for row in gone:
            unit.writing.remove_identifier(person, SYSTEM, row.value)
        if not gone:
            return ()
        if numbers.current is None and _has_decisions(unit, person):
            what = (
                "this person has plans or legal instruments here, which nobody would find without an NHS number: give "
                "the number that is right instead, or end those that no longer stand"
            )
            raise Conflict(error(IssueType.BUSINESS_RULE, what, PLACE, rule="SR14"))
        what = "an NHS number was taken away from this person: nobody will find them, nor their plans, by it"
        return (warning(IssueType.BUSINESS_RULE, what, PLACE),)

    def _superseded(self, unit: Unit, person: str, resource: JsonObject, numbers: _Numbers) -> None:
        for index, link in enumerate(resource.get("link", ())):
            place = f"{TYPE}.link[{index}].other"
            other = _number_of(unit, link.get("other", {}), place)
            if link.get("type") == "replaced-by" and numbers.current and other and other != numbers.current:
                _stands_alone(unit, person, place)
                unit.writing.put_identifier(person, SYSTEM, numbers.current, replaced_by=other)
            elif link.get("type") == "replaces" and numbers.current and other and other != numbers.current:
                found = unit.writing.person_by_identifier(SYSTEM, other)
                holder = found.person if found is not None else person
                if holder != person:
                    _stands_alone(unit, holder, place)
                unit.writing.put_identifier(holder, SYSTEM, other, replaced_by=numbers.current)


def _numbers(unit: Unit, resource: JsonObject) -> _Numbers:
    """The NHS numbers. Raises Invalid for every one that cannot be a person's, and where two hold at once."""
    current: list[str] = []
    old: list[str] = []
    issues: list[Issue] = []
    for index, identifier in enumerate(resource.get("identifier", ())):
        number = identifier.get("value")
        if identifier.get("system") != SYSTEM or not isinstance(number, str):
            continue
        place = f"{PLACE}[{index}].value"
        wrong = problem(number, place, synthetic_only=unit.components.synthetic_only)
        issues += [wrong] if wrong is not None else []
        (old if identifier.get("use") == "old" else current).append(number)
    if len(set(current)) > 1:
        what = "a person has one NHS number: those that no longer hold have the use old"
        issues.append(error(IssueType.BUSINESS_RULE, what, PLACE, spine="INVALID_IDENTIFIER_VALUE"))
    if old and not current:
        what = "an old NHS number needs the one that holds now beside it: whom would it lead to?"
        issues.append(error(IssueType.BUSINESS_RULE, what, PLACE, spine="INVALID_IDENTIFIER_VALUE"))
    if issues:
        raise Invalid(*issues)
    return _Numbers(next(iter(current), None), tuple(each for each in dict.fromkeys(old) if each not in current))


def _number_of(unit: Unit, other: JsonObject, place: str) -> str | None:
    """The NHS number of the other record in a link, as an identifier or through a Patient of this server."""
    identifier = other.get("identifier", {})
    if identifier.get("system") == SYSTEM and isinstance(identifier.get("value"), str):
        number = str(identifier["value"])
        wrong = problem(number, f"{place}.identifier.value", synthetic_only=unit.components.synthetic_only)
        if wrong is not None:
            raise Invalid(wrong)
        return number
    patient = local_id(str(other.get("reference", "")), unit.components.base_url)
    rows: Iterator[str] = (
        row.value
        for row in (unit.writing.identifiers_of(patient) if patient is not None else ())
        if row.system == SYSTEM and row.replaced_by is None
    )
    return next(rows, None)


def _has_decisions(unit: Unit, person: str) -> bool:
    """Whether a crew is shown anything of this person that they would miss."""
    if unit.writing.plans_of(person) or unit.writing.resources_of(person, "Consent"):
        return True
    return next(other_records(unit.writing.resources_of(person), set()), None) is not None


def _stands_alone(unit: Unit, person: str, place: str) -> None:
    """Refuse to lead a number away from somebody who has plans: nobody would be shown them."""
    if _has_decisions(unit, person):
        what = (
            "the person whose number would be superseded has plans or legal instruments here, which nobody would find "
            "by the number that supersedes it: record them under that number first, and enter these in error"
        )
        raise Conflict(error(IssueType.BUSINESS_RULE, what, place, rule="SR10"))


def _whole(before: StoredResource, resource: JsonObject, text: str) -> str:
    """The update with what was not shown of a restricted person, who stays so until an update says otherwise."""
    if before.text is None or not is_restricted(before.text):
        return text
    held = without_server_elements(parse(before.text))
    whole = restored(resource, held)
    if not labels(whole.get("meta", {})):
        kept = [each for each in held["meta"]["security"] if each.get("system") == CONFIDENTIALITY]
        meta = whole.get("meta", {})
        whole = whole | {"meta": meta | {"security": [*meta.get("security", ()), *kept]}}
    return text if same(whole, resource) else dump(whole)
