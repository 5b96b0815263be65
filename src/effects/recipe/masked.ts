import { redact } from "../redact.js";
import { isSecretName } from "../secrets/secret-names.js";

export type Masked = string | number | boolean | null | readonly Masked[] | { readonly [key: string]: Masked };

const mask = "***";

/** Masks the whole value under the name of a secret, and every known secret anywhere. */
export const masked = (value: unknown, name = ""): Masked => {
  if (isSecretName(name) && typeof value === "string" && value !== "") return mask;
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((one) => masked(one, name));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, masked(one, key)]));
  return typeof value === "number" || typeof value === "boolean" ? value : null;
};
