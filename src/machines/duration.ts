const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The longest delay that setTimeout takes: with a longer one it fires at once. ms */
export const longestMs = 2 ** 31 - 1;

/** `90s`, `50m`, `1h` in ms; null for anything else, for zero, and for more than a timer can wait (24 days). */
export const parseDuration = (text: string): number | null => {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  const ms = Number(amount) * (units[unit] ?? 0);
  return ms > 0 && ms <= longestMs ? ms : null;
};

/** `90m`, `36h`, `14d` in ms; null for anything else. An age, not a time to wait, so it has no upper limit. */
export const parseAge = (text: string): number | null => {
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  return Number(amount) * (unit === "d" ? 24 * 3_600_000 : (units[unit] ?? 0));
};

/** For people: `850 ms`, `4.2 s`, `3 min`, `3 min 20 s`. */
export const formatDuration = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Number((ms / 1_000).toFixed(1))} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min${seconds % 60 === 0 ? "" : ` ${seconds % 60} s`}`;
};
