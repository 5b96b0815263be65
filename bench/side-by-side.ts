import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { call, must } from "../tests/support/children.js";
import { fiveTiersScript } from "./five-tiers-script.js";
import { plainScript } from "./plain-script.js";
import { inTurn } from "./in-turn.js";
import type { Row } from "./row.js";

interface Cost {
  readonly wallMs: number;
  /** The processor time of the commands and of all the children they waited for. Without the sandbox's engine, which both sides need. */
  readonly processorMs: number;
  /** The peak memory of all processes together, the engine included. Shared memory is counted once (PSS). */
  readonly peakMib: number;
}

const read = (file: string): string => {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return ""; // The process has ended since it was listed.
  }
};

const pssKib = (pid: string): number => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);

const memoryMib = (root: string): number =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && read(`/proc/${name}/environ`).includes(root))
    .reduce((sum, pid) => sum + pssKib(pid), 0) / 1024;

/** The sum of what the shell's `times` prints: user and system time of the shell, then of its children. ms */
export const processorIn = (times: string): number =>
  [...times.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000,
    0,
  );

type Command = (index: number) => { readonly words: readonly string[]; readonly env?: Readonly<Record<string, string>> };

const plain: Command = (index) => ({ words: ["sh", "-c", plainScript], env: { D: (0xabc000 + index).toString(16) } });
const ours: Command = (index) => ({ words: ["bin/recipe-ci", "run", "echo", "--sandbox", "--pr", String(index + 1)] });

/** Starts the sandbox's engine. It stays up while the returned socket is open, because a real one does not end between commands. */
const engineUp = async (root: string, env: Readonly<Record<string, string | undefined>>): Promise<Socket> => {
  must("sandbox/bin/docker", ["version"], { env });
  const { socket } = JSON.parse(readFileSync(join(root, "engine.json"), "utf8")) as { readonly socket: string };
  const connection = connect(socket).on("error", () => undefined);
  await once(connection, "connect");
  return connection;
};

const samplePauseMs = 50;

/** The cost of running a command `many` times at once, in a sandbox whose engine is already up. */
const costOf = async (command: Command, many: number): Promise<Cost> => {
  const root = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  const base = { PATH: process.env["PATH"], HOME: root, RECIPE_CI_SANDBOX: root };
  const engine = await engineUp(root, base);
  try {
    let peakMib = 0;
    const sampler = setInterval(() => (peakMib = Math.max(peakMib, memoryMib(root))), samplePauseMs);
    const began = performance.now();
    const ended = await Promise.all(
      Array.from({ length: many }, (_, index) => {
        const { words, env } = command(index);
        const script = '"$@" >&2 || exit; times';
        return call("sh", ["-c", script, "sh", ...words], { env: { ...base, ...env } });
      }),
    );
    const bad = ended.find(({ code }) => code !== 0);
    if (bad !== undefined) throw new Error(`one of ${many} ended with ${String(bad.code)}:\n${bad.stderr.slice(-3_000)}`);
    const wallMs = performance.now() - began;
    clearInterval(sampler);
    return { wallMs, processorMs: ended.map(({ stdout }) => processorIn(stdout)).reduce((sum, ms) => sum + ms, 0), peakMib };
  } finally {
    engine.destroy();
    rmSync(root, { recursive: true, force: true });
  }
};

/** Compares this many runs at once with as many plain scripts at once, measured in turn. */
const beside = async (many: number): Promise<readonly Row[]> => {
  const of = await inTurn({ plain: () => costOf(plain, many), ours: () => costOf(ours, many) });
  const row = (name: string, what: keyof Cost, unit: "ms" | "MiB"): Row => ({
    name: `${many} ${many === 1 ? "run" : "runs at once"}, ${name}`,
    ...of(what),
    against: many === 1 ? "a plain script" : `${many} plain scripts at once`,
    unit,
    goal: many === 1 && what === "wallMs" ? { kind: "more", most: 100 } : null,
  });
  return [row("wall", "wallMs", "ms"), row("processor", "processorMs", "ms"), row("peak memory of all processes", "peakMib", "MiB")];
};

const plainTiers: Command = (index) => ({ words: ["sh", "-c", fiveTiersScript], env: { D: (0xabc000 + index).toString(16) } });
const ourTiers: Command = () => ({ words: ["bin/recipe-ci", "run", "guestbook", "--sandbox"] });

/** Compares one run through all five tiers with a script of the same verbs, hooks and tests. */
export const fiveTiers = async (): Promise<readonly Row[]> => {
  const of = await inTurn({ plain: () => costOf(plainTiers, 1), ours: () => costOf(ourTiers, 1) });
  return [
    { name: "five tiers, wall", ...of("wallMs"), against: "a plain script", unit: "ms", goal: { kind: "more", most: 150 } },
    { name: "five tiers, processor", ...of("processorMs"), against: "a plain script", unit: "ms", goal: null },
  ];
};

/** The example's operator folder with `monitor: 1ms`: without the time a run watches its app, only the program's own cost is left. */
const unwatched = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  cpSync("examples/operator/echo", join(folder, "echo"), { recursive: true });
  const settings = join(folder, "echo", "recipe.yml");
  writeFileSync(settings, readFileSync(settings, "utf8").replace(/^monitor: .*$/m, "monitor: 1ms"));
  return folder;
};

/** Compares a run with the script again, without the monitoring wait, which the script does not have. */
const besideUnwatched = async (): Promise<Row> => {
  const operators = unwatched();
  try {
    const oursUnwatched: Command = (index) => ({ ...ours(index), env: { CCCI_RECIPES_DIR: operators } });
    const of = await inTurn({ plain: () => costOf(plain, 1), ours: () => costOf(oursUnwatched, 1) });
    return {
      name: "1 run with monitor: 1ms, wall",
      ...of("wallMs"),
      against: "a plain script",
      unit: "ms",
      goal: { kind: "more", most: 100 },
    };
  } finally {
    rmSync(operators, { recursive: true, force: true });
  }
};

/** 1, 2, 4 and 8 runs in one sandbox. */
export const sideBySide = async (): Promise<readonly Row[]> => {
  const rows: Row[] = [await besideUnwatched()];
  for (const many of [1, 2, 4, 8]) rows.push(...(await beside(many)));
  return rows;
};
