import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash, randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { childEnvironment } from "../../src/effects/children/environment.js";
import type { Cookie } from "../../src/machines/vocabulary.js";
import { gitIn, layOutRecipe } from "./recipe.js";
import { linesOf, startProcess, startTalking, type Child } from "../support/children.js";

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface CallOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly without?: readonly string[];
  readonly input?: string;
  readonly cwd?: string;
}

export interface Tools {
  readonly abra: string;
  readonly docker: string;
  /** Null with a real docker. */
  readonly sandbox: string | null;
}

/** One app of one recipe, in an ABRA_DIR of its own, and the two tools as recipe-ci would call them. */
export interface ContractWorld {
  readonly tools: Tools;
  readonly dir: string;
  readonly recipe: "contract";
  readonly recipeDir: string;
  readonly domain: string;
  readonly stack: string;
  readonly envFile: string;
  readonly env: () => string;
  readonly abra: (...args: readonly string[]) => Promise<Said>;
  readonly abraWith: (options: CallOptions, ...args: readonly string[]) => Promise<Said>;
  readonly docker: (...args: readonly string[]) => Promise<Said>;
  readonly dockerWith: (options: CallOptions, ...args: readonly string[]) => Promise<Said>;
  /** A call that is not waited for. Whoever makes it ends it. */
  readonly startDocker: (...args: readonly string[]) => ReturnType<typeof startTalking>;
  /** Any other program, as abra and docker are called. */
  readonly run: (file: string, ...args: readonly string[]) => Promise<Said>;
  /** The rows of a listing, parsed; rejects where the call fails. */
  readonly list: (...args: readonly string[]) => Promise<readonly Record<string, string>[]>;
  readonly git: (...args: readonly string[]) => string;
  readonly until: (what: string, condition: () => Promise<boolean>, limitMs?: number) => Promise<void>;
  /** Everything of the stack, by kind and name. */
  readonly objects: (stack?: string) => Promise<readonly string[]>;
  readonly running: (service: string) => Promise<boolean>;
  /** Kills whatever call is under way; it rejects or ends as a killed one does. */
  readonly abandon: () => void;
  readonly close: () => Promise<void>;
}

/** A backup or a restore by restic takes a minute and more where others have the processors. ms */
const callLimitMs = 180_000;

interface CallIn {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input?: string | undefined;
}

const call = async (children: Set<Child>, file: string, args: readonly string[], { env, cwd, input = "" }: CallIn): Promise<Said> => {
  const began = performance.now();
  const child = startProcess(file, args, { cwd, env, input, outlived: true });
  children.add(child);
  const { code } = await child
    .ends(callLimitMs)
    .catch(child.end)
    .finally(() => children.delete(child));
  return { code, ...child.said, ms: performance.now() - began };
};

/** The stand-in's containers go quickly, to be kind to tests. Rows that look at what lingers need it as slow as the real one. ms */
const lingerMs = 2_000;

const kinds: readonly (readonly string[])[] = [
  ["service", "ls"],
  ["container", "ls", "--all", "--no-trunc"],
  ["volume", "ls"],
  ["secret", "ls"],
  ["config", "ls"],
  ["network", "ls"],
];

/** Every stack below the zone of which anything is there. */
export const stacksBelow = async (world: ContractWorld, zone: string): Promise<readonly string[]> => {
  const form = new RegExp(`^(?:\\w+ )?(cont-[0-9a-f]{6}_${zone.replaceAll(".", "_")})(?:_|$)`);
  const stacks = await world.list("stack", "ls", "--format", "{{json .}}");
  const names = [...stacks.map(({ Name = "" }) => Name), ...(await world.objects("cont-"))];
  return [...new Set(names.flatMap((name) => form.exec(name)?.[1] ?? []))];
};

/** Removes whatever an app left, by docker alone, until docker lists nothing of it. */
export const clear = async (world: ContractWorld, stack: string): Promise<void> => {
  await world.docker("stack", "rm", stack);
  await world.until(`${stack} to be gone`, async () => {
    const left = await world.objects(stack);
    for (const object of left) {
      const [kind = "", name = ""] = object.split(" ");
      const force = kind === "container" ? ["--force"] : [];
      await world.docker(kind, "rm", ...force, name);
    }
    return left.length === 0;
  });
};

const allStacks = async (world: ContractWorld): Promise<readonly string[]> => {
  const rows = await world.list("stack", "ls", "--format", "{{json .}}");
  const prefix = world.stack.slice(0, 11);
  return [...new Set([world.stack, ...rows.map(({ Name }) => Name ?? "").filter((name) => name.startsWith(prefix))])];
};

/** A name of its own for each chapter, of the form of a run app's, so that several share a Swarm. */
export const createWorld = (tools: Tools, zone = "contract.localhost"): ContractWorld => {
  const dir = mkdtempSync(join(tmpdir(), "contract-"));
  const abraDir = join(dir, "abra");
  const recipeDir = join(abraDir, "recipes", "contract");
  mkdirSync(join(abraDir, "servers", "default"), { recursive: true });
  mkdirSync(join(abraDir, "catalogue"), { recursive: true });
  mkdirSync(recipeDir, { recursive: true });
  layOutRecipe(recipeDir);
  if (tools.sandbox !== null)
    writeFileSync(join(tools.sandbox, "faults.json"), JSON.stringify([{ when: "service app", do: `in-use:${lingerMs}` }]));
  const id = createHash("sha256").update(randomBytes(8)).digest("hex").slice(0, 6);
  const domain = `cont-${id}.${zone}`;
  const stack = domain.replaceAll(".", "_");
  const envFile = join(abraDir, "servers", "default", `${domain}.env`);
  const base = {
    ...childEnvironment({ cookie: `contract-${id}` as Cookie, runId: "contract", runDir: dir, abraDir }),
    CCCI_DOCKER: tools.docker,
    ...(tools.sandbox === null ? {} : { RECIPE_CI_SANDBOX: tools.sandbox }),
  };
  const envOf = ({ env, without = [] }: CallOptions): Record<string, string> =>
    Object.fromEntries(Object.entries({ ...base, ...env }).filter(([name]) => !without.includes(name)));
  const placeOf = (options: CallOptions): CallIn => ({ env: envOf(options), cwd: options.cwd ?? dir, input: options.input });
  const children = new Set<Child>();
  const dockerWith: ContractWorld["dockerWith"] = (options, ...args) => call(children, tools.docker, args, placeOf(options));
  const abraWith: ContractWorld["abraWith"] = (options, ...args) => call(children, tools.abra, args, placeOf(options));
  const list: ContractWorld["list"] = async (...args) => {
    let { code, stdout, stderr } = await dockerWith({}, ...args);
    // Docker 29 lists no containers in the moment in which one of them is being removed.
    for (let again = 0; again < 20 && stderr.includes("rw layer snapshot not found"); again += 1) {
      await pause(100);
      ({ code, stdout, stderr } = await dockerWith({}, ...args));
    }
    if (code !== 0) throw new Error(`docker ${args.join(" ")}: ${stderr}`);
    return linesOf(stdout).map((line) => JSON.parse(line) as Record<string, string>);
  };
  const until: ContractWorld["until"] = async (what, condition, limitMs = 150_000) => {
    const end = performance.now() + limitMs;
    while (!(await condition())) {
      if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain for ${what}`);
      await pause(100);
    }
  };
  const world: ContractWorld = {
    tools,
    dir,
    recipe: "contract",
    recipeDir,
    domain,
    stack,
    envFile,
    env: () => readFileSync(envFile, "utf8"),
    abra: (...args) => abraWith({}, ...args),
    abraWith,
    docker: (...args) => dockerWith({}, ...args),
    dockerWith,
    startDocker: (...args) => {
      const child = startTalking(tools.docker, args, { cwd: dir, env: envOf({}) });
      children.add(child);
      void child.ended.then(() => children.delete(child));
      return child;
    },
    run: (file, ...args) => call(children, file, args, placeOf({})),
    list,
    git: (...args) => gitIn(recipeDir, ...args),
    until,
    objects: async (of = stack) => {
      const found = await Promise.all(
        kinds.map(async (args) => {
          const rows = await list(...args, "--format", "{{json .}}");
          return rows
            .map((row) => row["Name"] ?? row["Names"] ?? "")
            .filter((name) => name.startsWith(of.endsWith("-") ? of : `${of}_`))
            .map((name) => `${args[0]} ${name}`);
        }),
      );
      return found.flat();
    },
    running: async (service) => {
      const rows = await list("service", "ls", "--format", "{{json .}}");
      return rows.some(({ Name, Replicas }) => Name === `${stack}_${service}` && Replicas === "1/1");
    },
    abandon: () => {
      for (const child of children) child.killGroup("SIGKILL");
    },
    close: async () => {
      try {
        for (const name of await allStacks(world)) await clear(world, name);
      } finally {
        world.abandon();
        rmSync(dir, { recursive: true, force: true });
      }
    },
  };
  return world;
};
