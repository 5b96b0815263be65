import { setTimeout as pause } from "node:timers/promises";
import type { HealthConfig } from "../schema.js";
import type { ContainerRecord } from "../world/records.js";
import { signalGroup } from "./group.js";
import { findProgram } from "./image-programs.js";
import { startProgram } from "./program.js";

interface Check {
  /** `missing`: why the image does not have the program, so that no check succeeds. */
  readonly argv: readonly [string, ...string[]] | { readonly missing: string };
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly startMs: number;
  readonly retries: number;
}

const msOf = (ns: number | undefined, otherwise: number): number => (ns === undefined || ns === 0 ? otherwise : ns / 1_000_000);

/** Whether a container counts as running only once a check says so. NONE switches an image's own off. */
export const isChecked = (config: HealthConfig | null): boolean => !["NONE", undefined].includes(config?.Test?.[0]);

/** The command of the health check; null if there is none or its form is not known. */
export const checkOf = ({ healthConfig: config, ...inside }: Pick<ContainerRecord, "healthConfig" | "image" | "env">): Check | null => {
  const [form, ...words] = config?.Test ?? [];
  if (config === null || (form !== "CMD" && form !== "CMD-SHELL")) return null;
  const [first = "", ...rest] = form === "CMD-SHELL" ? ["/bin/sh", "-c", words.join(" ")] : words;
  const found = findProgram(first, inside);
  return {
    argv: "missing" in found ? found : [found.file, ...rest],
    intervalMs: msOf(config.Interval, 30_000),
    timeoutMs: msOf(config.Timeout, 30_000),
    startMs: msOf(config.StartPeriod, 0),
    retries: config.Retries === undefined || config.Retries === 0 ? 3 : config.Retries,
  };
};

interface Patient {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly isOver: () => boolean;
  readonly neverWell: boolean;
  readonly onWell: () => void;
  readonly onFailed: (look: Look) => void;
}

/** How one check ended; -1 if it has no exit code. */
export type Look = NonNullable<ContainerRecord["lastFailedLook"]>;

const outputMax = 4_096;
const lingerMs = 500;

const oneCheck = ({ argv, timeoutMs }: Check, { cwd, env }: Patient): Promise<Look> =>
  new Promise((resolve) => {
    if ("missing" in argv) return resolve({ code: -1, output: `OCI runtime exec failed: exec failed: ${argv.missing}` });
    const check = startProgram(argv, cwd, env, ["ignore", "pipe", "pipe"]);
    let [output, isLate] = ["", false];
    for (const stream of [check.stdout, check.stderr])
      stream?.on("data", (chunk: Buffer) => (output = (output + chunk.toString("utf8")).slice(0, outputMax)));
    const limit = setTimeout(() => {
      isLate = true;
      signalGroup(check.pid ?? null, "SIGKILL");
    }, timeoutMs);
    const end = (code: number): void => {
      clearTimeout(limit);
      resolve(isLate ? { code: -1, output: `Health check exceeded timeout (${timeoutMs / 1_000}s)` } : { code, output });
    };
    check.once("error", () => end(-1));
    check.once("close", (code) => end(code ?? -1));
    // Processes that it left behind may keep its output open.
    check.once("exit", (code) => setTimeout(() => end(code ?? -1), lingerMs).unref());
  });

/** Until the first success the sandbox checks this often, whatever the recipe's interval, so that tests do not wait for a start. ms */
const eagerMs = 100;
/** Afterwards it checks no more often than this, because each check starts a process. ms */
const lazyMs = 2_000;

/**
 * Watches a container's health. Resolves with true when it is unhealthy by the recipe's own intervals and retries, and with
 * false when the container has ended.
 */
export const watchHealth = async (check: Check, patient: Patient): Promise<boolean> => {
  let wellUntil = Date.now() + check.startMs;
  let isWell = false;
  for (;;) {
    const look = patient.neverWell ? null : await oneCheck(check, patient);
    if (patient.isOver()) return false;
    if (look !== null && look.code !== 0) patient.onFailed(look);
    if (look?.code === 0) {
      wellUntil = Date.now();
      if (!isWell) patient.onWell();
      isWell = true;
    } else if (Date.now() - wellUntil >= check.retries * check.intervalMs) return true;
    const next = Date.now() + (isWell ? Math.max(check.intervalMs, lazyMs) : Math.min(check.intervalMs, eagerMs));
    while (Date.now() < next) {
      await pause(Math.min(50, eagerMs));
      if (patient.isOver()) return false;
    }
  }
};
