import type { ContainerSpec } from "../schema.js";
import type { ContainerRecord } from "../world/records.js";

const idMax = 2 ** 31 - 1;
const hostnameMax = 64;

const isNumber = (text: string): boolean => /^[-+]?\d+$/.test(text);

/** Checks a name or a number, with an optional group after a colon. No image of the sandbox has user names, not even root. */
const userFailure = (user: string): string | null => {
  const [name = "", group = ""] = user.split(":");
  const isOutside = [name, group].some((one) => isNumber(one) && (Number(one) < 0 || Number(one) > idMax));
  if (isOutside) return `uids and gids must be in range 0-${idMax}`;
  if (name !== "" && !isNumber(name)) return `unable to find user ${name}: no matching entries in passwd file`;
  return group === "" || isNumber(group) ? null : `unable to find group ${group}: no matching entries in group file`;
};

const hostnameFailure = (hostname: string): string | null =>
  Buffer.byteLength(hostname) <= hostnameMax
    ? null
    : "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: sethostname: invalid argument: unknown";

const ownerFailure = ({ Secrets = [], Configs = [] }: ContainerSpec): string | null => {
  const bad = [...Secrets, ...Configs].flatMap(({ File }) => [File?.UID ?? "0", File?.GID ?? "0"]).find((id) => !isNumber(id));
  return bad === undefined ? null : `strconv.Atoi: parsing ${JSON.stringify(bad)}: invalid syntax`;
};

/** Why an engine (measured: 20.10.24) cannot start a container that it created, in its words: the task has failed. Null if it can. */
export const startFailureOf = ({ user, hostname }: Pick<ContainerRecord, "user" | "hostname">, spec: ContainerSpec): string | null =>
  ownerFailure(spec) ?? userFailure(user) ?? hostnameFailure(hostname);
