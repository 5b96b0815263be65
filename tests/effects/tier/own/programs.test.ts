import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rememberPrograms } from "../../../../src/effects/tier/own/programs.js";
import { writeProgram } from "../../../support/own-code.js";
import { temporaryFolder } from "../../../support/processes.js";

test.each([
  ["the operator's folder is gone", (operatorDir: string) => rmSync(operatorDir, { recursive: true })],
  ["one of its tests is gone", (operatorDir: string) => rmSync(join(operatorDir, "tests/custom/10-holds"))],
  ["one of its hooks may not be executed any more", (operatorDir: string) => chmodSync(join(operatorDir, "pre_backup"), 0o600)],
])("no test is left out silently if %s during the run", (_, harm) => {
  const operatorDir = join(temporaryFolder(), "operator");
  for (const program of ["tests/custom/10-holds", "pre_backup"]) writeProgram(operatorDir, program, "exit 0");
  const assertThere = rememberPrograms({ operatorDir, recipeDir: null });
  // Files that a hook adds are no loss.
  writeProgram(operatorDir, "tests/custom/20-made", "exit 0");
  expect(assertThere).not.toThrow();
  harm(operatorDir);
  expect(assertThere).toThrow(expect.objectContaining({ code: "run-folder-lost", exitCode: 69 }));
});
