import { fileURLToPath } from "node:url";
import { isSecretName } from "../secrets/secret-names.js";

/** What a forge wants to know before it lets anybody read; never in an argument list, a file or a record. */
export interface Credentials {
  /** `https://forge.example.com`: nobody else gets them. */
  readonly origin: string;
  readonly username: string;
  readonly password: string;
}

export interface SourceAddress {
  /** A path, or an address without credentials. */
  readonly source: string;
  readonly credentials: Credentials | null;
  /** What must never be written: the credentials in every spelling that they were given in. */
  readonly secrets: readonly string[];
}

const addressMax = 2_048;
const schemes = new Set(["http:", "https:", "ssh:", "git:", "file:"]);
const userinfo = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i;

/** Why an address will not do, as the end of a sentence. It quotes nothing of it: it may hold a password. */
export class AddressRefused extends Error {}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A percent sign of its own.
  }
};

const parsed = (address: string): URL => {
  try {
    return new URL(address);
  } catch {
    throw new AddressRefused("is not a URL");
  }
};

const fromUrl = (address: string): SourceAddress => {
  const url = parsed(address);
  if (!schemes.has(url.protocol)) throw new AddressRefused("is of a kind that git must not use here: it may be a path, https://, http://, ssh:// or git://");
  if ([...url.searchParams.keys()].some((name) => isSecretName(name) || /^key$/i.test(name))) throw new AddressRefused("has a token in its query, where git would show it to everybody: put it before the host, as in https://TOKEN@host/");
  if (url.protocol === "file:") {
    if (url.host !== "") throw new AddressRefused("names a host, and a file:// address has none");
    return { source: fileURLToPath(url), credentials: null, secrets: [] };
  }
  const [, , given = ""] = userinfo.exec(address) ?? [];
  if (given === "") return { source: address, credentials: null, secrets: [] };
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    if (given.includes(":")) throw new AddressRefused("has a password, which git takes in http:// and https:// alone: use a key");
    return { source: address, credentials: null, secrets: [] };
  }
  const colon = given.indexOf(":");
  const [user, password] = colon === -1 ? [given, ""] : [given.slice(0, colon), given.slice(colon + 1)];
  const credentials = { origin: url.origin, username: decoded(user), password: decoded(password) };
  // git's own protocol with its helpers is lines.
  if (/\p{Cc}/u.test(credentials.username + credentials.password)) throw new AddressRefused("has a control character in its credentials");
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  // Alone, the name before the @ is a token; beside a password it is a name.
  const secrets = [given, basic, ...(password === "" ? [user, credentials.username] : [password, credentials.password])];
  return { source: address.replace(userinfo, "$1"), credentials, secrets: secrets.filter((secret) => secret !== "") };
};

/**
 * A source as git may have it, and what was taken out of it. Throws `AddressRefused` for what git must not be given: options,
 * helpers (`ext::`), other schemes, control characters.
 */
export const parseSource = (address: string): SourceAddress => {
  if (address.length > addressMax) throw new AddressRefused("is too long");
  if (/\p{Cc}/u.test(address)) throw new AddressRefused("has control characters");
  if (address.startsWith("-")) throw new AddressRefused("would be an option for git");
  // ssh would take such a host for an option, and an option of ssh runs what it names.
  if (/^(?:[^/@:]*@)?-|:\/\/(?:[^/@]*@)?-/.test(address)) throw new AddressRefused("names a host that begins with a dash");
  if (/^(?:https?|ssh|git|file):(?!\/\/)/i.test(address)) throw new AddressRefused("is not a URL: two slashes belong behind the colon");
  if (/^[^/@:]*:[^/@]*@/.test(address)) throw new AddressRefused("has a password, which ssh takes from nobody: use a key");
  if (/^[\w+.-]+::/.test(address)) throw new AddressRefused("names a helper of git, and no address");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return fromUrl(address);
  return { source: address, credentials: null, secrets: [] };
};

/** git asks a helper, and this one answers from variables that only the asking command has. */
const helper = `!answer() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$RECIPE_CI_SOURCE_USERNAME" "$RECIPE_CI_SOURCE_PASSWORD"; }; answer`;

/** The settings and variables with which a git command may log in at the source. */
export const credentialSettings = ({ origin, username, password }: Credentials) => ({
  settings: [[`credential.${origin}.helper`, helper] as const],
  env: { RECIPE_CI_SOURCE_USERNAME: username, RECIPE_CI_SOURCE_PASSWORD: password },
});
