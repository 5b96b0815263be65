import { fileURLToPath } from "node:url";
import { isSecretName } from "../secrets/secret-names.js";

/** Credentials for a forge. They never reach an argument list, a file or a record. */
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
  /** What must never be written: the credentials in every spelling in which they were given. */
  readonly secrets: readonly string[];
}

const addressMax = 2_048;
const schemes = new Set(["http:", "https:", "ssh:", "git:", "file:"]);
const userinfo = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i;

/** Why an address is refused, as the end of a sentence. It does not quote the address, which may contain a password. */
export class AddressRefused extends Error {}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // It contains a plain percent sign.
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
  if (!schemes.has(url.protocol))
    throw new AddressRefused("is of a kind that git must not use here: it may be a path, https://, http://, ssh:// or git://");
  if ([...url.searchParams.keys()].some((name) => isSecretName(name) || /^key$/i.test(name)))
    throw new AddressRefused(
      "has a token in its query, where git would show it to everybody: put it before the host, as in https://TOKEN@host/",
    );
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
  // git talks to its helpers in lines.
  if (/\p{Cc}/u.test(credentials.username + credentials.password)) throw new AddressRefused("has a control character in its credentials");
  const basic = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  // Without a password, the name before the @ is a token.
  const secrets = [given, basic, ...(password === "" ? [user, credentials.username] : [password, credentials.password])];
  return { source: address.replace(userinfo, "$1"), credentials, secrets: secrets.filter((secret) => secret !== "") };
};

/**
 * A source in the form that git may get, and the credentials taken out of it. Throws `AddressRefused` for what git must
 * not get: options, helpers (`ext::`), other schemes, control characters.
 */
export const parseSource = (address: string): SourceAddress => {
  if (address.length > addressMax) throw new AddressRefused("is too long");
  if (/\p{Cc}/u.test(address)) throw new AddressRefused("has control characters");
  if (address.startsWith("-")) throw new AddressRefused("would be an option for git");
  // ssh would take such a host for an option, and ssh has options that run commands.
  if (/^(?:[^/@:]*@)?-|:\/\/(?:[^/@]*@)?-/.test(address)) throw new AddressRefused("names a host that begins with a dash");
  if (/^(?:https?|ssh|git|file):(?!\/\/)/i.test(address)) throw new AddressRefused("is not a URL: two slashes belong behind the colon");
  if (/^[^/@:]*:[^/@]*@/.test(address)) throw new AddressRefused("has a password, which ssh takes from nobody: use a key");
  if (/^[\w+.-]+::/.test(address)) throw new AddressRefused("names a helper of git, and no address");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return fromUrl(address);
  return { source: address, credentials: null, secrets: [] };
};

/** git asks this helper, which answers from variables that only that git command has. */
const helper = `!answer() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$RECIPE_CI_SOURCE_USERNAME" "$RECIPE_CI_SOURCE_PASSWORD"; }; answer`;

/** The settings and variables with which a git command can log in at the source. */
export const credentialSettings = ({ origin, username, password }: Credentials) => ({
  settings: [[`credential.${origin}.helper`, helper] as const],
  env: { RECIPE_CI_SOURCE_USERNAME: username, RECIPE_CI_SOURCE_PASSWORD: password },
});
