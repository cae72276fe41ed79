"""The same thing sent twice makes one record: by its own business identifier, or by the client's If-None-Exist.

https://hl7.org/fhir/R4/http.html#ccreate
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from acpshare.fhir.json_text import JsonObject
from acpshare.outcome import Conflict, Duplicate, IssueType, Malformed, error
from acpshare.storage import Reading, Remembered, StoredResource, Writing

LONGEST_KEY = 500
KEYED = frozenset({"QuestionnaireResponse", "Consent"})
"""Types of which the same one is recorded once, by its own identifier."""
_ONE = re.compile(r"[^|,\\]*\|[^|,\\\s][^|,\\]*")


@dataclass(frozen=True, slots=True)
class Known:
    """What was recorded under a key: the digest of the body that asked for it, the answer, and the plan it made."""

    digest: bytes
    stored: StoredResource
    plan: str | None


def keys_of(type: str, resource: JsonObject, if_none_exist: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys under which a resource is known: its own identifiers', and those that the client made a condition."""
    conditional = _condition(type, if_none_exist)
    own = resource.get("identifier", ())
    identifiers = [own] if isinstance(own, dict) else own
    named = {
        _key(type, each.get("system", ""), each["value"])
        for each in identifiers
        if isinstance(each, dict) and isinstance(each.get("value"), str)
    }
    return tuple(sorted(named)), conditional


def _key(type: str, system: str, value: str) -> str:
    """Long identifiers by their digest: an index takes keys of a few kilobytes only."""
    key = f"{type}?identifier={system}|{value}"
    return key if len(key) <= LONGEST_KEY else f"{type}?identifier:sha256={hashlib.sha256(key.encode()).hexdigest()}"


def names_identifier(condition: str) -> bool:
    """Whether a condition is what a key is made of: one identifier with its system, and no more.

    What means something else in a search (alternatives, an escape, a system alone) is a search.
    """
    pairs = parse_qsl(condition.strip().removeprefix("?"), keep_blank_values=True)
    return len(pairs) == 1 and pairs[0][0] == "identifier" and _ONE.fullmatch(pairs[0][1]) is not None


def _condition(type: str, header: str | None) -> tuple[str, ...]:
    if header is None:
        return ()
    pairs = parse_qsl(header.strip().removeprefix("?"), keep_blank_values=True)
    if len(pairs) != 1 or pairs[0][0] != "identifier" or "|" not in pairs[0][1]:
        raise Malformed(
            error(IssueType.NOT_SUPPORTED, "If-None-Exist is written identifier=system|value", "If-None-Exist")
        )
    system, _, value = pairs[0][1].partition("|")
    if "\0" in pairs[0][1]:
        raise Malformed(error(IssueType.VALUE, "If-None-Exist holds the character NUL", "If-None-Exist"))
    return (_key(type, system, value),)


def lock(writing: Writing, keys: Iterable[str]) -> None:
    """Have every other write of one of the keys wait; in one order, so that no two wait for each other."""
    for key in sorted(set(keys)):
        writing.lock("idempotency", key)


def known(
    writing: Writing,
    just: Mapping[str, Known],
    type: str,
    keys: tuple[str, ...],
    conditional: tuple[str, ...],
    body: bytes,
    *,
    edited: bool,
) -> Known | None:
    """What was recorded under one of the keys, before or `just` now in this unit; None when it is new.

    An identifier that is back with other content is refused, unless the content is an edit of the plan it names.
    """
    if len(keys) + len(conditional) > 1:
        lock(writing, (*conditional, *keys))
    for key in (*conditional, *keys):
        found = just.get(key) or _recorded(writing, type, key)
        if found is None:
            continue
        same = found.digest == digest(body)
        if not same and key not in conditional and edited:
            continue
        if not same and key not in conditional:
            what = (
                "another form was recorded under this identifier; a change of it is sent with basedOn, naming the plan"
            )
            raise Duplicate(error(IssueType.DUPLICATE, what, f"{type}.identifier", spine="DUPLICATE_REJECTED"))
        return found
    return None


def same_recorded(reading: Reading, keys: Iterable[str], body: bytes) -> str | None:
    """The id of what the same body made before, under one of its keys."""
    for key in keys:
        remembered = reading.idempotency(key)
        if remembered is not None and remembered.digest == digest(body):
            return str(json.loads(remembered.result)["id"])
    return None


def _recorded(reading: Reading, type: str, key: str) -> Known | None:
    """What the store remembers. Raises Conflict when it is not there any more: to make it again might be a mistake."""
    remembered = reading.idempotency(key)
    if remembered is None:
        return None
    result: dict[str, Any] = json.loads(remembered.result)
    stored, current = reading.version(type, result["id"], 1), reading.resource(type, result["id"])
    if stored is None or current is None or current.deleted:
        what = "what was recorded under this identifier was deleted; it is recorded again only under another identifier"
        raise Conflict(error(IssueType.CONFLICT, what, f"{type}.identifier"))
    return Known(remembered.digest, stored, result.get("plan"))


def remember(writing: Writing, key: str, known: Known, now: datetime) -> None:
    """Keep an answer under its key; the first one stays."""
    if writing.idempotency(key) is None:
        result = json.dumps({"id": known.stored.id, "plan": known.plan}).encode()
        writing.remember(Remembered(key, known.digest, now, result))


def digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()
