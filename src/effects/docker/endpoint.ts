import { readFileSync } from "node:fs";
import { join } from "node:path";
import { redact } from "../redact.js";

/** Where the Engine is. */
export type Endpoint =
  | { readonly kind: "socket"; readonly path: string }
  /** Through the docker client, which knows contexts, TLS and ssh: one process per connection. */
  | { readonly kind: "dial"; readonly docker: string; readonly said: string }
  /** The sandbox's engine, which that docker starts if it is not running. */
  | { readonly kind: "sandbox"; readonly folder: string; readonly docker: string };

interface EndpointSettings {
  /** The client's executable: `docker`, unless the operator named another. */
  readonly docker: string;
  readonly sandbox: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const defaultSocket = "/var/run/docker.sock";

/** The context set in the client's own settings file. */
const contextInSettings = (env: EndpointSettings["env"]): string | null => {
  const folder = env["DOCKER_CONFIG"] || (env["HOME"] ? join(env["HOME"], ".docker") : null);
  if (folder === null) return null;
  try {
    const { currentContext } = JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as { currentContext?: unknown };
    return typeof currentContext === "string" && currentContext !== "" ? currentContext : null;
  } catch {
    return null; // There is no file that the client could read; it would use its defaults too.
  }
};

/**
 * The Engine that this docker client would talk to, in the client's own order: DOCKER_HOST, DOCKER_CONTEXT, the context
 * in its settings file, the default socket.
 *
 * A plain socket is connected to directly. Everything else, and every client that the operator named, is dialled.
 */
export const resolveEndpoint = ({ docker, sandbox, env }: EndpointSettings): Endpoint => {
  if (sandbox !== null) return { kind: "sandbox", folder: sandbox, docker };
  if (docker !== "docker") return { kind: "dial", docker, said: docker };
  const host = env["DOCKER_HOST"];
  if (host?.startsWith("unix://") === true) return { kind: "socket", path: host.slice("unix://".length) };
  if (host !== undefined && host !== "") return { kind: "dial", docker, said: redact(host) };
  const context = env["DOCKER_CONTEXT"] || contextInSettings(env);
  return context === null || context === "default"
    ? { kind: "socket", path: defaultSocket }
    : { kind: "dial", docker, said: `context ${context}` };
};

/** The endpoint in a message. */
export const saidOf = (endpoint: Endpoint): string => {
  switch (endpoint.kind) {
    case "socket":
      return endpoint.path;
    case "dial":
      return endpoint.said;
    case "sandbox":
      return `the sandbox ${endpoint.folder}`;
  }
};
