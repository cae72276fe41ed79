"""Legal instruments that reached the record by themselves, as Consents, and not on any form (SR5).

https://hl7.org/fhir/R4/consent.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from acpshare.fhir.systems import (
    ADRT,
    ADRT_LIFE_SUSTAINING,
    ADRT_RETRACTED,
    ATTORNEY,
    CONDITION,
    CONSENT_CATEGORY,
    CONSENT_SCOPE,
    CPR,
    DECISION_CATEGORY,
    LPA,
    LPA_LIFE_SUSTAINING,
    SNOMED,
)
from acpshare.plan.legal import AdvanceDecision, InstrumentStatus, Legal, Proxy, ProxyKind
from acpshare.plan.values import FhirDate, YesNo
from acpshare.storage import StoredResource

ADVANCE_DECISION_CODES = {(CONSENT_CATEGORY, "acd"), (SNOMED, ADRT.code), (SNOMED, ADRT_LIFE_SUSTAINING.code)}
ATTORNEY_CODES = {(DECISION_CATEGORY, ATTORNEY), (SNOMED, LPA.code), (SNOMED, LPA_LIFE_SUSTAINING.code)}
ADVANCE_CARE_SCOPE = (CONSENT_SCOPE, "adr")
_WORDS_OF_TIME = {"start": "from", "end": "until"}
NOT_SAID = frozenset({"entered-in-error", "draft", "proposed"})
"""Statuses in which a Consent says nothing that a crew may be told."""


def instruments_in(resources: Iterable[StoredResource], plans: set[str]) -> Legal:
    """What the person's own Consents say; those made from plans say it again and are left out."""
    decisions: list[AdvanceDecision] = []
    proxies: list[Proxy] = []
    for stored in resources:
        if stored.type != "Consent":
            continue
        if is_derived(stored, plans):
            continue
        consent: dict[str, Any] = json.loads(stored.text or b"{}")
        if consent.get("status") in NOT_SAID:
            continue
        if is_attorney(consent):
            proxies.append(proxy(consent))
        elif is_advance_decision(consent):
            decisions.append(advance_decision(consent))
    return Legal(advance_decisions=tuple(decisions), proxies=tuple(proxies))


def is_derived(stored: StoredResource, plans: set[str]) -> bool:
    """Whether the service made the resource from a plan: its id then begins with the plan's."""
    return any(stored.id == plan or stored.id.startswith(f"{plan}-") for plan in plans)


def is_attorney(consent: dict[str, Any]) -> bool:
    return bool(_categories(consent) & ATTORNEY_CODES)


def is_advance_decision(consent: dict[str, Any]) -> bool:
    return bool(_categories(consent) & (ADVANCE_DECISION_CODES | {(SNOMED, ADRT_RETRACTED.code)}))


def advance_decision(consent: dict[str, Any]) -> AdvanceDecision:
    """What an advance decision to refuse treatment says, in its own words."""
    codes = [
        concept for provision in _provisions(consent) if _refuses(provision) for concept in provision.get("code", ())
    ]
    exceptions = [
        each for provision in _provisions(consent) if not _refuses(provision) for each in provision.get("code", ())
    ]
    limits = [*_circumstances(consent), *_times(consent)]
    limits += [f"except {text}" for each in exceptions if (text := _words(each))]
    life_sustaining = (SNOMED, ADRT_LIFE_SUSTAINING.code) in _categories(consent)
    return AdvanceDecision(
        refuses="; ".join(text for concept in codes if (text := _words(concept))) or None,
        circumstances="; ".join(limits) or None,
        life_sustaining=YesNo.YES if life_sustaining else None,
        refuses_cpr=YesNo.YES if _is_about_cpr(codes) else YesNo.NO if _is_about_cpr(exceptions) else None,
        made_on=_day(consent),
        location=_location(consent),
        status=_status(consent),
    )


def proxy(consent: dict[str, Any]) -> Proxy:
    """Who may decide for the person, and about what."""
    categories = _categories(consent)
    name, phone = next(
        (_actor(consent, actor) for each in _provisions(consent) for actor in each.get("actor", ())), (None, None)
    )
    is_lpa = bool(categories & {(SNOMED, LPA.code), (SNOMED, LPA_LIFE_SUSTAINING.code)})
    return Proxy(
        name=name,
        kind=ProxyKind.LPA_WELFARE if is_lpa else None,
        life_sustaining=YesNo.YES if (SNOMED, LPA_LIFE_SUSTAINING.code) in categories else None,
        phone=phone,
        appointed_on=_day(consent),
        status=_status(consent),
    )


def _categories(consent: dict[str, Any]) -> set[tuple[str, str]]:
    return {
        (coding.get("system", ""), coding.get("code", ""))
        for concept in consent.get("category", ())
        for coding in concept.get("coding", ())
    }


def _provisions(consent: dict[str, Any]) -> Iterator[dict[str, Any]]:
    pending = [consent.get("provision")]
    while pending:
        provision = pending.pop(0)
        if isinstance(provision, dict):
            yield provision
            pending.extend(provision.get("provision", ()))


def _refuses(provision: dict[str, Any]) -> bool:
    """A rule inside a refusal that permits is an exception from it: what it names is not refused."""
    return provision.get("type") != "permit"


def _is_about_cpr(concepts: Iterable[dict[str, Any]]) -> bool:
    return any(CPR.code == coding.get("code") for concept in concepts for coding in concept.get("coding", ()))


def _circumstances(consent: dict[str, Any]) -> Iterator[str]:
    holders = (consent, *_provisions(consent))
    for extension in (extension for holder in holders for extension in holder.get("modifierExtension", ())):
        if extension.get("url") == CONDITION and isinstance(extension.get("valueString"), str):
            yield extension["valueString"]


def _times(consent: dict[str, Any]) -> Iterator[str]:
    """For how long a refusal holds: one that has lapsed must not look as if it stood without limits (SR6)."""
    for provision in _provisions(consent):
        period = provision.get("period", {})
        words = [f"{word} {period[name][:10]}" for name, word in _WORDS_OF_TIME.items() if name in period]
        if words:
            yield f"only {' '.join(words)}"


def _words(concept: dict[str, Any]) -> str | None:
    if concept.get("text"):
        return str(concept["text"])
    codings = concept.get("coding", ())
    if any(coding.get("system") == SNOMED and coding.get("code") == CPR.code for coding in codings):
        return "Cardiopulmonary resuscitation"
    return next((str(coding["display"]) for coding in codings if coding.get("display")), None)


def _actor(consent: dict[str, Any], actor: dict[str, Any]) -> tuple[str | None, str | None]:
    reference = actor.get("reference", {})
    target = str(reference.get("reference", ""))
    for contained in consent.get("contained", ()):
        if target == f"#{contained.get('id')}":
            names, points = contained.get("name") or [{}], contained.get("telecom") or [{}]
            name = names[0] if isinstance(names, list) else names
            parts = [*name.get("given", ()), name.get("family")]
            text = name.get("text") or " ".join(part for part in parts if part)
            return text or reference.get("display"), points[0].get("value")
    return reference.get("display"), None


def _day(consent: dict[str, Any]) -> FhirDate | None:
    return FhirDate(str(consent["dateTime"])[:10]) if "dateTime" in consent else None


def _location(consent: dict[str, Any]) -> str | None:
    attachment, reference = consent.get("sourceAttachment", {}), consent.get("sourceReference", {})
    found = attachment.get("title") or attachment.get("url") or reference.get("display")
    return str(found) if found else None


def _status(consent: dict[str, Any]) -> InstrumentStatus:
    retracted = (SNOMED, ADRT_RETRACTED.code) in _categories(consent)
    ended = retracted or consent.get("status") in ("inactive", "rejected")
    return InstrumentStatus.RETRACTED if ended else InstrumentStatus.ACTIVE
