"""Situation by situation: what the crew's screen says, and what it must never say."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass

import pytest

from acpshare.emergency import PlanOnRecord, emergency_view, to_compact_json
from acpshare.plan.care import Escalation, LegacyFocus
from acpshare.plan.legal import AdvanceDecision, InstrumentStatus, Proxy, ProxyKind
from acpshare.plan.people import Contact
from acpshare.plan.record import RecordSource, Signature, SignatureRole
from acpshare.plan.values import FhirDate, Review, ReviewKind, TreatmentDecision, TreatmentKind, YesNo
from acpshare.web.emergency import render_page
from tests.unit.emergency.people import (
    ATTEMPT,
    FOR,
    MODIFIED,
    NOT_ATTEMPT,
    NOT_FOR,
    TODAY,
    by,
    form,
    full_respect,
    signed,
)

RCUK = "dnacpr-rcuk-2015"
BLOOD = AdvanceDecision(
    refuses="All blood products", made_on=FhirDate("2019-03-01"), refuses_cpr=YesNo.NO, location="Wallet card"
)


@dataclass(frozen=True)
class Case:
    forms: tuple[PlanOnRecord, ...]
    says: tuple[str, ...] = ()
    never_says: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()
    never_warns: tuple[str, ...] = ()


CASES: dict[str, Case] = {
    "a DNACPR form says nothing about other care": Case(
        (form(RCUK, "2026-03-12", {"cpr.decision": NOT_ATTEMPT}),),
        says=("DO NOT ATTEMPT CPR", "All other appropriate treatment continues", "All treatments not stated"),
        never_says=("Prioritise comfort", "✕ Not for", "✓ For"),
        never_warns=("conflict-cpr", "unsigned", "undated"),
    ),
    "a newer TEP with a blank CPR box leaves the DNACPR decision standing": Case(
        (
            form(RCUK, "2026-02-01", {"cpr.decision": NOT_ATTEMPT}),
            form("tep-devon", "2026-05-01", {"treatments.icu": NOT_FOR}),
        ),
        says=(
            "DO NOT ATTEMPT CPR",
            "Decided 1 February 2026",
            "from an earlier form that is still in force",
            "Devon TEP, 1 May 2026",
        ),
        never_says=("NO CPR DECISION",),
        warns=("cpr-from-earlier-form", "several-forms"),
    ),
    "treatments come from the newest form that states each": Case(
        (
            form("tep-devon", "2026-05-01", {"treatments.iv_fluids": FOR}),
            form("teal-working", "2026-01-01", {"treatments.icu": NOT_FOR, "treatments.iv_fluids": NOT_FOR}),
        ),
        says=(
            "✓ For Intravenous fluids",
            "✕ Not for Intensive care (level 3) from TEAL (working model), 1 January 2026",
        ),
        never_says=("✕ Not for Intravenous fluids",),
        warns=("conflict-treatment",),
    ),
    "a condition of a treatment is part of it": Case(
        (
            form(
                "tep-devon",
                "2026-05-01",
                {"treatments.hospital_admission": TreatmentDecision(TreatmentKind.CONDITIONAL, "a broken hip")},
            ),
        ),
        says=("? Only if Hospital admission: a broken hip",),
        never_says=("✓ For", "✕ Not for"),
    ),
    "CPR beside comfort care is flagged, and neither is changed": Case(
        (full_respect(**{"cpr.decision": ATTEMPT}),),
        says=("ATTEMPT CPR", "Prioritise comfort", "Both stand as written"),
        never_says=("DO NOT ATTEMPT",),
        warns=("contradiction-comfort",),
    ),
    "the older two-point focus keeps its own words": Case(
        (form("respect-v3", "2026-05-01", {"care.legacy_focus": LegacyFocus.SYMPTOM_CONTROL}),),
        says=("Focus on symptom control (older form)", "NO CPR DECISION RECORDED"),
        never_says=("Balance", "Prioritise comfort", "DO NOT ATTEMPT"),
        never_warns=("contradiction-comfort",),
    ),
    "comfort care is never a CPR decision": Case(
        (form("tep-scotland", "2026-05-01", {"care.escalation": Escalation.PALLIATIVE_SUPPORTIVE}),),
        says=("NO CPR DECISION RECORDED", "Escalation: Palliative and supportive care"),
        never_says=("DO NOT ATTEMPT", "ATTEMPT CPR "),
    ),
    "guidance of every form in force is shown": Case(
        (full_respect(), form("teal-working", "2026-04-01", {"care.guidance": "Review with the heart failure nurse"})),
        says=(
            "Treat chest infections at home",
            "from ReSPECT version 3, 12 March 2026",
            "Review with the heart failure nurse",
        ),
    ),
    "modified CPR is neither yes nor no, and flagged for an adult": Case(
        (form("respect-v3", "2026-05-01", {"cpr.decision": MODIFIED}),),
        says=("MODIFIED CPR (child)", "no chest compressions", "this person is 18 or older"),
        never_says=("DO NOT ATTEMPT", "CPR attempts are recommended"),
        warns=("modified-cpr-adult",),
    ),
    "a form that says it is for hospital only": Case(
        (full_respect(**{"record.valid_in_community": YesNo.NO}),),
        says=("not valid outside hospital", "DO NOT ATTEMPT CPR"),
        warns=("not-valid-in-community",),
    ),
    "the person has not been told": Case(
        (full_respect(**{"awareness.person_aware": YesNo.NO, "awareness.family_informed": YesNo.NO}),),
        says=("the person has not been told", "the family has not been told"),
        warns=("person-not-told", "family-not-told"),
    ),
    "copied from paper, changed after signing": Case(
        (full_respect(**{"record.source": RecordSource.TRANSCRIBED, "record.amended_since_signed": YesNo.YES}),),
        says=("was copied here from paper", "changed after it was signed"),
        warns=("transcribed", "changed-since-signed"),
    ),
    "a signature on another edition does not sign this one": Case(
        (
            form(
                "tep-devon",
                "2026-05-01",
                {"cpr.decision": NOT_ATTEMPT},
                signatures=(Signature("respect-v3", SignatureRole.SENIOR, "Dr Price", signed="O Price"),),
            ),
        ),
        says=("no signature recorded", "Endorsement pending", "Another form was signed"),
        never_says=("Endorsed by", "Dr Price"),
        warns=("signed-elsewhere",),
    ),
    "forms with different names or birth dates may be another person's": Case(
        (
            full_respect(**{"person.birth_date": FhirDate("1948-04-02")}),
            form(RCUK, "2026-01-01", {"cpr.decision": NOT_ATTEMPT}),
        ),
        says=("Make sure that this is the right person",),
        warns=("identity-differs",),
    ),
    "an attorney's authority, and an advance decision that a newer DNACPR form does not mention": Case(
        (
            form(
                "respect-v3",
                "2024-01-01",
                {
                    "legal.advance_decisions": (BLOOD,),
                    "legal.proxies": (Proxy("Daniel Ashworth", ProxyKind.LPA_WELFARE, YesNo.NO, "01632 960001"),),
                },
            ),
            form(RCUK, "2026-01-01", {"cpr.decision": NOT_ATTEMPT}),
        ),
        says=(
            "Advance decision refusing: All blood products",
            "Kept: Wallet card",
            "Life-sustaining decisions: No",
            "01632 960001",
        ),
        never_warns=("advance-decision-cpr",),
    ),
    "a retracted advance decision is shown as retracted": Case(
        (
            form("respect-v3", "2024-01-01", {"legal.advance_decisions": (BLOOD,)}),
            full_respect(
                **{
                    "legal.advance_decisions": (
                        AdvanceDecision(
                            "All blood products",
                            None,
                            None,
                            YesNo.NO,
                            FhirDate("2019-03-01"),
                            "Wallet card",
                            InstrumentStatus.RETRACTED,
                        ),
                    )
                }
            ),
        ),
        says=("RETRACTED advance decision refusing: All blood products",),
        never_says=("<b>Advance decision refusing",),
    ),
    "nobody to ring, nothing about medicines": Case(
        (form("tep-devon", "2026-05-01", {}),), says=("No contact recorded", "Anticipatory medicines: Not stated")
    ),
    "whom to ring, which medicines, how to get in, where to be": Case(
        (
            full_respect(
                **{
                    "contacts.primary": Contact("Daniel Ashworth", "Son", "01632 960001"),
                    "contacts.key_worker": "Hospice advice line, day and night",
                    "contacts.key_worker_phone": "01632 960010",
                    "home.anticipatory_medicines": YesNo.YES,
                    "home.medicines_location": "clinic room",
                    "places.death_first.place": "Larch House",
                }
            ),
        ),
        says=(
            "01632 960001 Daniel Ashworth",
            "Hospice advice line, day and night",
            "Anticipatory medicines: Yes, clinic room",
            "Key safe by the side gate",
            "Death: Larch House",
            "Original: Front of the care folder",
        ),
    ),
    "contacts and medicines of an earlier form name it, and a newer none leaves no location behind": Case(
        (
            form("tep-devon", "2026-05-01", {"home.anticipatory_medicines": YesNo.NO}),
            full_respect(
                **{
                    "contacts.gp": "Dr L Fernando",
                    "home.anticipatory_medicines": YesNo.YES,
                    "home.medicines_location": "clinic room",
                }
            ),
        ),
        says=(
            "Dr L Fernando, GP from ReSPECT version 3, 12 March 2026",
            "Anticipatory medicines: None issued",
            "some of this from ReSPECT version 3, 12 March 2026",
        ),
        never_says=("clinic room",),
    ),
    "dated beside an unnamed signature": Case(
        (
            form(
                RCUK,
                "2026-05-01",
                {"cpr.decision": NOT_ATTEMPT, "cpr.decided_on": None},
                signatures=(Signature(RCUK, SignatureRole.AUTHOR, date=FhirDate("2026-05-01")),),
            ),
        ),
        says=("Dated 1 May 2026, no signature recorded",),
        warns=("unsigned",),
        never_warns=("undated",),
    ),
    "a date that has not come yet": Case(
        (form("respect-v3", "2062-03-12", {"cpr.decision": NOT_ATTEMPT}),),
        says=("a date that has not come yet: 12 March 2062",),
        warns=("future-dated",),
    ),
    "a review that was ticked and left undated": Case(
        (full_respect(review=Review(ReviewKind.BY_DATE)),),
        says=("No review date stated", "no review date is written on it"),
        warns=("review-undated",),
        never_warns=("review-overdue",),
    ),
    "only a junior doctor signed, and review is next month": Case(
        (
            form(
                RCUK,
                "2026-06-10",
                {"cpr.decision": NOT_ATTEMPT, "review": by("2026-07-10")},
                signatures=signed(RCUK, "2026-06-10", senior=False),
            ),
        ),
        says=("Endorsement pending", "Current. Review by 10 July 2026"),
        warns=("endorsement-pending",),
        never_warns=("review-overdue", "unsigned"),
    ),
}


def text_of(page: str) -> str:
    """What a reader of the page reads, in one line."""
    body = re.sub(r"(?s)<head>.*?</head>", " ", page)
    inline = re.sub(r"</?(?:b|strong|a|span)\b[^>]*>", "", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", inline)).split())


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_the_screen_says(case: Case) -> None:
    view = emergency_view(case.forms, TODAY)
    page = render_page(view)
    text = text_of(page)
    assert [words for words in case.says if words not in text] == []
    assert [words for words in case.never_says if words in text or words in page] == []
    codes = [each["code"] for each in json.loads(to_compact_json(view))["warnings"]]
    assert [code for code in case.warns if code not in codes] == []
    assert [code for code in case.never_warns if code in codes] == []


def test_the_compact_view_has_the_order_that_readers_rely_on() -> None:
    said = json.loads(to_compact_json(emergency_view((full_respect(),), TODAY)))
    assert list(said) == [
        "person", "cpr", "validity", "legal", "focus", "treatments", "contacts",
        "medicines_and_access", "preferred_place", "source", "warnings", "statement",
    ]  # fmt: skip
    assert list(said["cpr"])[:5] == ["decision", "decided_on", "signed_by", "endorsement", "condition"]
    assert list(said["validity"])[:2] == ["state", "review"]
    assert list(said["treatments"][0])[:3] == ["treatment", "decision", "condition"]
    assert list(said["source"])[:3] == ["form", "translated", "original_location"]
    assert said["cpr"]["decision"] == "do-not-attempt"
    assert said["cpr"]["signed_by"] == "Dr Amina Rahman, ST5 geriatrics, GMC 7000001"
    assert said["treatments"][0] == {
        "treatment": "Hospital admission",
        "decision": "not-stated",
        "condition": None,
        "element": "treatments.hospital_admission",
        "stated_on": None,
    }
    assert said["source"]["translated"] is True
