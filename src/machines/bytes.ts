const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** `412 MiB`: as exact as people need. */
export const formatBytes = (bytes: number): string => {
  const power = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1_024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power] ?? "B"}`;
};
