import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect } from "vitest";
import { withoutAssignments } from "../../src/effects/abra/env-file.js";
import type { Chapter } from "./expectation.js";
import { expectDone, expectFatal } from "./expect-said.js";
import { versions } from "./recipe.js";
import type { ContractWorld, Said } from "./world.js";

const create = (world: ContractWorld, domain = world.domain): Promise<Said> =>
  world.abra("app", "new", "contract", "--no-input", "--offline", "--chaos", "--server=default", `--domain=${domain}`);

const generate = (world: ContractWorld, domain = world.domain): Promise<Said> =>
  world.abra("app", "secret", "generate", domain, "--all", "--no-input", "--offline", "--chaos");

/** Without --no-converge-checks: abra's own wait. */
const deployAndWait = (world: ContractWorld, ...more: readonly string[]): Promise<Said> =>
  world.abra("app", "deploy", world.domain, "--no-input", "--offline", "--no-domain-checks", ...more);

const set = (world: ContractWorld, key: string, value: string): void =>
  writeFileSync(
    world.envFile,
    `${withoutAssignments(world.env(), world.envFile, (assignment) => assignment.key === key).trimEnd()}\n${key}=${value}\n`,
  );

const takeDown = async (world: ContractWorld): Promise<void> => {
  expectDone(await world.abra("app", "undeploy", world.domain, "--no-input", "--offline"));
  await world.until(
    "the stack to be gone",
    async () => !(await world.objects()).some((object) => /^(service|container|network) /.test(object)),
  );
};

/** How abra waits. recipe-ci does not rely on it, but a maintainer who runs abra by hand beside it sees it. */
export const abraWaits: Chapter = {
  title: "abra's own wait, versions and names",
  rows: [
    {
      title: "app deploy without --chaos checks out the newest tag, waits, and exits 0 once the app runs",
      mark: "B",
      question: 4,
      check: async (world) => {
        expectDone(await create(world));
        expectDone(await generate(world));
        expectDone(await deployAndWait(world));
        expect(await world.running("app")).toBe(true);
        expect(world.git("rev-parse", "HEAD")).toBe(world.git("rev-list", "-n1", versions.newer));
      },
    },
    {
      title: "a deploy of a version writes it into the .env, behind the recipe's name",
      mark: "B",
      question: 10,
      check: async (world) => expect(world.env()).toContain(`TYPE=contract:${versions.newer}`),
    },
    {
      title: "app deploy of what can never run gives up after the timeout of its label, exit code 1, and leaves the stack there",
      mark: "B",
      question: 4,
      check: async (world) => {
        await takeDown(world);
        world.git("checkout", "--quiet", "--force", "main");
        set(world, "IMAGE", "local/notes-broken:1.0.0");
        set(world, "TIMEOUT", "2");
        expectFatal(await deployAndWait(world, "--chaos"), /timed out|failed/i);
        expect(await world.objects()).toContain(`service ${world.stack}_app`);
      },
    },
    {
      title: "app remove alone, after undeploy and a wait, takes secrets, volumes and .env",
      mark: "B",
      question: 8,
      check: async (world) => {
        await takeDown(world);
        expectDone(await world.abra("app", "remove", world.domain, "--no-input", "--offline"));
        expect(await world.objects()).toEqual([]);
      },
    },
    {
      title: "a timeout of none of its own is 300 s: a deploy without the label does not give up within 3 s",
      mark: "assumed",
      question: 5,
      check: async (world) => {
        const file = `${world.recipeDir}/compose.yml`;
        expectDone(await create(world));
        set(world, "IMAGE", "local/notes-broken:1.0.0");
        expectDone(await generate(world));
        writeFileSync(
          file,
          readFileSync(file, "utf8")
            .split("\n")
            .filter((line) => !line.includes(".timeout="))
            .join("\n"),
        );
        const givesUp = deployAndWait(world, "--chaos").then(() => true);
        // If abra is still submitting when the app is taken down, it would submit the rest afterwards.
        await world.until("it is submitted", async () => (await world.objects()).includes(`service ${world.stack}_app`));
        const gaveUp = await Promise.race([givesUp, new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 3_000))]);
        world.git("checkout", "--quiet", "--force", "main");
        expect(gaveUp).toBe(false);
        await takeDown(world);
        expectDone(await world.abra("app", "remove", world.domain, "--no-input", "--offline"));
      },
    },
    {
      title: "a stack's name is the domain with dots as underscores, cut after 45 characters",
      mark: "assumed",
      question: 9,
      check: async (world) => {
        const domain = `${world.domain.split(".")[0]}.a-rather-long-name-of-a-zone.contract.localhost`;
        expectDone(await create(world, domain));
        expectDone(await generate(world, domain));
        const stack = domain.replaceAll(".", "_").slice(0, 45);
        const secrets = await world.list("secret", "ls", "--format", "{{json .}}");
        expect(secrets.map(({ Name }) => Name)).toContain(`${stack}_token_v1`);
        expectDone(await world.docker("secret", "rm", `${stack}_token_v1`));
        rmSync(world.envFile.replace(world.domain, domain));
      },
    },
  ],
};
