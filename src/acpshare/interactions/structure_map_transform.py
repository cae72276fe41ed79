"""StructureMap/<from>-to-<to>/$transform: one form as another, storing nothing.

https://hl7.org/fhir/R4/structuremap-operation-transform.html
"""

from __future__ import annotations

from collections.abc import Mapping

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


def transform(
    components: Components, map_id: str | None, body: bytes, max_bytes: int, named: str | None = None
) -> JsonObject:
    """Parameters with `return` (the other form) and `outcome` (what became of everything). Raises a Failure.

    `named` is a map named in the query; it, the address and the parameters name one map.
    """
    names = {} if named is None else {"source": named}
    given, content = _content(parse(body, max_bytes=max_bytes))
    source, target = ends_of(components, _map(map_id, {**names, **given}))
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


def _map(addressed: str | None, named: Mapping[str, str]) -> str:
    """The one map that the address and the parameters name."""
    ids = {
        name: url.partition("|")[0].removeprefix(CANONICAL).removeprefix("StructureMap/") for name, url in named.items()
    }
    for name, id in ids.items():
        if addressed is not None and id != addressed:
            what = f"{name} names another map than the one that is addressed"
            raise Invalid(error(IssueType.VALUE, what, f"Parameters.{name}"))
    if len(set(ids.values())) > 1:
        places = [f"Parameters.{name}" for name in ids]
        raise Invalid(error(IssueType.VALUE, "two maps are named", *places))
    found = addressed or next(iter(ids.values()), None)
    if found is None:
        what = "which map? The parameter source holds its canonical address, or the address its id"
        raise Malformed(error(IssueType.REQUIRED, what, "source", spine="MISSING_VALUE"))
    return found


def _content(body: JsonObject) -> tuple[Mapping[str, str], JsonObject]:
    """The maps that are named, and the form to translate: the body itself, or the parameter `content` of R4 and R5."""
    if body.get("resourceType") != "Parameters":
        return {}, body
    given = Parameters(body, NAMES)
    named: dict[str, str] = {}
    for name in ("source", "sourceMap"):
        resource = given.resource(name)  # R5 sends the map itself: ours is known by its address
        url = given.text(name, "valueUri", "valueCanonical", "valueString") if resource is None else resource.get("url")
        if url is not None:
            named[name] = str(url)
    for name in ("srcMap", "supportingMap"):
        if name in given:
            what = "maps are this service's own: a form is added as a mapping file, not sent along"
            raise Invalid(error(IssueType.NOT_SUPPORTED, what, f"Parameters.{name}"))
    content = given.resource("content")
    if content is None:
        raise Malformed(
            error(IssueType.REQUIRED, "the parameter content holds the form to translate", "Parameters.content")
        )
    return named, content
