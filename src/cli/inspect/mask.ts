import { redact } from "../../effects/redact.js";

const secretKey = /secret|password|passwd|passphrase|token|credential|cookie|private_?key|api_?key/i;

/** More of a value than this says nothing to a person, and would make every viewer carry it. */
const shownMax = 16_384;

const maskedEntry = (key: string, value: unknown): unknown => {
  const isEmpty = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
  if (secretKey.test(key) && !isEmpty && typeof value !== "boolean") return "***";
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
