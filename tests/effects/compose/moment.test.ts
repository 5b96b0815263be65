import { expect, test } from "vitest";
import { momentOf } from "../../../src/effects/compose/moment.js";
import { resolveCompose } from "../../../src/effects/compose/resolve-compose.js";
import { entriesOf, textOf } from "../../../src/effects/compose/read-tree.js";

/** Words that yaml.v3 takes for a moment, and the text that Go writes for it. */
test.each([
  ["2026-01-31", "2026-01-31 00:00:00 +0000 UTC"],
  ["2026-1-1 1:2:3.50", "2026-01-01 01:02:03.5 +0000 UTC"],
  ["2026-01-31 1:2:3,000000010", "2026-01-31 01:02:03.00000001 +0000 UTC"],
  ["2024-02-29T10:00:00Z", "2024-02-29 10:00:00 +0000 UTC"],
  ["2026-01-31t10:00:00+01:00", "2026-01-31 10:00:00 +0100 +0100"],
  ["2026-01-31T23:59:59.000-00:00", "2026-01-31 23:59:59 +0000 UTC"],
])("%s is the moment %s", (word, text) => expect(momentOf(word)).toBe(text));

test.each([
  "2026-02-29",
  "2026-13-01",
  "2026-00-01",
  "2026-01-00",
  "2026-01-31 24:00:00",
  "2026-01-31 1:60:00",
  "2026-01-31 1:00:60",
  "2026-01-31 10:00:00Z",
  "2026-01-31T10:00:00",
  "2026-01",
  "26-01-31",
  "2026-01-31 ",
])("%j is not a moment", (word) => {
  expect(momentOf(word)).toBeNull();
});

test("when a value is made into text, a moment becomes the text that docker's client makes", () => {
  const { services } = resolveCompose({
    files: ["compose.yml"],
    read: () => 'services: {app: {image: "x:1", environment: {DAY: 2026-01-31, WORD: "2026-01-31"}}}\n',
    variables: {},
    stack: "s",
  });
  const environment = entriesOf(services[0]?.rest.entries.get("environment"));
  expect([textOf(environment.get("DAY")), textOf(environment.get("WORD"))]).toEqual(["2026-01-31 00:00:00 +0000 UTC", "2026-01-31"]);
});
