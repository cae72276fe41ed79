"""Every page of an interaction ends with an example, and what it shows is what the service answers.

In ```http blocks, a request and then its answer; `< file` is a body from a file; `...` stands for what may differ. Each page
begins on a new service that holds one plan, of the person with the NHS number 9990000018.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from acpshare.interactions.registry import all_interactions
from tests.e2e.transcript import agrees
from tests.support.service import ROOT, Service, golden

FOLDER = ROOT / "docs" / "reference" / "interactions"
PAGES = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")
BLOCK = re.compile(r"^```http\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Message:
    """One request or answer: its first line, its headers, its body."""

    first: str
    headers: dict[str, str]
    body: str

    @classmethod
    def of(cls, text: str) -> Message:
        head, _, body = text.partition("\n\n")
        first, *lines = head.strip().splitlines()
        return cls(first, dict(line.split(": ", 1) for line in lines), body.strip())

    @property
    def content(self) -> bytes:
        """What is sent: the body, or the file that it names."""
        return (ROOT / self.body[2:]).read_bytes() if self.body.startswith("< ") else self.body.encode()


def example(page: str) -> list[tuple[Message, Message]]:
    """The exchanges under the heading Example."""
    _, found, text = (FOLDER / f"{page}.md").read_text(encoding="utf-8").partition("\n## Example\n")
    assert found, f"{page}.md has no example"
    messages = [Message.of(block) for block in BLOCK.findall(text)]
    assert messages, f"{page}.md shows no request in its example"
    assert len(messages) % 2 == 0, f"{page}.md has a request without its answer"
    return list(zip(messages[::2], messages[1::2], strict=True))


def send(service: Service, asked: Message) -> httpx.Response:
    method, address = asked.first.split(" ", 1)
    return service.client.request(method, address, content=asked.content, headers=asked.headers)


@pytest.mark.parametrize("page", PAGES)
def test_the_example_of_a_page_is_what_the_service_answers(page: str, service: Service) -> None:
    assert service.record(golden("respect-v3", "care-home-resident")).status_code == 201
    for asked, shown in example(page):
        answer = send(service, asked)
        given = f"{asked.first}\nHTTP/1.1 {answer.status_code} {answer.reason_phrase}\n{answer.headers}\n{answer.text}"
        assert shown.first == f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}", given
        for name, value in shown.headers.items():
            assert agrees(value, answer.headers.get(name, "is absent")), f"{name}\n{given}"
        here = answer.text.replace(f":{service.port}/", ":8000/")
        assert not shown.body or agrees(shown.body, here), given


@pytest.mark.parametrize("page", PAGES)
def test_the_example_of_a_page_is_of_its_interaction(page: str) -> None:
    """Some exchanges only prepare; one at least is an address of the page, by its method."""
    offered = [each for each in all_interactions() if each.page == page]
    asked = [message.first.split("?")[0].split(" ", 1) for message, _ in example(page)]
    patterns = [(each.method, re.sub(r"\\\{[a-z]+\\\}", "[^/]+", re.escape(each.path))) for each in offered]
    assert any(
        method == known and re.fullmatch(pattern, address) for method, address in asked for known, pattern in patterns
    )


def test_every_page_is_looked_at() -> None:
    assert {Path(page).name for page in PAGES} == {each.page for each in all_interactions()}
