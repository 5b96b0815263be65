import { expect, test } from "vitest";
import { emptyScope, fillTemplate, type TemplateScope } from "../../../src/effects/compose/swarm-template.js";

const scope: TemplateScope = {
  fields: { ...emptyScope.fields, "Service.Name": "st_app", "Task.Slot": "2" },
  labels: { a: "label" },
  functions: { env: (name) => `<${name}>`, secret: () => null },
};

/** Templates and what swarmkit 20.10 fills them in with, or its error. */
test.each<readonly [string, object]>([
  ["no template }} at all", { text: "no template }} at all" }],
  ["{{.Service.Name}}-{{ .Task.Slot }}", { text: "st_app-2" }],
  ["a {{- .Task.Slot -}} b", { text: "a2b" }],
  ['{{ env "HOME" }}', { text: "<HOME>" }],
  ['{{ index .Service.Labels "a" }}{{ index .Service.Labels "b" }}{{.Service.Labels.a}}', { text: "labellabel" }],
  ['{{"{{"}}', { text: "{{" }],
  ["{{.Service.Labels.b}}", { wrong: "a field that the Swarm does not know" }],
  ["{{.Service.Labels.constructor}}", { wrong: "a field that the Swarm does not know" }],
  ['{{ index .Service.Labels "constructor" }}', { text: "" }],
  ["{{.Service.Labels}}", { unknown: true }],
  ["{{ env .Task.Name }}", { unknown: true }],
  ["{{.Level}}", { wrong: "a field that the Swarm does not know" }],
  ["{{ level }}", { wrong: "a function that the Swarm does not know" }],
  ['{{ secret "s" }}', { wrong: "nothing that `secret` would find" }],
  ["{{", { wrong: "a `{{` without its `}}`" }],
  ["{{if .Level}}{{end}}", { unknown: true }],
  ["{{.Service}}", { unknown: true }],
  ['{{ "}}" }}', { unknown: true }],
  ["{{ `}}` }}", { unknown: true }],
  ["{{/* it's */}}", { unknown: true }],
  [`{{"it's"}}`, { text: "it's" }],
  ["{{.Task.Slot\n}}", { unknown: true }],
])("%s is filled in as by swarmkit", (text, filled) => expect(fillTemplate(text, scope)).toEqual(filled));

test("a long text is filled in without delay", () => {
  expect(fillTemplate("{{.Task.Slot}}".repeat(50_000), scope)).toEqual({ text: "2".repeat(50_000) });
});
