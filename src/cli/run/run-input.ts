import { defaultBudgets } from "../../machines/budgets.js";
import type { RunInput } from "../../machines/run/run.types.js";
import type { RunSettings } from "../settings/run-settings.js";

/** The part of the settings that the chart needs. Folders and tools are for its effects. */
export const runInput = (settings: RunSettings, runId: RunInput["runId"], deadlineAt: number): RunInput => ({
  runId,
  recipe: settings.recipe,
  source: settings.source,
  ref: settings.ref,
  pr: settings.pr,
  zone: settings.zone,
  tiers: settings.tiers,
  deadlineMs: settings.deadlineMs,
  deadlineAt,
  lockTimeoutMs: settings.lockTimeoutMs,
  hold: settings.hold,
  budgets: defaultBudgets,
});
