import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { createAbra } from "../../../src/effects/abra/abra.js";
import { createChildRegistry, type Scope } from "../../../src/effects/children/registry.js";
import { createGit } from "../../../src/effects/recipe/git.js";
import { expectNoProcesses, processesWith, temporaryFolder, until } from "../../support/processes.js";
import { ownCode, runOne } from "../../support/own-code.js";
import { sendSignalIfThere } from "../../support/signal.js";

export interface Host {
  readonly scope: Scope;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly abort: AbortController;
  /** Sends a signal to every process of the child, once it is there. Resolves with the moment before that. */
  readonly killIt: (signal: NodeJS.Signals) => Promise<number>;
}

const begun = (folder: string): string => join(folder, "begun");

/** Its script tells by a file, `$begun`, when it can be signalled: a trap must have been set. */
export const program = (folder: string, name: string, script: string): string => {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\nbegun='${begun(folder)}'\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
};

export const host = (): Host => {
  const registry = createChildRegistry();
  onTestFinished(() => void process.off("exit", registry.killAll));
  const cookie = randomBytes(8).toString("hex");
  onTestFinished(() => expectNoProcesses(cookie));
  const cwd = temporaryFolder();
  return {
    scope: registry.scope("work"),
    env: { PATH: `${cwd}:${process.env["PATH"] ?? ""}`, CCCI_RUN_COOKIE: cookie },
    cwd,
    abort: new AbortController(),
    killIt: async (signal) => {
      await until("the child has begun", () => existsSync(begun(cwd)));
      let before = 0;
      // In the middle of its exec a process shows no environment, and is not found.
      await until("a process of it is found", () => {
        const pids = processesWith("CCCI_RUN_COOKIE", cookie);
        before = performance.now();
        for (const pid of pids) sendSignalIfThere(pid, signal);
        return pids.length > 0;
      });
      return before;
    },
  };
};

export type Start = (host: Host, script: string) => Promise<unknown>;

/** Each kind of child of a run, busy until it is killed: what its end comes to for whoever asked for it. */
export const kinds: readonly (readonly [string, Start])[] = [
  [
    "git",
    ({ scope, env, cwd, abort }, script) => {
      program(cwd, "git", script);
      return createGit({ scope, env: () => env, cwd })(["clone", "a", "b"], abort.signal);
    },
  ],
  [
    "an abra verb",
    ({ scope, env, cwd, abort }, script) => {
      const abra = createAbra({ abra: program(cwd, "abra", script), scope, env: () => env, cwd, onOutput: () => undefined });
      return abra(["app", "deploy", "echo-123456.example.com"], { signal: abort.signal, limitMs: 20_000 });
    },
  ],
  [
    "a test's executable",
    ({ scope, env, cwd, abort }, script) => {
      const file = program(cwd, "10-test", script);
      return runOne(ownCode({ scope, runDir: cwd, env }), file, 20_000, abort.signal);
    },
  ],
];

const busy = ': >"$begun"; exec sleep 30';

export const expectNamed = async (start: Start, signal: NodeJS.Signals): Promise<void> => {
  const at = host();
  const told = expect(start(at, busy)).rejects.toMatchObject({
    code: "child-killed",
    exitCode: 69,
    message: expect.stringMatching(new RegExp(`was killed by ${signal}`)) as unknown,
  });
  await at.killIt(signal);
  await told;
};

/** A run waits so long for its own stop. Timers are early by a millisecond at most. */
const momentMs = 249;

export const expectToldByOurStop = async (start: Start, signal: NodeJS.Signals, script = busy): Promise<void> => {
  const at = host();
  let toldAt: number | null = null;
  const tell = (): void => void (toldAt = performance.now());
  const end = start(at, script).then(tell, tell);
  const killedAt = await at.killIt(signal);
  await until("it is gone", () => processesWith("CCCI_RUN_COOKIE", at.env["CCCI_RUN_COOKIE"] ?? "").length === 0);
  await pause(15);
  // A busy host may have kept us from looking until the moment was over.
  expect(toldAt ?? Infinity).toBeGreaterThanOrEqual(killedAt + momentMs);
  at.abort.abort();
  await end;
};
