"""The start page and the contract: fixed bytes, made once."""

from __future__ import annotations

from jinja2 import Environment, StrictUndefined
from starlette.responses import Response

from acpshare.api.contract import contract_text
from acpshare.api.door import Call, Handler
from acpshare.interactions.registry import BASE

_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined).from_string(
    """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<title>acpshare</title>
<meta name="viewport" content="width=device-width">
<style>
body { font: 1.1rem/1.5 sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; color: #212b32 }
pre { background: #f0f4f5; padding: 1rem; overflow-x: auto }
.demo { background: #ffeb3b; padding: .5rem 1rem; font-weight: bold }
a { color: #005eb8 }
</style>
</head>
<body>
{% if demo %}
<p class="demo">Demonstration: synthetic people only. Never enter a real person.</p>
{% endif %}
<h1>acpshare</h1>
<p>One advance care plan, stored once and shown as any form: ReSPECT, TEP, TEAL, DNACPR; both ways, over FHIR R4.
Not a medical device, and not clinically assured.</p>
<ul>
<li><a href="/emergency">Emergency view by NHS number</a></li>
<li><a href="{{ base }}/metadata">What the API can do</a></li>
<li><a href="/openapi.json">Its contract (OpenAPI)</a></li>
</ul>
<h2>Forms</h2>
<ul>
{% for form in forms %}
<li><a href="{{ base }}/Questionnaire/{{ form.id }}">{{ form.title }}, {{ form.edition }}</a></li>
{% endfor %}
</ul>
<h2>Try</h2>
<pre>
curl -s '{{ root }}{{ base }}/Patient/$emergency-view?identifier={{ number }}' -H 'Accept: application/json'
curl -s '{{ root }}{{ base }}/Questionnaire/tep-devon/$populate?identifier={{ number }}'
curl -s '{{ root }}{{ base }}/metadata'
</pre>
</body>
</html>
"""
)
_NUMBER = "https://fhir.nhs.uk/Id/nhs-number|9990000018"


def openapi_handler() -> Handler:
    async def openapi(call: Call) -> Response:
        return call.respond(contract_text(call.components.version), headers={"Cache-Control": "public, max-age=60"})

    return openapi


def start_handler() -> Handler:
    async def start(call: Call) -> Response:
        components = call.components
        page = _PAGE.render(
            demo=components.synthetic_only,
            base=BASE,
            root=components.base_url.removesuffix(BASE),
            forms=[each.definition for each in components.mappings.values()],
            number=_NUMBER,
        )
        return Response(page, media_type="text/html")

    return start
