import { execaSync } from "execa";

export interface Heard {
  /** Null where it was not started, or killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables beside ours. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Runs a program to its end, with null for stdin, and says how that was; for what may fail. */
export const ask = (file: string, args: readonly string[], env: Variables = {}): Heard => {
  const { exitCode, stdout, stderr } = execaSync(file, args, { env: { ...process.env, ...env }, extendEnv: false, reject: false, stdin: "ignore", maxBuffer: 256 * 1024 * 1024 });
  return { code: exitCode ?? null, stdout, stderr };
};

/** The same for what must not fail: what it printed, without the last line's end. Throws with what it said. */
export const must = (file: string, args: readonly string[], env: Variables = {}): string => {
  const { code, stdout, stderr } = ask(file, args, env);
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} (${code ?? "not started, or killed"}): ${stderr}`);
  return stdout;
};

/** The lines of a text that are not empty. */
export const linesOf = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");
