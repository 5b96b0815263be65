import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end. For stand-ins that are started for each call and would wait longer for execa than for the
 * program: docs/decisions/2026-11-26-children-of-the-sandbox.md. Rejects only if it was not started.
 */
export const ask = async (file: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ""): Promise<Answer> => {
  const child = spawn(file, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => undefined); // The program ended without reading.
  child.stdin.end(input);
  const code = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), code]);
  return { code: exitCode, stdout, stderr };
};

/** Waits for a program that prints only what went wrong, to our stderr. Null if it ended well. */
export const whyNot = (file: string, args: readonly string[]): string | null => {
  const { status, signal, error } = spawnSync(file, args, { stdio: ["ignore", "ignore", "inherit"] });
  return status === 0 ? null : (error?.message ?? `${file} ended with ${status ?? signal}`);
};
