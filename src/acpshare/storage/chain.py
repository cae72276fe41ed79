"""The audit chain: each row's hash covers the row and the hash before it, so that no row changes, goes or moves unseen.

What it cannot show is a chain that was written anew from some row to its end, head included: that needs a copy of the
head kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256

from acpshare.storage.rows import AuditFault, AuditRow, Head


def chained(head: Head, recorded: datetime, person: str | None, text: bytes) -> AuditRow:
    """The row that follows `head`. `recorded` is in UTC."""
    sequence = head.sequence + 1
    return AuditRow(sequence, recorded, person, text, _hash(head.hash, sequence, recorded, person, text))


def faults(rows: Iterable[AuditRow], head: Head, before: Head | None = None) -> Iterator[AuditFault]:
    """Every break in `rows`, the whole chain (or what follows `before`), which is to end at `head`.

    After a break the chain is taken up again at the row as it stands, so that one fault is one fault.
    """
    last = before or Head()
    for row in rows:
        if row.sequence != last.sequence + 1:
            yield _missing(last.sequence + 1, row.sequence - 1)
        elif row.hash != _hash(last.hash, row.sequence, row.recorded, row.person, row.text):
            yield AuditFault(row.sequence, "changed", f"audit event {row.sequence} is not as it was written")
        last = Head(row.sequence, row.hash)
    if last.sequence < head.sequence:
        yield _missing(last.sequence + 1, head.sequence)
    elif last != head:
        yield AuditFault(last.sequence, "changed", "the chain does not end where its head says")


def _missing(first: int, last: int) -> AuditFault:
    which = f"event {first} is" if first == last else f"events {first} to {last} are"
    return AuditFault(first, "missing", f"audit {which} missing")


def _hash(previous: bytes, sequence: int, recorded: datetime, person: str | None, text: bytes) -> bytes:
    """Lengths go before the parts, so that no two rows have the same bytes."""
    who = b"" if person is None else person.encode()
    parts = (previous, str(sequence).encode(), recorded.isoformat(timespec="microseconds").encode(), who, text)
    return sha256(b"".join(len(part).to_bytes(8) + part for part in parts)).digest()
