"""The FHIRPath that a patch may use, read into a tree: what leads to elements and what can be asked of them.

A subset, because a path comes from outside and must end in a place of the resource: members, indexes, `where`,
`extension`, `ofType` and their like, with comparisons and `and`/`or` inside a criterion. No `repeat`, no regular
expression, no variable, no arithmetic. https://hl7.org/fhirpath/N1 https://hl7.org/fhir/R4/fhirpatch.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final, TypeAlias

from acpshare.outcome import IssueType

MAX_LENGTH = 2_000
MAX_NESTING = 10
MAX_TOKENS = 300


class Fault(Exception):
    """Why an operation cannot be done, in words that hold nothing of the resource nor of the path."""

    def __init__(self, reason: str, code: IssueType = IssueType.INVALID) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(frozen=True, slots=True)
class This:
    """What the path, or the criterion, is about."""


@dataclass(frozen=True, slots=True)
class Literal:
    """Text, a number or a truth; None is `{}`, nothing."""

    value: str | bool | Decimal | None


@dataclass(frozen=True, slots=True)
class Member:
    base: Expression
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    base: Expression
    index: int


@dataclass(frozen=True, slots=True)
class Call:
    base: Expression
    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    operator: str
    left: Expression
    right: Expression


Expression: TypeAlias = This | Literal | Member | Index | Call | Operation

_ANY = (0, 1)
FUNCTIONS: Final[dict[str, tuple[int, ...]]] = {
    "where": (1,), "first": (0,), "last": (0,), "single": (0,), "extension": (1,), "ofType": (1,), "as": (1,),
    "exists": _ANY, "empty": (0,), "not": (0,), "count": (0,), "hasValue": (0,),
    "startsWith": (1,), "endsWith": (1,), "contains": (1,),
}  # fmt: skip
"""The functions that a path may call, and how many arguments each takes."""
TYPED: Final = frozenset({"ofType", "as"})
"""Those whose argument is the name of a type."""

_LEVELS = (("implies",), ("or", "xor"), ("and",), ("=", "!="), ("is", "as"))
"""Operators, the loosest first."""
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<word>\$this|[A-Za-z_][A-Za-z0-9_]*|`[^`\\]+`)
    | (?P<sign>!=|[=.,()\[\]{}])
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "\\": "\\", "'": "'", '"': '"', "`": "`", "/": "/"}


@lru_cache(maxsize=1024)
def parse_path(path: str) -> Expression:
    """Raises Fault, which says where in the path it is not understood."""
    if len(path) > MAX_LENGTH:
        raise Fault(f"the path is longer than {MAX_LENGTH} characters", IssueType.TOO_COSTLY)
    return _Reader(path).whole()


class _Reader:
    def __init__(self, path: str) -> None:
        self.tokens = list(_tokens(path))
        self.at = 0
        self.depth = 0

    def whole(self) -> Expression:
        expression = self.operation(0)
        if self.kind != "end":
            raise self.fault("the path ends here, or goes on with a full stop, a bracket or an operator")
        return expression

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0]

    @property
    def text(self) -> str:
        return self.tokens[self.at][1]

    def fault(self, wanted: str) -> Fault:
        return Fault(f"the path cannot be understood at character {self.tokens[self.at][2] + 1}: {wanted}")

    def next(self) -> str:
        text = self.text
        self.at += 1
        return text

    def takes(self, sign: str) -> bool:
        if self.kind in ("sign", "word") and self.text == sign:
            self.at += 1
            return True
        return False

    def expect(self, sign: str) -> None:
        if not self.takes(sign):
            raise self.fault(f"{sign} is expected")

    def operation(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self.term()
        left = self.operation(level + 1)
        while self.kind in ("sign", "word") and self.text in _LEVELS[level]:
            operator = self.next()
            right = self.type_name() if operator in ("is", "as") else self.operation(level + 1)
            left = Operation(operator, left, right)
        return left

    def term(self) -> Expression:
        expression = self.start()
        while True:
            if self.takes("."):
                expression = self.member(expression)
            elif self.takes("["):
                if self.kind != "number" or not self.text.isdigit():
                    raise self.fault("an index is a whole number")
                expression = Index(expression, int(self.next()[:9]))
                self.expect("]")
            else:
                return expression

    def start(self) -> Expression:
        if self.kind == "string":
            return Literal(_unescaped(self.next(), self))
        if self.kind == "number":
            return Literal(Decimal(self.next()))
        if self.takes("{"):
            self.expect("}")
            return Literal(None)
        if self.takes("("):
            return self.inside()
        if self.kind == "word" and self.text in ("true", "false"):
            return Literal(self.next() == "true")
        return This() if self.takes("$this") else self.member(This())

    def inside(self) -> Expression:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise Fault(f"the path has more than {MAX_NESTING} brackets inside each other", IssueType.TOO_COSTLY)
        expression = self.operation(0)
        self.expect(")")
        self.depth -= 1
        return expression

    def member(self, base: Expression) -> Expression:
        if self.kind != "word" or self.text == "$this":
            raise self.fault("the name of an element is expected")
        name = self.next()
        if not self.takes("("):
            return Member(base, name.strip("`"))
        if name not in FUNCTIONS:
            self.at -= 2
            raise self.fault(f"the functions that a patch may use are: {', '.join(FUNCTIONS)}")
        arguments: tuple[Expression, ...] = ()
        if not self.takes(")"):
            arguments = (self.argument(name),)
        if len(arguments) not in FUNCTIONS[name]:
            raise self.fault(f"{name} takes {' or '.join(map(str, FUNCTIONS[name]))} arguments")
        return Call(base, name, arguments)

    def argument(self, function: str) -> Expression:
        if function not in TYPED:
            return self.inside()
        named = self.type_name()
        self.expect(")")
        return named

    def type_name(self) -> Expression:
        if self.kind != "word":
            raise self.fault("the name of a type is expected")
        name = self.next()
        if name in ("FHIR", "System") and self.takes("."):
            name = self.next()
        return Literal(name)


def _tokens(path: str) -> list[tuple[str, str, int]]:
    found = []
    position = 0
    while True:
        match = _TOKEN.match(path, position)
        if match is None or match.lastgroup is None:
            raise Fault(f"the path cannot be understood at character {position + 1}")
        found.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup)))
        if match.lastgroup == "end":
            return found
        if len(found) > MAX_TOKENS:
            raise Fault("the path has too many steps", IssueType.TOO_COSTLY)
        position = match.end()


def _unescaped(quoted: str, reader: _Reader) -> str:
    def character(escape: re.Match[str]) -> str:
        code = escape[1]
        if len(code) == 1 and code not in _ESCAPED:
            raise reader.fault("a backslash stands before n, r, t, f, u, a quote or another backslash")
        return _ESCAPED[code] if len(code) == 1 else chr(int(code[1:], 16))

    return _ESCAPE.sub(character, quoted[1:-1])
