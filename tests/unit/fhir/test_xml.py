"""XML of resources: what it looks like, what it keeps, and what is refused with its line and element."""

from __future__ import annotations

import itertools

import pytest

from acpshare.fhir.json_text import dump as json_text
from acpshare.fhir.json_text import parse as read_json
from acpshare.fhir.xml import dump, parse
from acpshare.outcome import Failure, Invalid, Malformed, TooLarge

NS = 'xmlns="http://hl7.org/fhir"'
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'


def patient(inside: str) -> bytes:
    return f"<Patient {NS}>{inside}</Patient>".encode()


BOTH_WAYS: dict[str, tuple[str, str]] = {
    "elements in the specification's order": (
        '{"resourceType":"Patient","birthDate":"1920","id":"p1"}',
        f'<Patient {NS}><id value="p1"/><birthDate value="1920"/></Patient>'),
    "numbers and truths as they are written": (
        '{"resourceType":"Observation","valueQuantity":{"value":72.50},"component":[{"valueInteger":0},{"valueBoolean":false}]}',
        f'<Observation {NS}><valueQuantity><value value="72.50"/></valueQuantity><component><valueInteger value="0"/></component><component><valueBoolean value="false"/></component></Observation>'),
    "what stands beside a primitive": (
        '{"resourceType":"Patient","_birthDate":{"id":"b","extension":[{"url":"https://example.org/x","valueCode":"y"}]}}',
        f'<Patient {NS}><birthDate id="b"><extension url="https://example.org/x"><valueCode value="y"/></extension></birthDate></Patient>'),
    "what stands beside one of several": (
        '{"resourceType":"Patient","name":[{"id":"n","given":["A",null,"C"],"_given":[null,{"id":"g"},null]}]}',
        f'<Patient {NS}><name id="n"><given value="A"/><given id="g"/><given value="C"/></name></Patient>'),
    "only that, of all of them": (
        '{"resourceType":"Patient","name":[{"_given":[{"id":"g"}]}]}',
        f'<Patient {NS}><name><given id="g"/></name></Patient>'),
    "resources in resources": (
        '{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}]}}]}',
        f'<Bundle {NS}><type value="collection"/><entry><resource><Patient><contained><Organization><id value="o"/></Organization></contained></Patient></resource></entry></Bundle>'),
    "an element that is defined by another's content": (
        '{"resourceType":"Questionnaire","item":[{"linkId":"1","item":[{"linkId":"1.1","type":"display"}],"type":"group"}]}',
        f'<Questionnaire {NS}><item><linkId value="1"/><type value="group"/><item><linkId value="1.1"/><type value="display"/></item></item></Questionnaire>'),
    "narrative to the character": (
        json_text({"resourceType": "Patient", "text": {"status": "generated", "div": f"<div {XHTML}  class='a'>&lt;b&#233; <br/>\n <!-- c --></div>"}}),
        f'<Patient {NS}><text><status value="generated"/><div {XHTML}  class=\'a\'>&lt;b&#233; <br/>\n <!-- c --></div></text></Patient>'),
    "every character of a text": (
        json_text({"resourceType": "Patient", "language": "a\tb\r\nc \"d\" <e> & 'f' \U0001f600"}),
        f'<Patient {NS}><language value="a&#9;b&#13;&#10;c &quot;d&quot; &lt;e&gt; &amp; \'f\' \U0001f600"/></Patient>'),
}  # fmt: skip

READ: dict[str, tuple[str, str]] = {
    "comments and processing instructions are dropped": (
        f'<?xml version="1.0"?><!-- a --><?pi b?><Patient {NS}><!-- c --><active value="true"><!-- d --></active></Patient>',
        '{"resourceType":"Patient","active":true}'),
    "prefixes are only another spelling, in narrative too": (
        '<f:Patient xmlns:f="http://hl7.org/fhir" xmlns:h="http://www.w3.org/1999/xhtml"><f:text><f:status value="empty"/><h:div><h:p>a</h:p></h:div></f:text></f:Patient>',
        '{"resourceType":"Patient","text":{"status":"empty","div":"<h:div xmlns:h=\\"http://www.w3.org/1999/xhtml\\"><h:p>a</h:p></h:div>"}}'),
    "a schema location says nothing": (
        f'<Patient {NS} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir a.xsd"><active value="true"/></Patient>',
        '{"resourceType":"Patient","active":true}'),
    "another order is understood": (
        f'<Patient {NS}><active value="true"/><name><text value="a"/></name><id value="p"/><name><text value="b"/></name></Patient>',
        '{"resourceType":"Patient","active":true,"name":[{"text":"a"},{"text":"b"}],"id":"p"}'),
    "a byte order mark": (
        f'\ufeff<Patient {NS}><active value="true"/></Patient>', '{"resourceType":"Patient","active":true}'),
}  # fmt: skip

BOMB = '<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
REFUSED: dict[str, tuple[bytes, type[Failure], str, str | None]] = {
    "nothing": (b" \n", Malformed, "the body is empty", None),
    "no XML": (b"{}", Malformed, "the XML cannot be read: not well-formed (invalid token): line 1, column 1", None),
    "half of it": (f"<Patient {NS}>".encode(), Malformed, "line 1, column 38", None),
    "two names": (patient("<active></name>"), Malformed, "mismatched tag", None),
    "a document type": (BOMB.encode() + patient('<active value="&b;"/>'), Malformed, "a document type is not accepted", None),
    "an entity of a file": (b'<!DOCTYPE p SYSTEM "file:///etc/hosts">' + patient(""), Malformed, "a document type is not accepted", None),
    "another encoding": (b'<?xml version="1.0" encoding="UTF-16"?>' + patient(""), Malformed, "another encoding", None),
    "no UTF-8": (b'<Patient xmlns="http://hl7.org/fhir"><language value="\xff"/></Patient>', Malformed, "invalid token", None),
    "no namespace": (b"<Patient/>", Malformed, "one R4 resource in the namespace", None),
    "no resource": (f"<HumanName {NS}/>".encode(), Malformed, "one R4 resource in the namespace", None),
    "an unknown element": (patient('<name>\n<gvien value="Nowhere"/></name>'), Malformed, "name has no element gvien here: line 2, column 1", "Patient.name[0]"),
    "another's element": (patient('<active xmlns="urn:x" value="true"/>'), Malformed, "not in the namespace", "Patient"),
    "an unknown attribute": (patient('<active vlaue="true"/>'), Malformed, "active has no attribute vlaue", "Patient.active"),
    "an attribute on a resource": (b'<Patient xmlns="http://hl7.org/fhir" id="p"/>', Malformed, "Patient has no attribute id", "Patient"),
    "a value of something that has elements": (patient('<name value="Nowhere"/>'), Malformed, "name has no attribute value", "Patient.name[0]"),
    "text": (patient("<active>Nowhere</active>"), Malformed, "text between the elements", "Patient.active"),
    "once too often": (patient('<active value="true"/><active value="true"/>'), Malformed, "active may stand only once", "Patient.active"),
    "no truth": (patient('<active value="yes"/>'), Malformed, "active must be true or false", "Patient.active"),
    "no number": (patient('<multipleBirthInteger value="+2"/>'), Malformed, "must be a number", "Patient.multipleBirth"),
    "a number that is too large to be one": (patient('<multipleBirthInteger value="1e99999"/>'), Malformed, "must be a number", "Patient.multipleBirth"),
    "nothing in an element": (patient("<active/>"), Malformed, "active must have a value, an id or an extension", "Patient.active"),
    "two resources in one place": (patient("<contained><Basic/><Basic/></contained>"), Malformed, "contained holds one resource", "Patient.contained[0]"),
    "no resource in its place": (patient("<contained><name/></contained>"), Malformed, "contained must hold one R4 resource", "Patient.contained[0]"),
    "too deep": (patient("<extension>" * 80 + "</extension>" * 80), Malformed, "nested more than 64 levels", None),
    "too long": (patient(" " * 5_000_000), TooLarge, "larger than", None),
}  # fmt: skip


@pytest.mark.parametrize("text, xml", BOTH_WAYS.values(), ids=BOTH_WAYS)
def test_json_and_xml_hold_the_same(text: str, xml: str) -> None:
    resource = read_json(text)
    assert dump(resource).decode() == '<?xml version="1.0" encoding="UTF-8"?>' + xml
    again = parse(xml.encode())
    assert again == resource
    assert dump(again) == dump(resource)
    assert parse(dump(resource, pretty=True)) == resource


@pytest.mark.parametrize("xml, text", READ.values(), ids=READ)
def test_xml_is_read_as_it_is_meant(xml: str, text: str) -> None:
    assert json_text(parse(xml.encode())) == text


@pytest.mark.parametrize("xml, failure, words, expression", REFUSED.values(), ids=REFUSED)
def test_what_is_no_fhir_is_refused_by_line_and_element(
    xml: bytes, failure: type[Failure], words: str, expression: str | None
) -> None:
    with pytest.raises(failure) as refusal:
        parse(xml)
    issue = refusal.value.issues[0]
    assert words in issue.diagnostics
    assert issue.expression == (() if expression is None else (expression,))
    assert "Nowhere" not in str(refusal.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = patient('<a/>\n<name><b/><given value="x" c="y"/></name>\n<active value="no"/>\n<contained/><d>e<f/></d>')
    with pytest.raises(Malformed) as refusal:
        parse(wrong)
    lines = [issue.diagnostics.rpartition("line ")[2].split(",")[0] for issue in refusal.value.issues]
    assert lines == ["1", "2", "2", "3", "4", "4"]


def test_a_flood_of_faults_is_cut_short() -> None:
    with pytest.raises(Malformed) as refusal:
        parse(patient("<a/>" * 5000))
    assert len(refusal.value.issues) == 1000


def test_pretty_xml_has_an_element_a_line() -> None:
    shown = dump(read_json('{"resourceType":"Patient","name":[{"text":"a"}],"active":true}'), pretty=True).decode()
    assert shown.splitlines()[1:] == [
        f"<Patient {NS}>", '  <active value="true"/>', "  <name>", '    <text value="a"/>', "  </name>", "</Patient>",
    ]  # fmt: skip


def test_html_names_of_characters_become_the_characters() -> None:
    div = f"<div {XHTML}>a&nbsp;b &amp; c</div>"
    assert "a\u00a0b &amp; c" in dump({"resourceType": "Patient", "text": {"status": "empty", "div": div}}).decode()


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Patient", "nmae": []},
        {"resourceType": "Patient", "text": {"div": f'<div {XHTML}>a</div><active value="true"/>'}},
        {"resourceType": "Patient", "active": "true"},
        {"resourceType": "Patient", "language": "a\x00"},
        {"resourceType": "Patient", "language": "a\ud800"},
        {"resourceType": "Patient", "name": [{"_id": {"extension": []}}]},
        {"resourceType": "Nothing"},
        {},
    ],
    ids=itertools.count(),
)
def test_what_is_not_valid_is_refused_rather_than_written_in_part(resource: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        dump(resource)
