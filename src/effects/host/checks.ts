/** One thing that a host must have, what was found, and how to repair it. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or what is missing. */
  readonly found: string;
  /** The next step if it is not ok; null otherwise. */
  readonly repair: string | null;
  /** Whether recipe-ci works without it, only slower or with less. */
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

/** Something optional that is missing: reported, with what is lost without it. */
export const lacking = (name: string, found: string, repair: string): Check => ({
  name,
  ok: false,
  found,
  repair,
  optional: true,
});
