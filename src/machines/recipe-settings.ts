import type { Allow } from "./allow.js";
import type { ConvergenceRules } from "./convergence/stack.types.js";
import type { Tier } from "./tiers/tier.js";

/** Both ends belong to it. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** What must be true of an app for it to be up. `inARow`: so many times, one after the other. */
export type Health =
  | {
      readonly kind: "http";
      /** Below the address that `reach` gives; null: that address itself. Begins with a slash. */
      readonly path: string | null;
      readonly statuses: readonly StatusRange[];
      /** Redirects on the same host are followed, and what comes at their end counts. */
      readonly followsRedirects: boolean;
      readonly inARow: number;
    }
  | {
      readonly kind: "tcp";
      /** As the compose file calls it. */
      readonly service: string;
      readonly port: number;
      readonly inARow: number;
    };

/** Another recipe that must run first. */
export interface Dep {
  readonly recipe: string;
  /** As `--src` takes it; null: the recipe's own repository. */
  readonly source: string | null;
  /** Branch, tag or commit; null: its newest version. */
  readonly ref: string | null;
}

/** One way to set the recipe up, beside its defaults. */
export interface Variant {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Compose files beside those that COMPOSE_FILE names already. */
  readonly compose: readonly string[];
}

/** What recipe.yml settles; every field has a default. `{domain}` in a value of `env` is the app's. */
export interface RecipeSettings {
  /** `auto`, a URL with `{domain}`, or `service:<service>:<port>`. */
  readonly reach: string;
  /** When the app counts as up. */
  readonly health: Health;
  /** What else must answer, after each change of the stack, before anything is asserted. */
  readonly ready: readonly Health[];
  /** How long tasks must stay, and what makes a crash loop. */
  readonly convergence: ConvergenceRules;
  readonly timeouts: {
    /** Until every service has converged. ms */
    readonly deployMs: number;
    /** Until the app answers once it has converged. ms */
    readonly probeMs: number;
    /** The operation of a tier; its assertions have as long again. ms */
    readonly tierMs: number;
    /** One hook. ms */
    readonly hookMs: number;
  };
  /** Written into the app's .env over what the sample has. */
  readonly env: Readonly<Record<string, string>>;
  /** Compose files beside those that the app's COMPOSE_FILE names. */
  readonly compose: readonly string[];
  /** As `env`, from the upgrade on. */
  readonly upgradeEnv: Readonly<Record<string, string>>;
  /** Which tiers are taken where nobody names any; null: all. */
  readonly stages: readonly Tier[] | null;
  /** Tiers that make no sense for this recipe, each with why. */
  readonly notApplicable: Readonly<Partial<Record<Tier, string>>>;
  /** The version that an upgrade begins with; null: the newest before the ref. */
  readonly upgradeBase: string | null;
  /** Versions whose release notes tell what an operator must do by hand, and it has been read: the upgrade does it. */
  readonly upgradeAcknowledged: readonly string[];
  /** `auto`: by the recipe's labels. */
  readonly backup: "auto" | boolean;
  /** An executable of the recipe's folder that looks at a backup after it was made; null: none. */
  readonly backupVerify: string | null;
  /** After the restore tier, the backup is restored into an app made anew as well. */
  readonly freshRestore: boolean;
  /** Volumes, as the compose file calls them, that the app itself clears: nothing of ours is expected to survive there. */
  readonly clearedVolumes: readonly string[];
  /** In this order. */
  readonly deps: readonly Dep[];
  readonly variants: readonly Variant[];
  readonly tests: {
    /** One executable; null: as long as its tier may take. ms */
    readonly limitMs: number | null;
    /** In the environment of tests and hooks, beside what is always there. */
    readonly env: Readonly<Record<string, string>>;
  };
  /** Which page is kept as a picture: its path below the app's address, empty for that itself; null: none. */
  readonly screenshot: string | null;
  readonly allow: Allow;
}
