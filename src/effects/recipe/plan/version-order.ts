/** A tag that names a version: `2.0.1+1.0.6-social-amd64` with the app's own version, `v2.4.8` without. */
interface ParsedVersion {
  readonly numbers: readonly number[];
  /** `rc1` of `1.0.0-rc1+2.0.0`; empty for a release. */
  readonly prerelease: string;
  /** What follows the plus; null if the tag has no version of the app. */
  readonly app: string | null;
}

const form = /^v?(\d{1,9}(?:\.\d{1,9}){1,3})(?:-([0-9A-Za-z.-]{1,60}))?(?:\+(\S{1,120}))?$/;

/** Parses a tag; null if it is not a version: `latest`, `backup-2020`. */
export const parseVersion = (tag: string): ParsedVersion | null => {
  const [, numbers, prerelease = "", app = null] = form.exec(tag) ?? [];
  return numbers === undefined ? null : { numbers: numbers.split(".").map(Number), prerelease, app };
};

/** Whether a label has Co-op Cloud's form: the recipe's own semver, a plus, the app's version. */
export const isRecipeVersion = (label: string): boolean => {
  const parsed = parseVersion(label);
  return parsed !== null && parsed.app !== null && parsed.numbers.length === 3 && !label.startsWith("v");
};

const byNumbers = (one: readonly number[], other: readonly number[]): number => {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

/** A release is newer than what led to it. */
const byPrerelease = (one: string, other: string): number =>
  one === "" || other === "" ? Number(one === "") - Number(other === "") : one.localeCompare(other, "en", { numeric: true });

/**
 * Older first. Tags without the app's version come from before Co-op Cloud's scheme, so they are older than any with it,
 * whatever their numbers say.
 */
export const compareVersions = (one: ParsedVersion, other: ParsedVersion): number =>
  Number(one.app !== null) - Number(other.app !== null) ||
  byNumbers(one.numbers, other.numbers) ||
  byPrerelease(one.prerelease, other.prerelease) ||
  (one.app ?? "").localeCompare(other.app ?? "", "en", { numeric: true });
