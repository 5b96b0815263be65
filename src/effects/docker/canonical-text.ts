const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  value === 0 ||
  value === false ||
  (typeof value === "object" && Object.keys(value).length === 0);

/** With sorted keys and without empty fields. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, canonical(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isEmpty(inner)).sort(([one], [other]) => (one < other ? -1 : 1)));
};

/** A service and its tasks have about three between them; a spec is some thousand characters. */
const knownMax = 50;
const known = new Map<string, string>();

/** Equal for values that mean the same. Remembers its last answers, because nearly every look at a stack shows the specs of the look before. */
export const canonicalText = (value: object): string => {
  const given = JSON.stringify(value);
  const found = known.get(given);
  if (found !== undefined) return found;
  if (known.size >= knownMax) known.clear();
  const text = JSON.stringify(canonical(value));
  known.set(given, text);
  return text;
};
