import { unsettledServices } from "../convergence/judge-stack.js";
import { describeService } from "../convergence/task-words.js";
import type { SettleContext } from "./settle.types.js";

const shown = 3;

/** The first few of several things, in one line. */
export const inOneLine = (things: readonly string[]): string =>
  `${things.slice(0, shown).join("; ")}${things.length > shown ? `; and ${things.length - shown} more` : ""}`;

/**
 * What a wait for a stack lacks, as of the last look: what each service is doing that has not settled, or how the app answered last.
 * For people. Null: nothing has been seen yet.
 */
export const awaited = ({ watch, settings, settled, tried, unreadable }: SettleContext): string | null => {
  if (unreadable !== null) return unreadable.message;
  if (settled !== null) return tried === null ? null : `${tried.address}: ${tried.why}`;
  const { last } = watch;
  if (last === null) return null;
  const doing = unsettledServices(watch, settings.convergence).flatMap((service) => describeService(service, last.at).slice(0, 1));
  return doing.length === 0 ? null : inOneLine(doing);
};
