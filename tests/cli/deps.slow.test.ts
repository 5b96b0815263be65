import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { operatorWithDeps } from "../support/operator-with-deps.js";
import { until } from "../support/processes.js";
import { replaceIn } from "../support/replace-in.js";
import { Sandbox } from "../support/sandbox-run.js";
import { sendSignal } from "../support/signal.js";

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.close());

test("a run whose dep leaves something behind is red, whatever its own app did", async () => {
  const run = (faults: readonly object[]) => {
    writeFileSync(join(sandbox.root, "faults.json"), JSON.stringify(faults));
    return sandbox.run(["run", "echo", "--sandbox", "--run-id", "leaks", "--stages", "install"], {
      CCCI_RECIPES_DIR: operatorWithDeps({ echo: "[notes]" }),
    });
  };
  const { code, stdout, stderr } = await run([{ when: "docker volume rm", do: "exit:1" }]);
  expect(code, stdout + stderr).toBe(3);
  const record: unknown = JSON.parse(readFileSync(join(sandbox.root, "runs", "leaks", "run.json"), "utf8"));
  expect(record).toMatchObject({
    verdict: "passed",
    cleanliness: "dirty",
    residue: expect.arrayContaining([{ kind: "volume", name: expect.stringMatching(/^note-/) as string }]) as unknown,
  });
  // The next run of the same app finds and removes it.
  expect((await run([])).code).toBe(0);
  expect(sandbox.leftovers()).toEqual([]);
});

test("a run that is killed with its dep up leaves both to the next janitor, which removes both", async () => {
  const recipes = operatorWithDeps({ echo: "[notes]" }, 'echo "both are up"\nexec sleep 60');
  const run = sandbox.start(
    ["run", "echo", "--sandbox", "--run-id", "killed", "--stages", "custom"],
    { CCCI_RECIPES_DIR: recipes },
    "killed",
  );
  const { pid } = await run.reaches("holding.running.test");
  await until("both are up", () => readFileSync(join(sandbox.root, "runs", "killed", "run.log"), "utf8").includes("both are up"), 60_000);
  sendSignal(pid, "SIGKILL");
  await run.ended;
  const left = sandbox.leftovers();
  for (const app of ["echo", "note"])
    expect(
      left.some((name) => name.includes(`${app}-`)),
      app,
    ).toBe(true);
  const { code, stdout } = await sandbox.run(["janitor", "--sandbox"]);
  expect(code, stdout).toBe(0);
  expect(sandbox.leftovers(), stdout).toEqual([]);
});

test("two runs that need each other's recipes at once both end well", async () => {
  const run = (recipe: string, runId: string, recipesDir: string) =>
    sandbox.run(["run", recipe, "--sandbox", "--run-id", runId, "--stages", "install,custom"], { CCCI_RECIPES_DIR: recipesDir });
  const ends = await Promise.all([
    run("echo", "one", operatorWithDeps({ echo: "[notes]" })),
    run("notes", "other", operatorWithDeps({ notes: "[echo]" })),
  ]);
  expect(
    ends.map(({ code }) => code),
    ends.map(({ stdout }) => stdout).join("\n"),
  ).toEqual([0, 0]);
  expect(sandbox.leftovers()).toEqual([]);
});

test("a run is red where the dep does not come up, and says which", async () => {
  const folder = operatorWithDeps({ echo: "[notes]" });
  const settings = join(folder, "notes", "recipe.yml");
  writeFileSync(settings, `${readFileSync("examples/operator/echo/recipe.yml", "utf8")}\nhealth: { path: /none, status: 299 }\n`);
  replaceIn(settings, "probe: 60s", "probe: 2s");
  const { code, stdout, stderr } = await sandbox.run(["run", "echo", "--sandbox", "--run-id", "down", "--stages", "install,custom"], {
    CCCI_RECIPES_DIR: folder,
  });
  expect(code, stdout + stderr).toBe(1);
  expect(stdout + stderr).toMatch(/the dep notes \(note-[0-9a-f]{6}\.sandbox\.localhost\)/);
  expect(JSON.parse(readFileSync(join(sandbox.root, "runs", "down", "run.json"), "utf8"))).toMatchObject({
    verdict: "failed",
    cleanliness: "clean",
  });
  expect(sandbox.leftovers()).toEqual([]);
});
