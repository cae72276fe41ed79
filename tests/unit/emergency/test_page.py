"""The crew's page as a document: safe with any text, under a strict content policy, and readable by everybody."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from acpshare.emergency import emergency_view
from acpshare.plan.care import ClinicalFocus
from acpshare.plan.legal import AdvanceDecision, Proxy
from acpshare.plan.people import Contact
from acpshare.plan.person import Person
from acpshare.plan.values import CprDecision, CprKind
from acpshare.web.emergency import render_page, render_search
from tests.unit.emergency.people import ATTEMPT, MODIFIED, ONLY_IF, TODAY, by, form, full_respect

EVIL = "</p><script>alert(1)</script><img src=x onerror='alert(2)'> {{ 7*7 }}"
SAME_DAY = (full_respect(), form("dnacpr-rcuk-2015", "2026-03-12", {"cpr.decision": ATTEMPT}))

PAGES = {
    "nothing recorded": render_page(emergency_view((), TODAY), demo=True),
    "do not attempt": render_page(emergency_view((full_respect(),), TODAY)),
    "attempt": render_page(emergency_view((full_respect(**{"cpr.decision": ATTEMPT}),), TODAY)),
    "conditional": render_page(emergency_view((full_respect(**{"cpr.decision": ONLY_IF}),), TODAY)),
    "modified": render_page(emergency_view((full_respect(**{"cpr.decision": MODIFIED}),), TODAY)),
    "disagreement": render_page(emergency_view(SAME_DAY, TODAY)),
    "overdue": render_page(emergency_view((full_respect(review=by("2026-01-01")),), TODAY)),
    "cancelled": render_page(emergency_view((full_respect(**{"cancellation.by": "Dr Price"}),), TODAY)),
    "hostile words everywhere": render_page(
        emergency_view(
            (
                full_respect(
                    **{
                        "cpr.decision": CprDecision(CprKind.DO_NOT_ATTEMPT, condition=EVIL),
                        "care.focus": ClinicalFocus.BALANCE,
                        "care.guidance": EVIL,
                        "contacts.primary": Contact(EVIL, EVIL, "javascript:alert(3)", EVIL),
                        "home.access": EVIL,
                        "legal.advance_decisions": (AdvanceDecision(EVIL, EVIL, location=EVIL),),
                        "legal.proxies": (Proxy(EVIL, phone='tel:1" onclick="alert(4)'),),
                        "record.original_location": EVIL,
                    }
                ),
            ),
            TODAY,
            Person(full_name=EVIL, address=EVIL, nhs_number=EVIL),
        )
    ),
    "search": render_search(demo=True),
    "search with an error": render_search(error="Enter 10 digits"),
}
VOID = {"meta", "link", "input", "br"}


class Reader(HTMLParser):
    """Every tag with its attributes; every opened tag must be closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_page_is_well_formed_and_needs_no_script_no_inline_style_and_nothing_from_elsewhere(page: str) -> None:
    reader = Reader(page)
    assert reader.open == []
    for tag, attributes in reader.tags:
        assert tag not in ("script", "style", "iframe", "img", "object")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        addresses = [attributes.get(name) or "/" for name in ("href", "src", "action")]
        assert all(re.match(r"/(?!/)|#|tel:\+?[0-9]+$", each) for each in addresses), addresses


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_screen_reader_finds_its_way(page: str) -> None:
    tags = Reader(page).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    refers = ("aria-labelledby", "aria-describedby", "for")
    named = [each for _, at in tags for name in refers for each in (at.get(name) or "").split()]
    assert set(named) <= set(ids)
    assert [tag for tag, _ in tags].count("h1") == 1
    assert [tag for tag, _ in tags].count("main") == 1
    assert tags[0] == ("html", {"lang": "en-GB"})
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels == sorted(levels, key=lambda level: level > 1), "the name first, then its sections"


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_nhs_number_goes_into_the_body_and_never_into_an_address(page: str) -> None:
    tags = Reader(page).tags
    assert [(at["method"], at["action"]) for tag, at in tags if tag == "form"] == [("post", "/emergency")]
    assert [at["name"] for tag, at in tags if tag == "input"] == ["nhs_number"]
    assert not [at for _, at in tags if re.search(r"[0-9]{10}", at.get("href") or "")]
    title = re.search("<title>(.*)</title>", page)
    assert title
    assert "Ashworth" not in title[1], "the browser's history names nobody"


def test_six_cpr_states_look_unlike_each_other_and_say_so_in_words() -> None:
    heads = {
        name: re.search(r'(?s)<section class="cpr (.*?)".*?<h2.*?</span>(.*?)</h2>', page)
        for name, page in PAGES.items()
    }
    found = {
        name: (match[1], " ".join(re.sub("<.*?>", "", match[2]).split())) for name, match in heads.items() if match
    }
    assert found["nothing recorded"] == ("no-decision-recorded", "NO CPR DECISION RECORDED")
    assert found["do not attempt"] == ("do-not-attempt", "DO NOT ATTEMPT CPR")
    assert found["attempt"] == ("attempt", "ATTEMPT CPR")
    assert found["conditional"] == ("depends", "CPR: CONDITIONS APPLY")
    assert found["modified"] == ("modified", "MODIFIED CPR (child)")
    assert found["disagreement"] == ("disagree", "FORMS DISAGREE ABOUT CPR")
    assert found["cancelled"] == ("no-decision-recorded", "NO CPR DECISION IN FORCE")
    assert found["overdue"] == found["do not attempt"]


def test_only_the_demonstration_bears_its_banner() -> None:
    assert "Made-up people only" in PAGES["nothing recorded"]
    assert "Made-up people only" not in PAGES["attempt"]


def test_text_stands_out_from_its_ground() -> None:
    """WCAG AAA (7:1) for every rule that sets both colours: https://www.w3.org/TR/WCAG22/#contrast-enhanced"""
    sheet = files("acpshare.web").joinpath("static/emergency.css").read_text()
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"(?s)/\*.*?\*/", "", sheet))
    measured = {}
    for selector, body in rules:
        ink, ground = (re.search(rf"(?:^|[; ]){name}: (#[0-9a-f]+)", body) for name in ("color", "background"))
        if ink and ground:
            measured[selector.strip()] = contrast(ink[1], ground[1])
    assert len(measured) >= 8
    assert {selector: ratio for selector, ratio in measured.items() if ratio < 7} == {}


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
