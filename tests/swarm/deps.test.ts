import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";
import { must } from "../support/children.js";
import { operatorWithDeps } from "../support/operator-with-deps.js";
import { docker, SwarmHost } from "../support/swarm/host.js";

const needsNotes = (host: SwarmHost, custom: string): NodeJS.ProcessEnv => ({
  CCCI_RECIPES_DIR: operatorWithDeps(
    { echo: `[{ recipe: notes, src: ${host.repository("notes")}, ref: main }]` },
    custom,
    join(host.root, "operator"),
  ),
});

/** A test that asks the dep for its page and knows nothing but what the run hands over. */
const asksTheDep = `stat -c %a "$CCCI_DEPS_FILE" | grep -qx 600
exec node -e '
const { notes } = JSON.parse(require("node:fs").readFileSync(process.env.CCCI_DEPS_FILE, "utf8"));
if (!/^note-/.test(notes.domain) || Object.keys(notes.secrets).length === 0) process.exit(1);
fetch(notes.url).then(({ status }) => { console.log("the dep answers " + status); process.exit(status < 500 ? 0 : 1); });'`;

test.concurrent("on a real Swarm, a run deploys the recipe's dep first, hands its secrets over in a file of mode 600, and removes both apps", async ({
  expect,
  onTestFinished,
}) => {
  const host = new SwarmHost();
  onTestFinished(() => host.close());
  const { code, stdout } = await host.start(
    ["run", "echo", "--src", host.repository("echo"), "--stages", "install,custom"],
    "green",
    needsNotes(host, asksTheDep),
  ).ended;
  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(/ok {2}20-dep/);
  expect(JSON.parse(readFileSync(join(host.root, "runs", "green", "run.json"), "utf8"))).toMatchObject({
    verdict: "passed",
    cleanliness: "clean",
    deploys: 2,
  });
  expect(host.leftovers()).toEqual([]);
});

test.concurrent("on a real Swarm, when a dep's secret cannot be removed, the run is red though its app passed, and the janitor removes it later", async ({
  expect,
  onTestFinished,
}) => {
  const host = new SwarmHost();
  onTestFinished(() => host.close());
  // The Engine removes no secret that a service uses; docker lists the dep's secrets.
  const keeper = `keeper-${host.zone.split(".")[0] ?? ""}`;
  const keepsSecret = `secret=$(docker secret ls --format '{{.Name}}' | grep "^note-.*${host.zone.replaceAll(".", "_")}" | head -n 1)
docker service create --quiet --detach --name ${keeper} --replicas 0 --secret "$secret" local/echo-app:1.0.0`;
  try {
    const { code, stdout } = await host.start(
      ["run", "echo", "--src", host.repository("echo"), "--stages", "custom"],
      "leaks",
      needsNotes(host, keepsSecret),
    ).ended;
    expect(code, stdout).toBe(3);
    const residue = expect.arrayContaining([{ kind: "secret", name: expect.stringMatching(/^note-/) as string }]) as unknown;
    expect(JSON.parse(readFileSync(join(host.root, "runs", "leaks", "run.json"), "utf8"))).toMatchObject({
      verdict: "passed",
      cleanliness: "dirty",
      residue,
    });
  } finally {
    if (docker("service", "ls", "--format", "{{.Name}}").includes(keeper)) must("docker", ["service", "rm", keeper]);
  }
  const { code, stdout } = await host.command("janitor").ended;
  expect(code, stdout).toBe(0);
  expect(host.leftovers()).toEqual([]);
});
