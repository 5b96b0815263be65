import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, startTalking } from "../tests/support/children.js";
import { median, type Row } from "./row.js";

const zone = "sandbox.localhost";

/** One app in a hundred is an orphan, and at least one. All the others' locks are held, as by live runs. */
const isOrphan = (index: number): boolean => index % 100 === 0;

/** A Python program that holds all the locks listed in a file until its stdin ends. */
const holder = `
import fcntl, os, sys
for path in open(sys.argv[1]).read().split():
    fcntl.flock(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
`;

const domainOf = (index: number): string => `echo-${index.toString(16).padStart(6, "0")}.${zone}`;

const dryRun = async (apps: number): Promise<number> => {
  const folder = mkdtempSync(join(tmpdir(), "recipe-ci-bench-"));
  const held = Array.from({ length: apps }, (_, index) => index).filter((index) => !isOrphan(index));
  writeFileSync(join(folder, "held"), held.map((index) => join(folder, "locks", `cc-ci-app-${domainOf(index)}.lock`)).join("\n"));
  mkdirSync(join(folder, "locks"));
  const live = startTalking("sh", ["-c", 'ulimit -n 20000 && exec python3 -c "$0" "$1"', holder, join(folder, "held")]);
  const [first] = await Promise.race([once(live.stdout, "data"), live.ended.then(() => [null])]);
  if (first === null) throw new Error(`nobody holds the locks: ${live.complaint()}`);
  try {
    mkdirSync(join(folder, "abra", "servers", "default"), { recursive: true });
    for (let index = 0; index < apps; index += 1)
      writeFileSync(join(folder, "abra", "servers", "default", `${domainOf(index)}.env`), "# recipe-ci run 41\nTYPE=echo\n");
    const env = { PATH: process.env["PATH"], HOME: folder, RECIPE_CI_SANDBOX: folder };
    const began = performance.now();
    const { code, stderr } = ask(process.execPath, ["dist/main.cjs", "janitor", "--sandbox", "--dry-run", "--json"], {
      env,
      limitMs: 60_000,
    });
    const ms = performance.now() - began;
    if (code !== 3) throw new Error(`the janitor ended with ${String(code)}: ${stderr.slice(0, 500)}`);
    return ms;
  } finally {
    live.stdin.end();
    await live.ends();
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Compares the janitor's dry run over 100, 1,000 and 10,000 apps, each with an .env file, with one over ten. */
export const janitorScale = async (): Promise<readonly Row[]> => {
  const measure = async (apps: number): Promise<number> => median([await dryRun(apps), await dryRun(apps), await dryRun(apps)]);
  const [ten, hundred, thousand, many] = [await measure(10), await measure(100), await measure(1_000), await measure(10_000)];
  const row = (candidates: string, ours: number, goal: Row["goal"] = null): Row => ({
    name: `janitor, ${candidates} candidates`,
    ours,
    against: "10 candidates",
    reference: ten,
    unit: "ms",
    goal,
  });
  return [row("100", hundred), row("1,000", thousand, { kind: "x", most: 3 }), row("10,000", many)];
};
