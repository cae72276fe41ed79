"""The number by which a store knows a resource: made here, in the order of time, without asking a database.

Milliseconds since 2020 in the upper 41 bits, until 2089; below them a counter that starts anywhere in each process, so
that two processes hardly ever make the same number in one millisecond. A store that finds it taken asks for another.
"""

from __future__ import annotations

import os
import time
from itertools import count

_EPOCH_MILLISECONDS = 1_577_836_800_000
COUNTER_BITS = 22
_COUNTER_MASK = (1 << COUNTER_BITS) - 1

_counter = count(int.from_bytes(os.urandom(4)))


def new_key() -> int:
    """Greater than what this process made in any earlier millisecond. `next` of a count is one step for all threads."""
    elapsed = time.time_ns() // 1_000_000 - _EPOCH_MILLISECONDS
    return elapsed << COUNTER_BITS | next(_counter) & _COUNTER_MASK
