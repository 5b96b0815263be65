const units: Readonly<Record<string, number>> = { ns: 1, us: 1e3, "µs": 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3_600e9 };

/** `5s`, `1m30s`, `500ms` in ns; nothing without any. */
export const nanoseconds = (value: unknown): number | undefined =>
  typeof value === "string" ? [...value.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g)].reduce((sum, [, amount, unit]) => sum + Math.round(Number(amount) * (units[unit ?? ""] ?? 0)), 0) : undefined;

const sizes: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `50M`, `1g`, `1024` in bytes. */
export const bytes = (value: unknown): number | undefined => {
  const [, amount, unit = "b"] = /^([\d.]+)\s*([bkmgt])?b?$/i.exec(String(value ?? "")) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * (sizes[unit.toLowerCase()] ?? 1));
};
