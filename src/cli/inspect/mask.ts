import { redact } from "../../effects/redact.js";
import { isSecretName } from "../../effects/secrets/secret-names.js";

/** A cookie is not a secret of the recipe, but whoever has it can make a process look like one of the run's. */
const isHidden = (key: string): boolean => isSecretName(key) || /cookie/i.test(key);

/** More characters of a value than this mean nothing to a person, and every viewer would have to carry them. */
const shownMax = 16_384;

const maskedEntry = (key: string, value: unknown): unknown => {
  const isEmpty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  if (isHidden(key) && !isEmpty && typeof value !== "boolean") return "***";
  if (typeof value === "string") return redact(value);
  return typeof value === "function" ? undefined : value;
};

/**
 * A value as a viewer may see it, as JSON: without values under keys that sound like a secret or a cookie, without
 * passwords in URLs. If it is larger than a person can read, only its size.
 */
export const maskedJson = (value: unknown, max = shownMax): string => {
  const json = JSON.stringify(value, maskedEntry) as string | undefined;
  if (json === undefined) return "null";
  return json.length <= max ? json : JSON.stringify({ "not shown": `${Math.ceil(json.length / 1024)} KB` });
};

/** The same, parsed. */
export const masked = (value: unknown, max = shownMax): unknown => JSON.parse(maskedJson(value, max));
