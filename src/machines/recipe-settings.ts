import type { Allow } from "./allow.js";
import type { ConvergenceRules } from "./convergence/stack.types.js";
import type { Tier } from "./tiers/tier.js";

/** Both ends are included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** What must be true of an app for it to be up. `inARow`: how many times in a row. */
export type Health =
  | {
      readonly kind: "http";
      /** A path below the address that `reach` gives, with a leading slash; null: that address itself. */
      readonly path: string | null;
      readonly statuses: readonly StatusRange[];
      /** Redirects on the same host are followed, and the last answer counts. */
      readonly followsRedirects: boolean;
      readonly inARow: number;
    }
  | {
      readonly kind: "tcp";
      /** Its name in the compose file. */
      readonly service: string;
      readonly port: number;
      readonly inARow: number;
    };

/** Another recipe that must run first. */
export interface Dep {
  readonly recipe: string;
  /** In the form that `--src` takes; null: the recipe's own repository. */
  readonly source: string | null;
  /** Branch, tag or commit; null: its newest version. */
  readonly ref: string | null;
}

/** One way to configure the recipe other than its defaults. */
interface Variant {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Compose files in addition to those in COMPOSE_FILE. */
  readonly compose: readonly string[];
}

/** What recipe.yml settles. Every field has a default. `{domain}` in a value of `env` stands for the app's domain. */
export interface RecipeSettings {
  /** `auto`, a URL with `{domain}`, or `service:<service>:<port>`. */
  readonly reach: string;
  /** When the app counts as up. */
  readonly health: Health;
  /** What else must answer after each change of the stack before anything is asserted. */
  readonly ready: readonly Health[];
  /** How long tasks must stay, and what makes a crash loop. */
  readonly convergence: ConvergenceRules;
  readonly timeouts: {
    /** Until every service has converged. ms */
    readonly deployMs: number;
    /** Until the app answers once it has converged. ms */
    readonly probeMs: number;
    /** For the operation of a tier; its assertions have the same time again. ms */
    readonly tierMs: number;
    /** For one hook. ms */
    readonly hookMs: number;
  };
  /** Written into the app's .env; overrides what the sample has. */
  readonly env: Readonly<Record<string, string>>;
  /** Compose files in addition to those in the app's COMPOSE_FILE. */
  readonly compose: readonly string[];
  /** Like `env`, but only from the upgrade on. */
  readonly upgradeEnv: Readonly<Record<string, string>>;
  /** The tiers that are run if nobody names any; null: all. */
  readonly stages: readonly Tier[] | null;
  /** Tiers that make no sense for this recipe, each with the reason. */
  readonly notApplicable: Readonly<Partial<Record<Tier, string>>>;
  /** The version that an upgrade starts from; null: the newest before the ref. */
  readonly upgradeBase: string | null;
  /** Versions whose release notes ask an operator to do something by hand. Someone has read them, and the upgrade does it. */
  readonly upgradeAcknowledged: readonly string[];
  /** `auto`: decided by the recipe's labels. */
  readonly backup: "auto" | boolean;
  /** An executable in the recipe's folder that checks a backup after it was made; null: none. */
  readonly backupVerify: string | null;
  /** Whether the backup is also restored into a newly created app after the restore tier. */
  readonly freshRestore: boolean;
  /** Volumes, by their names in the compose file, that the app itself clears: our markers are not expected to survive there. */
  readonly clearedVolumes: readonly string[];
  /** In the order in which they are deployed, unless one needs another. */
  readonly deps: readonly Dep[];
  readonly variants: readonly Variant[];
  readonly tests: {
    /** For one executable; null: as long as its tier may take. ms */
    readonly limitMs: number | null;
    /** Added to the environment of tests and hooks. */
    readonly env: Readonly<Record<string, string>>;
  };
  /** The page to take a screenshot of: its path below the app's address, empty for the address itself; null: none. */
  readonly screenshot: string | null;
  readonly allow: Allow;
}
