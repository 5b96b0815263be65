import { expect, test } from "vitest";
import { printable } from "../../../src/effects/report/printable.js";
import { withoutCommands } from "../../../src/effects/report/workflow-commands.js";

test.each([
  ["GitHub", "::error file=a::b", "| ::error file=a::b"],
  ["GitHub, after blanks of any kind", " \u00a0\u2028\t::set-output name=x::y", "|  \u00a0 \t::set-output name=x::y"],
  ["GitHub, as it was before", "10-own: ##[set-env name=PATH]x", "10-own: # #[set-env name=PATH]x"],
  ["Azure", "said ##vso[task.setvariable variable=x]y", "said # #vso[task.setvariable variable=x]y"],
  ["Azure, among more of them", "####vso[x]", "### #vso[x]"],
  ["TeamCity", "##teamcity[buildStatus status='SUCCESS']", "# #teamcity[buildStatus status='SUCCESS']"],
  ["GitLab", "section_start:1700000000:x\r\u001b[0Kheading", "| section_start:1700000000:x\nheading"],
  ["GitHub, in a later line", "failed\n  ::stop-commands::x\nend", "failed\n|   ::stop-commands::x\nend"],
])("a command to %s is none any more, and still to be read", (_, said, shown) => {
  expect(withoutCommands(printable(said))).toBe(shown);
  expect(withoutCommands(shown)).toBe(shown);
});

test.each(["std::vector", "connect to ::1 failed", "::1", "## Heading", "##", "a section_start:1:x", "# #[x]"])(
  "%j stays as it is",
  (text) => {
    expect(withoutCommands(text)).toBe(text);
  },
);

test("a JSON document has no command in it and keeps its meaning", () => {
  for (const value of [{ said: "##vso[x] ##[y]\n::error::z" }, ["##teamcity[x]"]]) {
    for (const space of [0, 2]) {
      const shown = withoutCommands(JSON.stringify(value, null, space));
      expect(shown).not.toMatch(/##|^\s*::/m);
      expect(JSON.parse(shown)).toEqual(value);
    }
  }
});
