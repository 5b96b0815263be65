import { formatDuration } from "../../machines/duration.js";
import { isRunError, RunError } from "../../machines/errors.js";
import { codeOf } from "../files/error-code.js";

const startIt = "systemctl start docker; then: recipe-ci doctor";

/** The daemon answered and refused. `status` is HTTP's; the message is the daemon's own. */
class EngineRefused extends RunError {
  readonly status: number;
  /** The daemon's own words. */
  readonly said: string;

  constructor(asked: string, status: number, said: string) {
    super("docker-refused", `docker refused ${asked}: ${said} (status ${status})`, {
      hint: status >= 500 ? "The daemon's own log says more: journalctl -u docker" : "The run's log says what was asked. Try it by hand.",
    });
    this.status = status;
    this.said = said;
  }
}

/** Checks the shape and not the class: each bundle has its own copy of the class. */
const hasStatus = (error: unknown, status: number): boolean => isRunError(error) && "status" in error && error.status === status;

/** Whether the daemon refused: whatever the reason, it is there and answered properly. */
export const isRefused = (error: unknown): error is EngineRefused => isRunError(error) && error.code === "docker-refused";

/** Whether the object does not exist, which is success for a removal. */
export const isNotFound = (error: unknown): boolean => hasStatus(error, 404);

/** Whether the daemon did not refuse but failed itself. */
export const hasFailedItself = (error: unknown): boolean => hasStatus(error, 500);

class Unreachable extends RunError {
  constructor(endpoint: string, why: string, details: readonly string[], hint: string) {
    super("docker-unreachable", `the docker daemon at ${endpoint} does not answer: ${why}`, { hint, details });
  }
}

export const unreachable = (endpoint: string, why: string, details: readonly string[] = [], hint = startIt): RunError =>
  new Unreachable(endpoint, why, details, hint);

/** The way to the daemon was cut before anything of ours was read, so dialling again does nothing twice. */
export class DialDropped extends Unreachable {}

export const isUnreachable = (error: unknown): boolean => isRunError(error) && error.code === "docker-unreachable";

export const hung = (
  asked: string,
  limitMs: number,
  { endpoint, isDialled }: { readonly endpoint: string; readonly isDialled: boolean },
): RunError =>
  isDialled
    ? new RunError("docker-hung", `docker at ${endpoint} did not answer ${asked} within ${formatDuration(limitMs)}`, {
        hint: "Is the way to that host open, and does its daemon answer? Try: docker info",
      })
    : new RunError("docker-hung", `docker did not answer ${asked} within ${formatDuration(limitMs)}`, {
        hint: "Is the daemon restarting? Try: docker info",
      });

export const garbage = (asked: string, what: string, details: readonly string[] = []): RunError =>
  new RunError("docker-garbage", `docker's answer to ${asked} is ${what}`, {
    hint: "Is it a docker daemon that listens there? Try: docker version",
    details,
  });

export const noSwarm = (said: string): RunError =>
  new RunError("no-swarm", "this node is not a manager of a Swarm", {
    hint: "docker swarm init --advertise-addr 127.0.0.1; then: recipe-ci doctor",
    details: [said],
  });

export const tooOld = (endpoint: string, version: string, needed: string): RunError =>
  new RunError("docker-too-old", `the docker daemon at ${endpoint} speaks version ${version} of its API; ${needed} is needed`, {
    hint: "Update docker to 20.10 or newer.",
  });

/** Only calls about the Swarm's own objects answer 503 if there is no Swarm. */
const swarmPath = /^\/(?:services|tasks|nodes|swarm|secrets|configs)(?:\/|$)/;

/** The failure for a status of 400 or more. */
export const failureOfStatus = (method: string, path: string, status: number, said: string): RunError =>
  status === 503 && swarmPath.test(path) ? noSwarm(said) : new EngineRefused(`${method} ${path}`, status, said);

/** The failure for a broken exchange. A RunError stays as it is: whoever made the connection has already named it. */
export const failureOfExchange = (error: unknown, asked: string, endpoint: string): unknown => {
  if (isRunError(error)) return error;
  const code = codeOf(error);
  if (code.startsWith("HPE_")) return garbage(asked, "no HTTP", [String(error)]);
  if (code === "EACCES")
    return unreachable(endpoint, "permission denied", [], "Run as root, or add this user to the group docker and log in again.");
  if (code === "") return error;
  if (code === "ENOENT") return unreachable(endpoint, "there is no such socket", [], `Is docker installed? Then: ${startIt}`);
  return unreachable(endpoint, code === "ECONNRESET" ? `the connection broke at ${asked}` : `${code} at ${asked}`);
};

/** `no-swarm` too, because a daemon that shuts down leaves its Swarm first and says for a moment that it is not a manager. */
const passing: readonly string[] = ["docker-unreachable", "docker-hung", "docker-garbage", "no-swarm"];

/** Whether a restarting or overloaded daemon may answer so: worth asking again if it worked before. */
export const isPassing = (error: unknown): boolean =>
  isRunError(error) && (passing.includes(error.code) || ("status" in error && Number(error.status) >= 500));
