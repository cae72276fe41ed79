"""Which client is asking: bearer tokens whose hashes are in a file that the operator keeps. https://www.rfc-editor.org/rfc/rfc6750"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from pathlib import Path

from starlette.types import Scope

from acpshare.outcome import IssueType, Unauthenticated, error

_LINE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([0-9a-f]{64})", re.ASCII)
_SCHEME = b"bearer "


class NoAuthentication(ValueError):
    """The service was told to start without knowing its clients."""


class ClientTokens:
    """The clients of a service. Only hashes are kept; comparing takes as long for a wrong token as for a right one."""

    def __init__(self, hashes: dict[str, bytes]) -> None:
        self._hashes = hashes

    @classmethod
    def load(cls, path: Path) -> ClientTokens:
        """Read `name:sha256` lines. Raises NoAuthentication, naming the line and never what stands in it."""
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            raise NoAuthentication("ACPSHARE_CLIENT_TOKENS_FILE names a file that cannot be read") from None
        hashes: dict[str, bytes] = {}
        for number, line in enumerate(lines, 1):
            text = line.partition("#")[0].strip()
            if not text:
                continue
            match = _LINE.fullmatch(text)
            if match is None or match[1] in hashes:
                reason = "a client's name stands twice" if match else "a line is `name:SHA-256 of the token in hex`"
                raise NoAuthentication(f"ACPSHARE_CLIENT_TOKENS_FILE, line {number}: {reason}")
            hashes[match[1]] = bytes.fromhex(match[2])
        if not hashes:
            raise NoAuthentication("ACPSHARE_CLIENT_TOKENS_FILE names no client")
        return cls(hashes)

    def client(self, scope: Scope) -> str:
        """The name of the client that sent the request. Raises Unauthenticated."""
        given = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        token = given[len(_SCHEME) :].strip() if given[: len(_SCHEME)].lower() == _SCHEME else b""
        digest = hashlib.sha256(token).digest()
        found = None
        for name, known in self._hashes.items():
            if hmac.compare_digest(digest, known):
                found = name
        if found is None or not token:
            reason = "a bearer token that this service knows is needed" if token else "a bearer token is needed"
            raise Unauthenticated(error(IssueType.LOGIN, reason, spine="ACCESS_DENIED"))
        return found


def new_token(name: str) -> tuple[str, str]:
    """A token for a client, and the line of the tokens file that lets it in."""
    token = secrets.token_urlsafe(32)
    line = f"{name}:{hashlib.sha256(token.encode()).hexdigest()}"
    if not _LINE.fullmatch(line):
        raise ValueError("a client's name has letters, digits, dots, hyphens and underscores only")
    return token, line
