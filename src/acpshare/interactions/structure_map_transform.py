"""StructureMap/<from>-to-<to>/$transform: one form as another, storing nothing.

https://hl7.org/fhir/R4/structuremap-operation-transform.html
"""

from __future__ import annotations

from acpshare.fhir.json_text import JsonObject, parse
from acpshare.fhir.questionnaire_response import write_response
from acpshare.interactions.components import Components
from acpshare.interactions.intake import TYPE, take_in_resource
from acpshare.interactions.operation_outcome import operation_outcome
from acpshare.interactions.parameters import Parameters, parameters
from acpshare.outcome import Failure, Invalid, Issue, IssueType, Malformed, NotFound, Unsafe, error
from acpshare.translation import CompiledMapping, write

BETWEEN = "-to-"
CANONICAL = "https://acpshare.example/fhir/StructureMap/"
NAMES = frozenset({"source", "content", "sourceMap", "srcMap", "supportingMap"})
"""R4's parameters, and those that R5 renamed or added."""


def transform(components: Components, map_id: str, body: bytes, max_bytes: int) -> JsonObject:
    """Parameters with `return` (the other form) and `outcome` (what became of everything). Raises a Failure."""
    source, target = ends_of(components, map_id)
    content = _content(parse(body, max_bytes=max_bytes), map_id)
    intake = take_in_resource(components, content)
    if intake.mapping.id != source.id:
        what = f"this map translates {source.id}, and the form is another edition"
        raise Invalid(error(IssueType.VALUE, what, f"{TYPE}.questionnaire"))
    today = components.today()
    taken = intake.translation
    if taken.value is None:
        raise refusal(taken.issues, unsafe=taken.is_unsafe)
    made = write(target, taken.value, today)
    if made.value is None:
        raise Unsafe(*made.issues)
    subject = content.get("subject", {})
    response = write_response(made.value, target.definition, subject=subject)
    if not subject:
        del response["subject"]
    issues = tuple(dict.fromkeys((*intake.issues, *taken.issues, *made.issues)))
    return parameters(return_=response, outcome=operation_outcome(issues, made.ledger))


def ends_of(components: Components, map_id: str) -> tuple[CompiledMapping, CompiledMapping]:
    """The editions between which a map translates. Raises NotFound."""
    known = components.mappings
    parts = map_id.split(BETWEEN)
    for cut in range(1, len(parts)):
        source, target = known.get(BETWEEN.join(parts[:cut])), known.get(BETWEEN.join(parts[cut:]))
        if source is not None and target is not None:
            return source, target
    what = "there is no such StructureMap with a $transform: they are named <form>-to-<form>"
    raise NotFound(error(IssueType.NOT_FOUND, what, spine="RESOURCE_NOT_FOUND"))


def refusal(issues: tuple[Issue, ...], *, unsafe: bool) -> Failure:
    errors = tuple(issue for issue in issues if issue.is_error)
    return (Unsafe if unsafe else Invalid)(*errors)


def _content(body: JsonObject, map_id: str) -> JsonObject:
    """The form to translate: the body itself, or the parameter `content` of R4 and R5."""
    if body.get("resourceType") != "Parameters":
        return body
    given = Parameters(body, NAMES)
    for name in ("source", "sourceMap"):
        named = given.text(name, "valueUri", "valueCanonical", "valueString")
        if (
            named is not None
            and named.partition("|")[0].removeprefix(CANONICAL).removeprefix("StructureMap/") != map_id
        ):
            what = f"{name} names another map than the one that is addressed"
            raise Invalid(error(IssueType.VALUE, what, f"Parameters.{name}"))
    for name in ("srcMap", "supportingMap"):
        if name in given:
            what = "maps are this service's own: a form is added as a mapping file, not sent along"
            raise Invalid(error(IssueType.NOT_SUPPORTED, what, f"Parameters.{name}"))
    content = given.resource("content")
    if content is None:
        raise Malformed(
            error(IssueType.REQUIRED, "the parameter content holds the form to translate", "Parameters.content")
        )
    return content
