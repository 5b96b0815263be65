import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { must } from "../support/children.js";
import { Sandbox } from "../support/sandbox-run.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("when a run finds somebody else's volume under its app's name, it says that the volume stays, and not that nothing is left", async () => {
  const checked = await sandbox.run(["recipe", "check", "echo", "--sandbox"]);
  const [, domain = ""] = / as (\S+)\n/.exec(checked.stdout) ?? [];
  const volume = `${domain.replaceAll(".", "_")}_data`;
  must("env", [`RECIPE_CI_SANDBOX=${sandbox.root}`, join(process.cwd(), "sandbox", "bin", "docker"), "volume", "create", volume]);
  const { code, stdout } = await sandbox.run(["run", "echo", "--sandbox", "--stages", "install"]);
  expect([code, sandbox.leftovers()]).toEqual([69, [`volumes/${volume}.json`]]);
  expect(stdout).toContain(`  volume ${volume}\nunclaimed-remains: `);
  expect(stdout).toContain("this run put nothing there; what is named above is left alone");
  expect(stdout).not.toContain("nothing is left");
});
