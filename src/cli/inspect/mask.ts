import { redact } from "../../effects/redact.js";
import { isSecretName } from "../../effects/secrets/secret-names.js";

/** A cookie is no secret of the recipe's, but whoever has it can make a process pass for the run's. */
const isHidden = (key: string): boolean => isSecretName(key) || /cookie/i.test(key);

/** More of a value than this says nothing to a person, and would make every viewer carry it. */
const shownMax = 16_384;

const maskedEntry = (key: string, value: unknown): unknown => {
  const isEmpty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  if (isHidden(key) && !isEmpty && typeof value !== "boolean") return "***";
  if (typeof value === "string") return redact(value);
  return typeof value === "function" ? undefined : value;
};

/**
 * A value as a viewer may see it, as JSON: nothing under a key that sounds like a secret or a cookie, no passwords in
 * URLs, and only its size where it is larger than a person can read.
 */
export const maskedJson = (value: unknown, max = shownMax): string => {
  const json = JSON.stringify(value, maskedEntry) as string | undefined;
  if (json === undefined) return "null";
  return json.length <= max ? json : JSON.stringify({ "not shown": `${Math.ceil(json.length / 1024)} KB` });
};

/** The same as data. */
export const masked = (value: unknown, max = shownMax): unknown => JSON.parse(maskedJson(value, max));
