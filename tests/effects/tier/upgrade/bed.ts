import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createActor, toPromise } from "xstate";
import { createAbra } from "../../../../src/effects/abra/abra.js";
import { configureApp } from "../../../../src/effects/abra/configure-app.js";
import { createApp, submitDeploy } from "../../../../src/effects/abra/deploy-verbs.js";
import { assertOwnEnv } from "../../../../src/effects/abra/own-env.js";
import { createGit } from "../../../../src/effects/recipe/git.js";
import { createReadRecipe } from "../../../../src/effects/recipe/slips/recipe-at.js";
import type { OperationOf, OperationWiring } from "../../../../src/effects/tier/operation.js";
import { operations } from "../../../../src/effects/tier/operations.js";
import type { Version } from "../../../../src/machines/plan.js";
import { firstFacts, type Facts } from "../../../../src/machines/tier/facts.js";
import type { App, Domain, RecipeSettings, StackName } from "../../../../src/machines/vocabulary.js";
import { StandIns, until } from "../../../sandbox/stand-ins.js";
import { must } from "../../../support/children.js";
import { ownCode } from "../../../support/own-code.js";
import { lastingEngine, type TestEngine } from "../../../support/engine/daemon.js";
import { settings as usual } from "../../../support/explore/samples.js";

/** A file's name and its text; null takes it away. */
export type Files = Readonly<Record<string, string | null>>;

export const quickly: RecipeSettings = {
  ...usual,
  convergence: { ...usual.convergence, monitorMs: 300 },
  timeouts: { ...usual.timeouts, deployMs: 20_000 },
};

interface World {
  readonly world: StandIns;
  readonly connected: TestEngine & { readonly end: () => Promise<void> };
}

/** The sandbox's world, with its engine awake. */
export const openWorld = async (): Promise<World> => {
  const world = new StandIns();
  await world.docker("version");
  const { socket } = JSON.parse(readFileSync(join(world.root, "engine.json"), "utf8")) as { socket: string };
  return { world, connected: lastingEngine({ kind: "socket", path: socket }) };
};

const raw = (dir: string, ...args: readonly string[]): string =>
  must("git", ["-C", dir, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args]).trim();

/** One recipe of several versions, each published under a tag, and an app of it: over the sandbox's engine and abra. */
export class Bed {
  readonly notes: string[] = [];
  readonly versions: Version[] = [];
  readonly wiring: OperationWiring;
  readonly dir: string;
  readonly file: string;
  readonly #world: StandIns;
  readonly #domain: Domain;
  readonly #recipe: string;

  constructor(
    { world, connected: { engine, registry } }: World,
    recipe: string,
    published: readonly (readonly [tag: string, files: Files])[],
  ) {
    const { abraDir, root } = world;
    this.#world = world;
    this.#recipe = recipe;
    this.#domain = `${recipe}-123456.test` as Domain;
    this.dir = join(abraDir, "recipes", recipe);
    this.file = join(abraDir, "servers", "default", `${this.#domain}.env`);
    const scope = registry.scope("work");
    const env = (): Record<string, string> => Object.fromEntries(Object.entries(world.env()).map(([key, value]) => [key, value ?? ""]));
    const git = createGit({ scope, env, cwd: root });
    this.wiring = {
      engine,
      abra: createAbra({ abra: join(process.cwd(), "sandbox/bin/abra"), scope, env, cwd: root, onOutput: () => undefined }),
      git,
      readRecipe: createReadRecipe(git),
      abraDir,
      server: "default",
      runId: "r",
      operatorDirOf: (app) => join(root, `operator-${app.recipe}`),
      code: { ...ownCode({ scope, runDir: root }), foldersOf: () => ({ operatorDir: join(root, `operator-${recipe}`), recipeDir: null }) },
      assertOwnEnv: assertOwnEnv({ serversDir: join(abraDir, "servers"), server: "default" }),
      onNamed: () => undefined,
      onSecrets: () => undefined,
      trust: () => undefined,
      note: (line) => void this.notes.push(line),
      pull: async () => undefined,
      runOwn: async () => null,
      // A bundle of its own, of which the small files here have no need.
      judge: { program: "", limitMs: 1 },
    };
    mkdirSync(this.dir, { recursive: true });
    raw(this.dir, "init", "--quiet", "--initial-branch=main");
    for (const [tag, files] of published) this.publish(tag, files);
  }

  /** One more version: what is not named stays as it was. */
  publish(tag: string, files: Files): Version {
    // A deploy has left the tree at another version.
    if (this.versions.length > 0) raw(this.dir, "checkout", "--quiet", "--force", "main");
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.dir, name);
      mkdirSync(dirname(path), { recursive: true });
      if (text === null) rmSync(path);
      else writeFileSync(path, text);
    }
    raw(this.dir, "add", "--all");
    raw(this.dir, "commit", "--quiet", "--message", tag);
    raw(this.dir, "tag", "--annotate", "--message", tag, tag);
    const version = { tag, commit: raw(this.dir, "rev-parse", "HEAD") };
    this.versions.push(version);
    return version;
  }

  version(index: number): Version {
    const found = this.versions.at(index);
    if (found === undefined) throw new Error(`there is no version ${index}`);
    return found;
  }

  get app(): App {
    return {
      recipe: this.#recipe,
      domain: this.#domain,
      stack: this.#domain.replaceAll(".", "_") as StackName,
      commit: this.version(-1).commit,
    };
  }

  get env(): string {
    return readFileSync(this.file, "utf8");
  }

  /** The first deployment, as the deploy machine makes it. */
  async deploy(version = this.version(0), settings = quickly): Promise<void> {
    const { app, wiring } = this;
    await toPromise(createActor(createApp(wiring), { input: { app, version } }).start());
    await toPromise(createActor(configureApp(wiring), { input: { app, settings, version } }).start());
    await toPromise(
      createActor(
        submitDeploy(wiring, () => undefined),
        { input: { app } },
      ).start(),
    );
    await until(`${this.#domain} is up`, async () => {
      const services = (await this.#world.rows("service", "ls")).filter(({ Name = "" }) => Name.startsWith(`${app.stack}_`));
      return services.length > 0 && services.every(({ Replicas = "" }) => /^(\d+)\/\1/.test(Replicas));
    });
  }

  of(given: Partial<OperationOf> = {}): OperationOf {
    return {
      app: this.app,
      settings: quickly,
      url: "http://127.0.0.1:1",
      facts: firstFacts(this.version(0)),
      target: this.version(-1),
      ...given,
    };
  }

  upgrade(given: Partial<OperationOf> = {}, signal = AbortSignal.timeout(30_000)): Promise<Facts> {
    return operations.upgrade(this.wiring)(this.of(given), signal);
  }

  async labels(): Promise<Readonly<Record<string, string>>> {
    const { Spec } = await this.#world.inspect<{ readonly Spec: { readonly Labels: Readonly<Record<string, string>> } }>(
      "service",
      "inspect",
      `${this.app.stack}_app`,
    );
    return Spec.Labels;
  }

  names(kind: "service" | "secret" | "config" | "volume"): Promise<readonly string[]> {
    return this.#world
      .rows(kind, "ls")
      .then((rows) =>
        rows.flatMap(({ Name = "" }) => (Name.startsWith(`${this.app.stack}_`) ? [Name.slice(this.app.stack.length + 1)] : [])).toSorted(),
      );
  }
}
