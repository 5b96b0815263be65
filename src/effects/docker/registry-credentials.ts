import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isChildKilled } from "../children/foreign-end.js";
import type { Scope } from "../children/registry.js";
import { rememberSecret } from "../redact.js";

interface CredentialsOf {
  readonly scope: Scope;
  readonly env: () => Readonly<Record<string, string>>;
  readonly cwd: string;
}

interface ClientSettings {
  readonly auths?: Readonly<Record<string, { readonly auth?: string; readonly identitytoken?: string }>>;
  readonly credHelpers?: Readonly<Record<string, string>>;
  readonly credsStore?: string;
}

/** The content of X-Registry-Auth. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

/** Remembers credentials as secrets, as they are and in the form sent to a registry, which may repeat it in its answer. */
const remembered = (credentials: Credentials): Credentials => {
  const { username = "", password, identitytoken } = credentials;
  if (identitytoken !== undefined) rememberSecret(identitytoken);
  if (password !== undefined)
    for (const form of [password, Buffer.from(`${username}:${password}`).toString("base64")]) rememberSecret(form);
  return credentials;
};

const helperLimitMs = 20_000;

/** The names of a registry in the client's settings, where the hub's entry has its own. */
const addressesOf = (registry: string): readonly string[] =>
  registry === "docker.io"
    ? ["https://index.docker.io/v1/", "docker.io", "index.docker.io"]
    : [registry, `https://${registry}`, `https://${registry}/v1/`, `https://${registry}/v2/`];

const settingsOf = (env: Readonly<Record<string, string>>): ClientSettings => {
  const folder = env["DOCKER_CONFIG"] || join(env["HOME"] ?? "/", ".docker");
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
    return typeof parsed === "object" && parsed !== null ? parsed : {};
  } catch {
    return {}; // Nobody has logged in.
  }
};

/** Calls `docker-credential-NAME get`: the registry on stdin, a JSON document on stdout; exit code 1 if it knows none. */
const askHelper = async (
  { scope, env, cwd }: CredentialsOf,
  helper: string,
  address: string,
  signal: AbortSignal,
): Promise<Credentials | null> => {
  let said = "";
  const talk = ({ stdin, stdout }: { stdin: NodeJS.WritableStream; stdout: NodeJS.ReadableStream }): void => {
    stdout.on("data", (chunk) => (said += String(chunk)));
    // A helper that ends without reading knows none.
    stdin.on("error", () => undefined);
    stdin.end(address);
  };
  const end = await scope.run(
    { file: `docker-credential-${helper}`, args: ["get"], env: env(), cwd, limitMs: helperLimitMs, talk, answers: [1] },
    signal,
  );
  if (end.exitCode !== 0) return null;
  const { Username: username = "", Secret: secret = "" } = JSON.parse(said) as { Username?: string; Secret?: string };
  return remembered(
    username === "<token>" ? { identitytoken: secret, serveraddress: address } : { username, password: secret, serveraddress: address },
  );
};

const stored = ({ auth = "", identitytoken = "" }: { auth?: string; identitytoken?: string }, address: string): Credentials | null => {
  if (identitytoken !== "") return remembered({ identitytoken, serveraddress: address });
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon === -1) return null;
  const [username, password] = [text.slice(0, colon), text.slice(colon + 1).replace(/(?<!\0)\0+$/, "")];
  return remembered({ username, password, serveraddress: address });
};

/**
 * The credentials that the docker client would use for a registry, from its settings or its helper; null if there are none. A
 * broken helper counts as none: the registry then says what is missing.
 */
export const credentialsFor = async (of: CredentialsOf, registry: string, signal: AbortSignal): Promise<Credentials | null> => {
  const settings = settingsOf(of.env());
  for (const address of addressesOf(registry)) {
    const helper = settings.credHelpers?.[address] ?? settings.credsStore;
    if (helper !== undefined && helper !== "") {
      try {
        const found = await askHelper(of, helper, address, signal);
        if (found !== null) return found;
      } catch (error) {
        if (signal.aborted || isChildKilled(error)) throw error;
      }
    }
    const entry = settings.auths?.[address];
    const found = entry === undefined ? null : stored(entry, address);
    if (found !== null) return found;
  }
  return null;
};

/**
 * The header in the form that the Engine wants: base64 for URLs, padded. Without the padding, the Engine silently ignores the credentials.
 */
export const headerOf = (credentials: Credentials): string =>
  Buffer.from(JSON.stringify(credentials)).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
