import { join } from "node:path";
import { fromPromise } from "xstate";
import { createAbra } from "../../effects/abra/abra.js";
import { inTerminal } from "../../effects/abra/lint/in-terminal.js";
import { lintRecipe } from "../../effects/abra/lint/lint-recipe.js";
import { nothingObserved, type LintReport, type Observed } from "../../effects/report/observed.js";
import { pageToDraw } from "../../effects/screenshot/page-to-draw.js";
import { takeScreenshot, type Picture } from "../../effects/screenshot/take-screenshot.js";
import { createUsageTally } from "../../effects/usage/usage-tally.js";
import { watchUsage } from "../../effects/usage/watch-usage.js";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { Prepared } from "../../machines/run/run.types.js";
import type { RunSettings } from "../settings/run-settings.js";
import { createTiersSeen, type TiersSeen } from "./tiers-seen.js";
import type { Host } from "./host.js";
import { within } from "../../effects/budget.js";

interface BesideOf {
  readonly host: Host;
  readonly settings: RunSettings;
  readonly runDir: string;
  /** Time until the run's deadline. ms */
  readonly leftMs: () => number;
}

/** What a run finds out for its report while it works. None of it can change a verdict, and none of it rejects. */
export interface Beside extends Pick<TiersSeen, "onTest" | "onCut"> {
  readonly onPrepared: (prepared: Prepared) => void;
  /** Told each state that the run's chart enters. */
  readonly onState: (leaf: string) => void;
  readonly takePicture: RunPorts["takePicture"];
  readonly observed: () => Observed;
}

/** How long before the deadline the screenshot must end: it must not cost the run its verdict. ms */
const reserveMs = 5_000;

const lintWith = ({ host, settings, runDir }: BesideOf, { app }: Prepared): Promise<LintReport> => {
  const scope = host.registry.scope("work");
  const lintDir = join(runDir, "abra", "lint");
  const log = host.log.child({ actor: "lint" });
  const abraOf = (abra: string) =>
    createAbra({
      abra,
      scope,
      env: () => ({ ...host.env(), ABRA_DIR: lintDir }),
      cwd: runDir,
      onOutput: (verb, text) => log.info({ abra: verb }, text.trimEnd()),
    });
  return lintRecipe(
    {
      git: host.git(),
      abra: abraOf(settings.abra),
      abraInTerminal: inTerminal(settings.abra, abraOf("script")),
      lintDir,
      canonical: settings.abraDir,
      server: settings.server,
      clone: join(runDir, "abra", "recipes", app.recipe),
      outputFile: join(runDir, "lint.txt"),
    },
    app,
    scope.closing,
  );
};

export const createBeside = (of: BesideOf): Beside => {
  const { host, settings, runDir, leftMs } = of;
  const scope = host.registry.scope("work");
  const tally = createUsageTally();
  const tiers = createTiersSeen();
  let prepared: Prepared | null = null;
  let watch: AbortController | null = null;
  let lint: Promise<LintReport> | null = null;
  let linted: LintReport | null = null;
  let picture: Picture = { file: null, trouble: null };

  const watchFrom = ({ app }: Prepared): void => {
    watch = new AbortController();
    void watchUsage(host.engine("work"), app.stack, tally, AbortSignal.any([watch.signal, scope.closing]));
  };

  return {
    onPrepared: (found) => {
      prepared = found;
      lint = lintWith(of, found).then((report) => (linted = report));
    },
    onState: (leaf) => {
      tiers.onState(leaf);
      if (leaf.startsWith("holding.running.deploy") && prepared !== null && watch === null) watchFrom(prepared);
      if (leaf.startsWith("holding.running.test")) tally.rested();
      if (leaf.startsWith("holding.tearingDown")) watch?.abort();
    },
    onTest: tiers.onTest,
    onCut: tiers.onCut,
    takePicture: fromPromise(async ({ input: { url }, signal }) => {
      const until = within(signal, Math.max(0, Math.floor(leftMs() - reserveMs)));
      const { chromium, caFile } = settings;
      const page = pageToDraw(url, prepared === null ? "" : prepared.settings.screenshot);
      if (chromium !== null && page !== null)
        picture = await takeScreenshot({ scope, chromium, runDir, env: () => host.env(), trustsAnybody: caFile !== null }, page, until);
      await Promise.race([lint, new Promise((resolve) => until.addEventListener("abort", resolve, { once: true }))]);
    }),
    observed: () => ({
      ...nothingObserved,
      lint: linted ?? (lint === null ? null : { kind: "not-run", why: "the run's tests ended before it did" }),
      usage: tally.result(),
      tiers: tiers.seen(),
      screenshot: picture.file,
      screenshotTrouble: picture.trouble,
    }),
  };
};
