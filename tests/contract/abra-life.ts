import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { Chapter } from "./expectation.js";
import { expectDone, expectFatal, jsonIn } from "./expect-said.js";
import { versions } from "./recipe.js";
import type { ContractWorld, Said } from "./world.js";

const create = (world: ContractWorld, ...more: readonly string[]): Promise<Said> =>
  world.abra("app", "new", "contract", "--no-input", "--offline", ...more, "--server=default", `--domain=${world.domain}`);

const deploy = (world: ContractWorld, ...more: readonly string[]): Promise<Said> =>
  world.abra("app", "deploy", world.domain, "--no-input", "--offline", "--chaos", "--no-domain-checks", "--no-converge-checks", ...more);

const labelsOf = async (world: ContractWorld): Promise<Readonly<Record<string, string>>> => {
  const [service] = JSON.parse((await world.docker("service", "inspect", `${world.stack}_app`)).stdout) as [
    { Spec: { Labels: Record<string, string> } },
  ];
  return service.Spec.Labels;
};

const secretName = ({ stack }: ContractWorld): string => `${stack}_token_v1`;
/** One that only the compose files name. */
const doorName = ({ stack }: ContractWorld): string => `${stack}_door_v2`;
const has = async (world: ContractWorld, object: string): Promise<boolean> => (await world.objects()).includes(object);
const isGone = (world: ContractWorld) => async (): Promise<boolean> =>
  !(await world.objects()).some((object) => /^(service|container|network) /.test(object));

/** One app from `new` to `remove`, by the calls that recipe-ci makes, in its order. */
export const abraLife: Chapter = {
  title: "an app's life under abra",
  rows: [
    {
      title: "app new without --chaos moves the recipe's checkout to its newest tag",
      mark: "V",
      check: async (world) => {
        const main = world.git("rev-parse", "HEAD");
        expectDone(await create(world));
        expect(world.git("rev-parse", "HEAD")).toBe(world.git("rev-list", "-n1", versions.newer));
        rmSync(world.envFile);
        world.git("checkout", "--quiet", "--force", "main");
        expect(world.git("rev-parse", "HEAD")).toBe(main);
      },
    },
    {
      title: "app new --chaos leaves the recipe's checkout alone",
      mark: "V",
      check: async (world) => {
        const before = world.git("rev-parse", "HEAD");
        expectDone(await create(world, "--chaos"));
        expect(world.git("rev-parse", "HEAD")).toBe(before);
        expect(world.git("status", "--porcelain")).toBe("");
      },
    },
    {
      title: "app new writes servers/<server>/<domain>.env from .env.sample with the domain put in",
      mark: "V",
      check: async (world) => {
        expect(world.env()).toMatch(new RegExp(`^DOMAIN=${world.domain}$`, "m"));
        expect(world.env()).toMatch(/^TYPE=contract/m);
        expect(world.env()).toContain("GREETING='hello, `world`'");
      },
    },
    {
      title: "app new refuses an app whose .env is there",
      mark: "B",
      check: async (world) => expectFatal(await create(world, "--chaos"), /already exists/i),
    },
    {
      title: "app ls --machine has the app with its recipe and server, every field a string",
      mark: "V",
      check: async (world) => {
        const said = jsonIn(await world.abra("app", "ls", "--machine", "--no-input", "--offline")) as Record<
          string,
          { apps: Record<string, unknown>[] }
        >;
        const app = said["default"]?.apps.find(({ domain }) => domain === world.domain);
        expect(app).toEqual(
          expect.objectContaining({ server: "default", recipe: "contract", appName: world.domain, domain: world.domain }),
        );
        expect(Object.values(app ?? {}).every((value) => typeof value === "string")).toBe(true);
      },
    },
    {
      title: "app undeploy of what is not deployed is refused as such",
      mark: "B",
      check: async (world) => expectFatal(await world.abra("app", "undeploy", world.domain, "--no-input", "--offline"), /not deployed/i),
    },
    {
      title: "app deploy without its secrets is refused, and nothing is created",
      mark: "V",
      check: async (world) => {
        expectFatal(await deploy(world), /secret not generated: \S*(?:token|pin)/);
        expect(await world.objects()).toEqual([]);
      },
    },
    {
      title: "app secret generate --all makes <stack>_<secret>_<version>, without any stack label",
      mark: "V",
      check: async (world) => {
        expectDone(await world.abra("app", "secret", "generate", world.domain, "--all", "--no-input", "--offline", "--chaos"));
        const secrets = await world.list("secret", "ls", "--format", "{{json .}}");
        expect(secrets.find(({ Name }) => Name === secretName(world))).toEqual(expect.objectContaining({ Labels: "" }));
      },
    },
    {
      title: "app secret generate goes by the compose files: it makes what only they name, and not what only the .env names",
      mark: "B",
      check: async (world) => {
        expect(await has(world, `secret ${doorName(world)}`)).toBe(true);
        expect(await has(world, `secret ${world.stack}_old_v1`)).toBe(false);
      },
    },
    {
      title: "app secret generate again is no error",
      mark: "assumed",
      check: async (world) =>
        expectDone(await world.abra("app", "secret", "generate", world.domain, "--all", "--no-input", "--offline", "--chaos")),
    },
    {
      title: "app secret generate prints the value that it made",
      mark: "B",
      check: async (world) => {
        await world.docker("secret", "rm", secretName(world), doorName(world));
        const said = await world.abra("app", "secret", "generate", world.domain, "--all", "--no-input", "--offline", "--chaos");
        expectDone(said);
        expect(said.stdout).toMatch(/token.*[A-Za-z0-9+/=_-]{24}/);
        // By its name in the compose files, which is not the one on the server.
        expect(said.stdout).toMatch(/pin.*[A-Za-z0-9+/=_-]{12}/);
      },
    },
    {
      title: "app secret list --machine is a JSON list that names the secret and says that the server has it",
      mark: "V",
      check: async (world) => {
        const said = jsonIn(await world.abra("app", "secret", "list", world.domain, "--machine", "--no-input", "--offline", "--chaos"));
        expect(said).toHaveLength(2);
        expect(said).toEqual(
          expect.arrayContaining(["token", "pin"].map((name): unknown => expect.objectContaining({ name, "created on server": "true" }))),
        );
      },
    },
    {
      title: "app secret insert takes a value, refuses a second one under the name, and the value is the stored one",
      mark: "V",
      check: async (world) => {
        const insert = (): Promise<Said> =>
          world.abra("app", "secret", "insert", world.domain, "other", "v1", "a-value", "--no-input", "--offline", "--chaos");
        expectDone(await insert());
        expect(await has(world, `secret ${world.stack}_other_v1`)).toBe(true);
        expectFatal(await insert(), /already exists/i);
        expectDone(await world.docker("secret", "rm", `${world.stack}_other_v1`));
      },
    },
    {
      title: "app deploy --chaos --no-converge-checks returns once the spec is accepted",
      mark: "V",
      check: async (world) => {
        expectDone(await deploy(world));
        await world.until("the app to run", () => world.running("app"));
      },
    },
    {
      title: "the app's service says recipe, chaos, commit and timeout in its labels, and keeps the version of the compose file",
      mark: "V",
      check: async (world) => {
        const label = (name: string): string => `coop-cloud.${world.stack}.${name}`;
        expect(await labelsOf(world)).toEqual(
          expect.objectContaining({
            "com.docker.stack.namespace": world.stack,
            [label("recipe")]: "contract",
            [label("chaos")]: "true",
            [label("chaos-version")]: world.git("rev-parse", "HEAD").slice(0, 8),
            [label("version")]: versions.newer,
            [label("timeout")]: "60",
          }),
        );
      },
    },
    {
      title: "the deploy made exactly these objects, the config's version from abra.sh",
      mark: "V",
      check: async (world) => {
        const { stack } = world;
        const made = (await world.objects()).map((object) => object.replace(/\.1\.\w+$/, ".1"));
        expect([...new Set(made)].toSorted()).toEqual(
          [
            `config ${stack}_conf_v1`,
            `container ${stack}_app.1`,
            `network ${stack}_default`,
            `secret ${stack}_door_v2`,
            `secret ${stack}_token_v1`,
            `service ${stack}_app`,
            `volume ${stack}_data`,
          ].toSorted(),
        );
      },
    },
    {
      title: "every key of the .env is in the app service's environment, quotes taken off",
      mark: "V",
      check: async (world) => {
        const [service] = JSON.parse((await world.docker("service", "inspect", `${world.stack}_app`)).stdout) as [
          { Spec: { TaskTemplate: { ContainerSpec: { Env: string[] } } } },
        ];
        expect(service.Spec.TaskTemplate.ContainerSpec.Env).toEqual(
          expect.arrayContaining([`DOMAIN=${world.domain}`, "GREETING=hello, `world`", "SECRET_TOKEN_VERSION=v1", "TIMEOUT=60"]),
        );
      },
    },
    {
      title: "the .env still names the recipe after a chaos deploy, and a later --chaos call still works on it",
      mark: "assumed",
      question: 10,
      check: async (world) => {
        expect(world.env()).toMatch(/^TYPE=contract(:\S+)?$/m);
        expectDone(await world.abra("app", "secret", "list", world.domain, "--machine", "--no-input", "--offline", "--chaos"));
      },
    },
    {
      title: "app deploy of a deployed app without --chaos and --force is refused",
      mark: "V",
      check: async (world) => {
        expectFatal(
          await world.abra("app", "deploy", world.domain, "--no-input", "--offline", "--no-domain-checks", "--no-converge-checks"),
          /already deployed/i,
        );
      },
    },
    {
      title: "app deploy --chaos of a deployed app needs no --force; COMPOSE_FILE may build on itself; untracked files are +U",
      mark: "assumed",
      question: 7,
      check: async (world) => {
        appendFileSync(world.envFile, 'COMPOSE_FILE="$COMPOSE_FILE:compose.extra.yml"\n');
        writeFileSync(join(world.recipeDir, "untracked"), "");
        expectDone(await deploy(world));
        const labels = await labelsOf(world);
        rmSync(join(world.recipeDir, "untracked"));
        expect(labels[`coop-cloud.${world.stack}.chaos-version`]).toBe(`${world.git("rev-parse", "HEAD").slice(0, 8)}+U`);
        const inspected = await world.docker("service", "inspect", `${world.stack}_app`);
        expect(inspected.stdout).toContain("EXTRA=from-the-second-file");
      },
    },
    {
      title: "app deploy --force without --chaos refuses a tree with unstaged changes, untracked files too",
      mark: "V",
      check: async (world) => {
        writeFileSync(join(world.recipeDir, "untracked"), "");
        const said = await world.abra(
          "app",
          "deploy",
          world.domain,
          "--no-input",
          "--offline",
          "--force",
          "--no-domain-checks",
          "--no-converge-checks",
        );
        rmSync(join(world.recipeDir, "untracked"));
        expectFatal(said, /has locally unstaged changes/);
      },
    },
    {
      title: "app ps --machine is an object of flat strings by service",
      mark: "V",
      check: async (world) => {
        await world.until("the app to run", () => world.running("app"));
        const said = jsonIn(await world.abra("app", "ps", world.domain, "--machine", "--no-input", "--offline", "--chaos")) as Record<
          string,
          Record<string, unknown>
        >;
        const rows = Object.values(said);
        expect(rows.length).toBeGreaterThan(0);
        expect(rows[0]).toEqual(
          expect.objectContaining({ service: expect.any(String), image: expect.any(String), state: expect.any(String) }),
        );
      },
    },
    {
      title: "a changed config under an old version is refused, naming it",
      mark: "E",
      check: async (world) => {
        writeFileSync(join(world.recipeDir, "contract.conf"), "second\n");
        const said = await deploy(world);
        world.git("checkout", "--quiet", "--force", "HEAD");
        expectFatal(said, /only updates to Labels are allowed/);
      },
    },
    {
      title: "app volume remove of a deployed app is refused",
      mark: "B",
      check: async (world) => {
        expectFatal(
          await world.abra("app", "volume", "remove", world.domain, "--no-input", "--offline"),
          /still deployed|is deployed|in use/i,
        );
        expect(await has(world, `volume ${world.stack}_data`)).toBe(true);
      },
    },
    {
      title: "app remove of a deployed app is refused, and its .env stays",
      mark: "B",
      question: 8,
      check: async (world) => {
        expectFatal(await world.abra("app", "remove", world.domain, "--no-input", "--offline"), /still deployed|is deployed/i);
        expect(existsSync(world.envFile)).toBe(true);
      },
    },
    {
      title: "app undeploy takes the service, config and network and leaves volume, secret and .env; it does not wait for containers",
      mark: "E",
      question: 6,
      check: async (world) => {
        expectDone(await world.abra("app", "undeploy", world.domain, "--no-input", "--offline"));
        const left = await world.objects();
        expect(left).not.toContain(`service ${world.stack}_app`);
        expect(left).toEqual(expect.arrayContaining([`volume ${world.stack}_data`, secretName(world).replace(/^/, "secret ")]));
        expect(existsSync(world.envFile)).toBe(true);
        await world.until("containers and network to be gone", isGone(world));
      },
    },
    {
      title: "app volume remove takes all of an undeployed app's volumes",
      mark: "V",
      check: async (world) => {
        expectDone(await world.abra("app", "volume", "remove", world.domain, "--no-input", "--offline"));
        expect(await has(world, `volume ${world.stack}_data`)).toBe(false);
      },
    },
    {
      title: "app secret remove --all takes all of its secrets",
      mark: "B",
      check: async (world) => {
        expectDone(await world.abra("app", "secret", "remove", world.domain, "--all", "--no-input", "--offline", "--chaos"));
        for (const name of [secretName(world), doorName(world)]) expect(await has(world, `secret ${name}`)).toBe(false);
      },
    },
    {
      title: "app remove takes the .env, and there is nothing left of the app",
      mark: "B",
      question: 8,
      check: async (world) => {
        expectDone(await world.abra("app", "remove", world.domain, "--no-input", "--offline"));
        expect(existsSync(world.envFile)).toBe(false);
        expect(await world.objects()).toEqual([]);
      },
    },
    {
      title: "app remove a second time does not know the app",
      mark: "B",
      question: 8,
      check: async (world) =>
        expectFatal(
          await world.abra("app", "remove", world.domain, "--no-input", "--offline"),
          /(cannot|unable to) find app|no such app|not found/i,
        ),
    },
    {
      title: "the recipe's working tree is as it was",
      mark: "V",
      check: async (world) => {
        expect(world.git("status", "--porcelain")).toBe("");
        expect(readFileSync(join(world.recipeDir, "contract.conf"), "utf8")).toBe("first\n");
      },
    },
  ],
};
