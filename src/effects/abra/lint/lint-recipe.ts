import { join } from "node:path";
import { failureFrom } from "../../../machines/errors.js";
import { makeAbraDir } from "../../recipe/abra-dir.js";
import type { Git } from "../../recipe/git.js";
import { keepBytes } from "../../recipe/keep-bytes.js";
import { bestEffort } from "../../record/best-effort.js";
import { replaceFile } from "../../record/atomic-file.js";
import { redact } from "../../redact.js";
import type { LintReport } from "../../report/observed.js";
import { endOfText, printable } from "../../report/printable.js";
import type { Abra } from "../abra.js";
import { saysNoTerminal } from "../abra-texts.js";
import { parseLint } from "./parse-lint.js";
import { removeTree } from "../../files/remove.js";
import { within } from "../../budget.js";

interface LintSettings {
  readonly git: Git;
  /** abra with an ABRA_DIR for the lint alone, because abra changes the tree that it lints. */
  readonly abra: Abra;
  /** The same in a terminal. */
  readonly abraInTerminal: Abra;
  /** That ABRA_DIR. It is created and removed here. */
  readonly lintDir: string;
  /** The operator's ABRA_DIR, for what all runs share. */
  readonly canonical: string;
  readonly server: string;
  /** The run's own clone of the recipe. */
  readonly clone: string;
  /** Where abra's output is kept. */
  readonly outputFile: string;
}

/** For the clone and abra's lint together. ms */
const limitMs = 60_000;

const outputChars = 256 * 1024;

const notRun = (why: string): LintReport => ({ kind: "not-run", why });

const layOut = async (
  { git, lintDir, canonical, server, clone }: LintSettings,
  recipe: string,
  commit: string,
  signal: AbortSignal,
): Promise<void> => {
  removeTree(lintDir);
  makeAbraDir(lintDir, canonical, server);
  const dir = join(lintDir, "recipes", recipe);
  await git(["clone", "--quiet", "--no-checkout", "--no-local", "--template=", "--", clone, dir], { signal, limitMs });
  keepBytes(dir);
  await git(["-C", dir, "checkout", "--quiet", "--force", "--detach", commit], { signal, limitMs });
};

const askAbra = async ({ abra, abraInTerminal }: LintSettings, recipe: string, signal: AbortSignal) => {
  const args = ["recipe", "lint", recipe, "--no-input", "--offline", "--chaos"];
  const answer = await abra(args, { signal, limitMs });
  return answer.fatal !== null && saysNoTerminal(answer.fatal) ? abraInTerminal(args, { signal, limitMs }) : answer;
};

/**
 * `abra recipe lint` on a clone of the commit that nothing else uses. Never rejects and changes no verdict: if anything goes
 * wrong, that is the reason why it was not run. Exit code 0 says nothing about the rules; the table does.
 */
export const lintRecipe = async (
  settings: LintSettings,
  { recipe, commit }: { readonly recipe: string; readonly commit: string },
  stop: AbortSignal,
): Promise<LintReport> => {
  const signal = within(stop, limitMs);
  try {
    await layOut(settings, recipe, commit, signal);
    const { fatal, stdout } = await askAbra(settings, recipe, signal);
    // A child that the signal ended still gives an answer.
    signal.throwIfAborted();
    bestEffort(() => replaceFile(settings.outputFile, endOfText(redact(printable(stdout)), outputChars)));
    if (fatal !== null) return notRun(`abra could not lint: ${fatal}`);
    const rules = parseLint(stdout);
    return rules === null ? notRun("abra's table of rules could not be read") : { kind: "ran", rules };
  } catch (error) {
    if (stop.aborted) return notRun("the run's tests ended before it did");
    return notRun(signal.aborted ? `it did not end within ${limitMs / 1_000} s` : failureFrom(error).message);
  } finally {
    bestEffort(() => removeTree(settings.lintDir));
  }
};
