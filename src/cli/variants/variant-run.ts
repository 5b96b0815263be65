import { join } from "node:path";
import type { Scope } from "../../effects/children/registry.js";
import { readRegular } from "../../effects/files/regular-file.js";
import { bestEffort } from "../../effects/record/best-effort.js";
import { beyondDeadlineMs } from "../../machines/budgets.js";
import { failureFrom } from "../../machines/errors.js";
import { createLines } from "./lines.js";

/** How the run of one variant ended. */
export interface VariantEnd {
  readonly variant: string;
  /** null: it reported none. */
  readonly verdict: string | null;
  readonly exitCode: number;
  readonly level: number | null;
  readonly durationMs: number;
  /** null: nothing was begun, so there is none. */
  readonly folder: string | null;
}

interface VariantRunOf {
  readonly scope: Scope;
  readonly launcher: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly runsDir: string;
  readonly leftMs: number;
  /** Prints a line of the run, for people. */
  readonly say: (line: string) => void;
}

const bytesMax = 32 * 1024 * 1024;

const levelIn = (folder: string): number | null => {
  const told = bestEffort(() => JSON.parse(readRegular(join(folder, "results.json"), bytesMax).toString("utf8")) as { level?: unknown });
  return typeof told?.level === "number" ? told.level : null;
};

/** The exit code that a shell gives a program that SIGKILL ended. */
const killedCode = 137;

/**
 * Runs one variant as a run of its own: a launcher and a program, with its own lock, folder and teardown. Never rejects.
 *
 * If this process is killed, the kernel kills the launcher, and the run notices and tears down.
 */
export const runVariant = async (variant: string, of: VariantRunOf, signal: AbortSignal): Promise<VariantEnd> => {
  const began = performance.now();
  const lines = createLines((line) => of.say(`${variant}: ${line}`));
  const endWith = (exitCode: number, verdict: string | null, folder: string | null): VariantEnd => ({
    variant,
    verdict,
    exitCode,
    level: folder === null ? null : levelIn(folder),
    durationMs: performance.now() - began,
    folder,
  });
  try {
    // A run that is told to stop or whose time is over tears down first, so it gets that much longer.
    const spec = {
      file: of.launcher,
      args: of.args,
      env: of.env,
      cwd: of.cwd,
      limitMs: of.leftMs + beyondDeadlineMs,
      graceMs: beyondDeadlineMs,
    };
    const end = await of.scope.run({ ...spec, onOutput: (stream, text) => (stream === "stderr" ? lines.add(text) : undefined) }, signal);
    lines.end();
    const record = bestEffort(() => JSON.parse(end.stdout) as { runId: string; verdict: string | null });
    return endWith(end.exitCode ?? killedCode, record?.verdict ?? null, record === null ? null : join(of.runsDir, record.runId));
  } catch (error) {
    const { message, exitCode } = failureFrom(error);
    of.say(`${variant}: ${message}`);
    return endWith(exitCode, null, null);
  }
};
