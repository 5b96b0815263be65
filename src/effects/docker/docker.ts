import { RunError } from "../../machines/errors.js";
import type { ChildEnd } from "../children/child.js";
import type { Scope } from "../children/registry.js";

export interface Docker {
  /** Runs the client. Resolves whatever its exit code; rejects with `docker-unreachable`, `docker-hung` or `no-such-command`. */
  readonly run: (args: readonly string[], signal?: AbortSignal, limitMs?: number) => Promise<ChildEnd>;
  /** The same, and any exit code but 0 is a `docker-failed`. */
  readonly must: (args: readonly string[], signal?: AbortSignal, limitMs?: number) => Promise<string>;
  /** One JSON document a line. What is no JSON is a `docker-garbage`: an empty list must not be read out of noise. */
  readonly lines: (args: readonly string[], signal?: AbortSignal) => Promise<readonly Record<string, unknown>[]>;
}

export interface DockerSettings {
  readonly docker: string;
  readonly scope: Scope;
  readonly env: () => Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A listing takes well under a second; a daemon that needs longer is restarting or hung. */
const defaultLimitMs = 30_000;

const unreachableTexts = [/cannot connect to the docker daemon/i, /is the docker daemon running/i, /error during connect/i];
const noSwarmTexts = [/this node is not a swarm manager/i, /not part of a swarm/i];

const tail = (text: string): readonly string[] => text.trim().split("\n").slice(-5);

const docker = (code: string, message: string, hint: string, details: readonly string[] = []): RunError =>
  new RunError(code, message, { hint, exitCode: 69, details });

const said = (args: readonly string[]): string => `docker ${args.slice(0, 3).join(" ")}`;

const nameFailure = (args: readonly string[], end: ChildEnd): RunError | null => {
  if (end.timedOut) return docker("docker-hung", `${said(args)} did not answer in time`, "Is the daemon restarting? Try: docker info");
  if (end.exitCode === 0) return null;
  if (unreachableTexts.some((text) => text.test(end.stderr))) {
    return docker("docker-unreachable", "the docker daemon does not answer", "systemctl start docker; then: recipe-ci doctor", tail(end.stderr));
  }
  if (noSwarmTexts.some((text) => text.test(end.stderr))) {
    return docker("no-swarm", "this node is not a manager of a Swarm", "docker swarm init --advertise-addr 127.0.0.1", tail(end.stderr));
  }
  return null;
};

const parseLine = (args: readonly string[], line: string): Record<string, unknown> => {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === "object" && parsed !== null) return parsed as Record<string, unknown>;
  } catch {
    // Named below.
  }
  throw docker("docker-garbage", `${said(args)} printed something that is no JSON`, "Try it by hand.", [line.slice(0, 200)]);
};

/** The docker client, as a child of the given scope. */
export const createDocker = ({ docker: file, scope, env, cwd }: DockerSettings): Docker => {
  const run: Docker["run"] = async (args, signal, limitMs = defaultLimitMs) => {
    const end = await scope.run({ file, args, env: env(), cwd, limitMs, answers: [1] }, signal);
    const failure = nameFailure(args, end);
    if (failure !== null) throw failure;
    return end;
  };
  const must: Docker["must"] = async (args, signal, limitMs) => {
    const end = await run(args, signal, limitMs);
    if (end.exitCode === 0) return end.stdout;
    throw docker("docker-failed", `${said(args)} failed (exit code ${end.exitCode ?? "none"})`, "Try it by hand.", tail(end.stderr));
  };
  return {
    run,
    must,
    lines: async (args, signal) => {
      const text = await must(args, signal);
      return text.split("\n").filter((line) => line.trim() !== "").map((line) => parseLine(args, line));
    },
  };
};
