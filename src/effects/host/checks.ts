/** One thing a host must have, what was found, and the line that repairs it. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or what is missing. */
  readonly found: string;
  /** The next step when it is not ok; null otherwise. */
  readonly repair: string | null;
  /** A missing piece that only slows or narrows recipe-ci down, and does not keep it from working. */
  readonly optional: boolean;
}

export const passed = (name: string, found: string): Check => ({ name, ok: true, found, repair: null, optional: false });

export const failed = (name: string, found: string, repair: string): Check => ({
  name,
  ok: false,
  found,
  repair,
  optional: false,
});

/** Not there, and not needed: said all the same, with what is lost without it. */
export const lacking = (name: string, found: string, repair: string): Check => ({
  name,
  ok: false,
  found,
  repair,
  optional: true,
});
