"""How texts are made comparable, and kept short enough for any index: the same for what is stored and what is asked.

https://hl7.org/fhir/R4/search.html#string
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from hashlib import sha256

LONGEST = 500
"""Bytes of UTF-8 in one text of an index. PostgreSQL takes 2,704 for a whole entry."""
_DIGEST = 32
_REMEMBERED = 100
"""Characters of a text that is likely to come again: a word, a name."""
_TYPOGRAPHY = str.maketrans({"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": "-"})


def bounded(text: str) -> str:
    """The text, without NUL; a long one is cut, and a digest of the whole keeps it apart from others."""
    if len(text) <= LONGEST // 4 and "\0" not in text:
        return text
    text = text.replace("\0", "")
    raw = text.encode(errors="surrogatepass")
    if len(raw) <= LONGEST:
        return text
    digest = sha256(raw).hexdigest()[:_DIGEST]
    return f"{_whole(raw[: LONGEST - _DIGEST - 1])}#{digest}"


def folded(text: str) -> str:
    """Without case, accents, typography and repeated white space. A long one is cut: only its beginning is searched."""
    return _folded(text) if len(text) <= _REMEMBERED else _folded.__wrapped__(text[: 4 * LONGEST])


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    if not text.isascii():
        spelt = unicodedata.normalize("NFKD", text.translate(_TYPOGRAPHY).casefold())
        text = "".join(character for character in spelt if not unicodedata.combining(character))
    text = " ".join(text.replace("\0", "").casefold().split())
    if len(text) <= LONGEST // 4:
        return text
    return _whole(text.encode(errors="surrogatepass")[:LONGEST])


def _whole(raw: bytes) -> str:
    """As many whole characters as there are."""
    return raw.decode(errors="ignore")
