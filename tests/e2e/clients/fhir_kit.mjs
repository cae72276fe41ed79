// What a JavaScript integrator does with fhir-kit-client: every line printed is looked at by the test that starts this.
import { Client } from "fhir-kit-client";

const [baseUrl] = process.argv.slice(2);
const client = new Client({ baseUrl });

const say = (name, value) => console.log(JSON.stringify([name, value]));

const statement = await client.capabilityStatement();
say("fhirVersion", statement.fhirVersion);

const body = { resourceType: "Organization", name: "Fern House", identifier: [{ system: "urn:example", value: "fern" }] };
const made = await client.create({ resourceType: "Organization", body });
say("created", made.name);
const same = await client.read({ resourceType: "Organization", id: made.id });
say("read", same.id === made.id);
const changed = await client.update({ resourceType: "Organization", id: made.id, body: { ...same, name: "Fern Court" } });
say("versionId", changed.meta.versionId);
const patched = await client.patch({
  resourceType: "Organization", id: made.id, jsonPatch: [{ op: "replace", path: "/name", value: "Fern Lodge" }],
});
say("patched", patched.name);
const old = await client.vread({ resourceType: "Organization", id: made.id, version: "1" });
say("vread", old.name);
for (const name of ["Birch House", "Cedar House"]) {
  await client.create({ resourceType: "Organization", body: { resourceType: "Organization", name } });
}
let page = await client.search({ resourceType: "Organization", searchParams: { _count: 2, _sort: "name" } });
const names = page.entry.map((entry) => entry.resource.name);
page = await client.nextPage({ bundle: page });
names.push(...page.entry.map((entry) => entry.resource.name));
say("paged", names);
const history = await client.history({ resourceType: "Organization", id: made.id });
say("history", history.entry.length);
const done = await client.transaction({
  body: {
    resourceType: "Bundle", type: "transaction",
    entry: [{ resource: body, request: { method: "POST", url: "Organization", ifNoneExist: "identifier=urn:example|fern" } }],
  },
});
say("transaction", done.entry[0].response.status.slice(0, 3));
await client.delete({ resourceType: "Organization", id: made.id });
try {
  await client.read({ resourceType: "Organization", id: made.id });
} catch (refused) {
  say("gone", [refused.response.status, refused.response.data.resourceType]);
}
