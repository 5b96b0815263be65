import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startProgram } from "../support/program.js";
import { docker, SwarmHost } from "../support/swarm/host.js";

let host: SwarmHost;
beforeEach(() => {
  host = new SwarmHost();
});
afterEach(() => host.close());

/** Not even a commit: files as somebody has them who begins with a recipe. The name makes its app no other test's. */
const layOut = (): string => {
  const folder = join(host.root, "begun");
  mkdirSync(folder);
  const files = {
    "compose.yml": `services:
  app:
    image: local/echo-app:1.0.0
    stop_grace_period: 1s
    environment: ["FOR=${host.zone}"]
    volumes: ["data:/data"]
    deploy: { labels: ["traefik.http.services.\${STACK_NAME}_app.loadbalancer.server.port=8080"] }
volumes: { data: {} }
`,
    ".env.sample": "TYPE=begun\nDOMAIN=begun.example.com\n",
    "abra.sh": "",
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
};

const listings = [
  ["service", "ls"],
  ["ps", "--all"],
  ["volume", "ls"],
  ["network", "ls"],
  ["secret", "ls"],
  ["config", "ls"],
] as const;

const namedAfter = (stack: string): readonly string[] =>
  listings.flatMap(([command, option]) =>
    docker(command, option, "--format", command === "ps" ? "{{.Names}}" : "{{.Name}}").filter((name) => name.startsWith(stack)),
  );

test("on a real Swarm, `recipe-ci run .` in a recipe's folder without a recipe.yml or a zone is green and leaves nothing", async () => {
  const { CCCI_ZONE: _, ...env } = host.env({ CCCI_RECIPES_DIR: join(host.root, "operator") });
  mkdirSync(join(host.root, "operator"));
  const run = startProgram(["run", ".", "--run-id", "begun"], env, join(host.root, "runs", "begun"), ["env", "-C", layOut()]);
  const { code, stdout, stderr } = await run.ended;
  expect(stdout).toContain("reaching service:app:8080 directly, as its label loadbalancer.server.port says");
  expect(stdout + stderr).toContain("the custom tier is left out");
  expect(code, stdout + stderr).toBe(0);
  const record = run.record();
  expect(record).toMatchObject({
    verdict: "passed",
    cleanliness: "clean",
    domain: expect.stringMatching(/^begu-[0-9a-f]{6}[.]recipe-ci[.]localhost$/) as string,
  });
  expect(namedAfter(record?.domain?.replaceAll(".", "_") ?? "no domain")).toEqual([]);
});
