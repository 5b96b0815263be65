import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, linesOf, must } from "../children.js";
import { startProgram, type Started } from "../program.js";
import { whichAbra } from "./bring-up.js";
import { removeStacks } from "./remove-stacks.js";

const linesFrom = (where: Where, ...args: readonly string[]): readonly string[] =>
  linesOf(must("docker", args, { env: { ...process.env, ...where.env } }));

/** A listing of the real docker, by lines. */
export const docker = (...args: readonly string[]): readonly string[] => linesFrom({ env: {}, within: [] }, ...args);

/** Which daemon, and from where its containers can be reached. */
export interface Where {
  readonly env: Readonly<Record<string, string>>;
  readonly within: readonly string[];
}

const names = ["--format", "{{.Name}}"] as const;

/** A test host of its own on the real Swarm: a zone, folders, the examples' recipes laid out as repositories. */
export class SwarmHost {
  readonly root = mkdtempSync(join(tmpdir(), "recipe-ci-swarm-"));
  readonly zone = `t${process.pid}${Math.random().toString(36).slice(2, 6)}.test`;
  readonly #where: Where;
  readonly #started: Started[] = [];

  constructor(where: Where = { env: {}, within: [] }) {
    this.#where = where;
    for (const folder of ["locks", "abra/servers/default"]) mkdirSync(join(this.root, folder), { recursive: true });
  }

  /** Lays an example out as a recipe's repository, and returns its path. */
  repository(recipe: string): string {
    const target = join(this.root, recipe);
    must("examples/lay-out.sh", [recipe, target]);
    return target;
  }

  env(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const { PATH, HOME, DOCKER_HOST } = process.env;
    return {
      PATH,
      HOME,
      ...(DOCKER_HOST === undefined ? {} : { DOCKER_HOST }),
      CCCI_ZONE: this.zone,
      CCCI_APP_LOCK_DIR: join(this.root, "locks"),
      CCCI_RUNS_DIR: join(this.root, "runs"),
      CCCI_RECIPES_DIR: join(process.cwd(), "examples", "operator"),
      CCCI_ABRA: whichAbra().path,
      // A browser is some seconds of processor for each run, twice where the page is as plain as the examples': one test has it.
      CCCI_CHROMIUM: "off",
      ABRA_DIR: join(this.root, "abra"),
      ...this.#where.env,
      ...extra,
    };
  }

  start(args: readonly string[], runId: string, extra: NodeJS.ProcessEnv = {}): Started {
    return this.#launch([...args, "--run-id", runId], join(this.root, "runs", runId), extra);
  }

  /** A command that is no run. */
  command(...args: readonly string[]): Started {
    return this.#launch(args, join(this.root, "runs", "none"));
  }

  #launch(args: readonly string[], runDir: string, extra: NodeJS.ProcessEnv = {}): Started {
    const started = startProgram(args, this.env(extra), runDir, this.#where.within);
    this.#started.push(started);
    return started;
  }

  /** What docker itself lists under this host's zone, and its .env files: asked directly, by none of the program's code. */
  leftovers(): readonly string[] {
    const docker = (...args: readonly string[]): readonly string[] => linesFrom(this.#where, ...args);
    const mark = `_${this.zone.replaceAll(".", "_")}`;
    const listed = {
      service: docker("service", "ls", ...names),
      container: docker("ps", "--all", "--format", "{{.Names}}"),
      volume: docker("volume", "ls", ...names),
      secret: docker("secret", "ls", ...names),
      config: docker("config", "ls", ...names),
      network: docker("network", "ls", ...names),
    };
    const servers = join(this.root, "abra", "servers", "default");
    return [
      ...Object.entries(listed).flatMap(([kind, found]) => found.filter((name) => name.includes(mark)).map((name) => `${kind} ${name}`)),
      ...(existsSync(servers) ? readdirSync(servers).map((name) => `env ${name}`) : []),
    ];
  }

  /** Fails when anything is left; removes the stacks first, so that one test's leak is not the next one's. */
  async close(): Promise<void> {
    for (const { child } of this.#started) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    const left = this.leftovers();
    const stacks = new Set(left.flatMap((line) => new RegExp(`[a-z0-9-]+_${this.zone.replaceAll(".", "_")}`).exec(line)?.[0] ?? []));
    await removeStacks([...stacks], this.#where.env);
    for (const line of this.leftovers()) {
      const [kind = "", name = ""] = line.split(" ");
      if (kind !== "env") ask("docker", [kind, "rm", name], { env: { ...process.env, ...this.#where.env } });
    }
    rmSync(this.root, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`left after the test: ${left.join(", ")}`);
  }
}

/** A test's act on a host of its own, which nothing may be left on: such tests wait most of their time, side by side. */
export const onHost = (act: (host: SwarmHost) => Promise<void>) => async (): Promise<void> => {
  const host = new SwarmHost();
  try {
    await act(host);
  } finally {
    await host.close();
  }
};
