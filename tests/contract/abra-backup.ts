import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Chapter, Expectation } from "./expectation.js";
import { expectDone, expectFatal } from "./expect-said.js";
import type { ContractWorld, Said } from "./world.js";

const label = "coop-cloud.backupbot.enabled=true";

/** On a host without a backup service only the first row says anything. The sandbox always has one. */
const hasService = async (world: ContractWorld): Promise<boolean> =>
  world.tools.sandbox !== null || (await world.list("service", "ls", "--filter", `label=${label}`, "--format", "{{json .}}")).length > 0;

const call = (world: ContractWorld, ...verb: readonly string[]): Promise<Said> => world.abra("app", ...verb, world.domain, "--no-input", "--offline", "--chaos");

const row = (title: string, mark: Expectation["mark"], check: Expectation["check"]): Expectation => ({
  title,
  mark,
  check: async (world) => {
    if (await hasService(world)) await check(world);
  },
});

const backedUp = `version: "3.8"
services:
  app:
    deploy:
      labels:
        - "backupbot.backup=true"
`;

/** A program of the app's own container, which has no shell. */
const inApp = async (world: ContractWorld, script: string): Promise<string> => {
  const [found] = await world.list("container", "ls", "--no-trunc", "--filter", `label=com.docker.swarm.service.name=${world.stack}_app`, "--format", "{{json .}}");
  const said = await world.docker("container", "exec", "--workdir", "/data", found?.["ID"] ?? "", "node", "-e", script);
  expectDone(said);
  return said.stdout.trim();
};

/** One app that is backed up and restored, by the calls that recipe-ci makes. Asks the backup service that the host has. */
export const abraBackup: Chapter = {
  title: "an app's backup under abra",
  rows: [
    {
      title: "app backup create without a backup service on the Swarm gives up, and says so",
      mark: "B",
      check: async (world) => {
        expectDone(await world.abra("app", "new", "contract", "--no-input", "--offline", "--chaos", "--server=default", `--domain=${world.domain}`));
        writeFileSync(join(world.recipeDir, "compose.backup.yml"), backedUp);
        appendFileSync(world.envFile, 'COMPOSE_FILE="$COMPOSE_FILE:compose.backup.yml"\n');
        expectDone(await world.abra("app", "secret", "generate", world.domain, "--all", "--no-input", "--offline", "--chaos"));
        expectDone(await world.abra("app", "deploy", world.domain, "--no-input", "--offline", "--chaos", "--no-domain-checks", "--no-converge-checks"));
        await world.until("the app to run", () => world.running("app"));
        if (!(await hasService(world))) expectFatal(await call(world, "backup", "create"), /./);
      },
    },
    row("app backup create backs up the app's volumes, and prints the name of the snapshot as restic does", "B", async (world) => {
      await inApp(world, "require('fs').writeFileSync('kept', 'as it was')");
      const said = await call(world, "backup", "create");
      expectDone(said);
      expect(said.stdout).toMatch(/snapshot [0-9a-f]{8,64} saved|"snapshot_id":\s*"[0-9a-f]{8,64}"/);
    }),
    row("app backup list prints the paths of the newest snapshot", "B", async (world) => {
      const said = await call(world, "backup", "list");
      expectDone(said);
      expect(said.stdout).toMatch(/\/kept\b/);
    }),
    row("app restore brings back what was removed and overwritten, while the app runs, and removes nothing that came later", "B", async (world) => {
      await inApp(world, "const fs=require('fs'); fs.writeFileSync('kept', 'spoiled'); fs.writeFileSync('later', 'new')");
      expectDone(await call(world, "restore", "--hooks"));
      expect(await inApp(world, "const fs=require('fs'); console.log(fs.readFileSync('kept', 'utf8'), fs.readFileSync('later', 'utf8'))")).toBe("as it was new");
      await inApp(world, "require('fs').unlinkSync('kept')");
      expectDone(await call(world, "restore", "--hooks"));
      expect(await inApp(world, "console.log(require('fs').readFileSync('kept', 'utf8'))")).toBe("as it was");
    }),
    row("app backup create of an app that is not deployed is refused", "B", async (world) => {
      expectDone(await world.abra("app", "undeploy", world.domain, "--no-input", "--offline"));
      await world.until("the app to be gone", async () => !(await world.objects()).some((object) => /^(service|container|network) /.test(object)));
      const said = await call(world, "backup", "create");
      expect(said.code).toBe(1);
    }),
  ],
};
