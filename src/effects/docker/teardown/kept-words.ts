import type { OwnableObject } from "../../../machines/ledger/ledger.js";
import { inOneLine } from "../../../machines/settle/awaited.js";
import type { Refusals } from "./remove-objects.js";

interface Kept {
  /** What of the app is still to go. */
  readonly left: readonly OwnableObject[];
  /** Everything that docker has. */
  readonly listed: readonly OwnableObject[];
  readonly own: readonly OwnableObject[];
  readonly refusals: Refusals;
}

/** What a teardown waits for, and what keeps it there as far as docker tells. For people. */
export const keptWords = ({ left, listed, own, refusals }: Kept): string => {
  const isOwn = new Set(own);
  const why = ({ kind, id }: OwnableObject): string => {
    const user = listed.find((one) => !isOwn.has(one) && one.uses.includes(id));
    if (user !== undefined) return ` is used by the ${user.kind} ${user.name}`;
    const said = refusals.get(id);
    if (said !== undefined) return `: ${said}`;
    return kind === "container" ? " has not stopped yet" : " is still there";
  };
  return inOneLine(left.map((object) => `the ${object.kind} ${object.name}${why(object)}`));
};
