import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readSettingsFile } from "../../src/cli/settings/settings-file.js";
import { must } from "../support/children.js";
import { temporaryFolder } from "../support/processes.js";

const read = (text: string) => {
  const file = join(temporaryFolder(), "settings.yml");
  writeFileSync(file, text);
  return readSettingsFile(file, true);
};

test("the settings file lists the recipes whose own tests may run; when it is missing or empty, none may", () => {
  expect(read("allowRepoTests: [notes, immich]\n").allowRepoTests).toEqual(["notes", "immich"]);
  expect(read("# nothing yet\n").allowRepoTests).toEqual([]);
  expect(readSettingsFile("/nowhere/settings.yml", false).allowRepoTests).toEqual([]);
});

test.each([
  ["allowRepoTest: [notes]", "has an unknown key allowRepoTest. Did you mean allowRepoTests?"],
  ["allowRepoTests: notes", "allowRepoTests is not a list of recipes"],
  ['allowRepoTests: ["*"]', "allowRepoTests.0 is not a valid recipe name"],
  ["allowRepoTests: [", "invalid YAML at line 1"],
])("the settings file %s is refused with exit code 2", (text, why) => {
  expect(() => read(text)).toThrowError(
    expect.objectContaining({ code: "bad-setting", exitCode: 2, message: expect.stringContaining(why) as string }),
  );
});

test("when a settings file was named, it must exist and be a regular file", () => {
  expect(() => readSettingsFile("/nowhere/settings.yml", true)).toThrowError(
    expect.objectContaining({
      code: "bad-setting",
      message: expect.stringContaining("is not there") as string,
      hint: expect.stringContaining("take CCCI_SETTINGS out") as string,
    }),
  );
  const fifo = join(temporaryFolder(), "fifo");
  must("mkfifo", [fifo]);
  expect(() => readSettingsFile(fifo, true)).toThrowError(expect.objectContaining({ code: "bad-setting" }));
});
