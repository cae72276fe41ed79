"""What the demo says when it starts: a few people, and what to ask about them."""

from __future__ import annotations

from acpshare.demo.people import MEMORABLE as NUMBERS
from acpshare.demo.situations import MEMORABLE as SITUATIONS

IDENTIFIER = "https://fhir.nhs.uk/Id/nhs-number%7C"


def try_this(base_url: str) -> str:
    """The text, with commands that can be copied as they stand."""
    root = base_url.removesuffix("/fhir/R4")
    frail, _, refusal, _, conflicting, *_ = NUMBERS
    people = "\n".join(f"  {number}  {each.shows}" for number, each in zip(NUMBERS, SITUATIONS, strict=True))
    return f"""
Invented people only. Nothing here is for anybody's care.

{people}

The crew's page:  {root}/emergency

What a crew sees first, as JSON:
  curl -s -H 'Accept: application/json' '{base_url}/Patient/$emergency-view?identifier={IDENTIFIER}{conflicting}'

Somebody with an advance decision, as a FHIR Bundle:
  curl -s '{base_url}/Patient/$emergency-view?identifier={IDENTIFIER}{refusal}'

A ReSPECT plan shown as a Devon TEP, with what that form cannot say:
  curl -s '{base_url}/Questionnaire/tep-devon/$populate?identifier={IDENTIFIER}{frail}'

Serving on {root} (Ctrl-C ends it).
"""
