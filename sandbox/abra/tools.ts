import { spawnSync } from "node:child_process";
import { fatal } from "./fatal.js";

export interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const start = (file: string, args: readonly string[], env: NodeJS.ProcessEnv, input?: string): Answer => {
  const { error, status, stdout, stderr } = spawnSync(file, args, { encoding: "utf8", env, ...(input === undefined ? {} : { input }) });
  if (error !== undefined) return fatal(`${file}: ${error.message}`);
  return { code: status ?? 1, stdout, stderr };
};

/** The docker that we are given: the sandbox's, or a real engine's client. */
export const docker = (args: readonly string[], env: NodeJS.ProcessEnv = process.env, input?: string): Answer =>
  start(process.env["CCCI_DOCKER"] || "docker", args, env, input);

export const mustDocker = (args: readonly string[], env?: NodeJS.ProcessEnv): string => {
  const { code, stdout, stderr } = docker(args, env);
  return code === 0 ? stdout : fatal(stderr.trim().split("\n").at(-1) ?? "docker failed");
};

/** A column of a listing, by the exact prefix of the names. */
export const listed = (kind: string, stack: string): readonly string[] =>
  mustDocker([kind, "ls", "--format", "{{json .}}"])
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => String((JSON.parse(line) as { Name?: string }).Name ?? ""))
    .filter((name) => name.startsWith(`${stack}_`));

export const git = (folder: string, ...args: readonly string[]): Answer => start("git", ["-C", folder, ...args], process.env);

export const mustGit = (folder: string, ...args: readonly string[]): string => {
  const { code, stdout, stderr } = git(folder, ...args);
  return code === 0 ? stdout.trim() : fatal(stderr.trim().split("\n").at(-1) ?? "git failed");
};
