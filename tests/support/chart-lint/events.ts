import { finding, type Rule } from "./finding.js";
import { hasTag, slotsOf, type RawState } from "./raw.js";

/** What stands on the root reaches every state, the deaf ones too: a deadline there restarts a teardown. */
export const rootListens: Rule = ({ machine, visits }) => {
  const root = visits[0]?.raw ?? {};
  return (["on", "after", "always"] as const)
    .filter((key) => root[key] !== undefined)
    .map((key) => finding(`root-${key}`, machine.id, `${key} on the root is heard in every state`));
};

/** A wildcard also matches the ends and errors of actors, and hides what the parents say. */
export const wildcard: Rule = ({ visits }) =>
  visits.flatMap(({ path, raw }) =>
    Object.keys(raw.on ?? {}).flatMap((event) =>
      event.includes("*") ? [finding("wildcard", path, `${event} swallows errors of actors as well`)] : [],
    ),
  );

/** An empty list looks like a forbidden event and is none: the parent takes it. */
export const emptyForbid: Rule = ({ visits }) =>
  visits.flatMap(({ path, raw }) =>
    slotsOf(raw).flatMap(({ slot, written }) =>
      Array.isArray(written) && written.length === 0
        ? [finding("empty-forbid", path, `${slot} is an empty list, which forbids nothing`)]
        : [],
    ),
  );

const isUninterruptible = (raw: RawState): boolean => hasTag(raw, "uninterruptible");

/** A deaf state names everything that it is deaf to: silence would hand the event to a parent. */
export const silentState: Rule = ({ visits, external }) =>
  visits.flatMap(({ path, raw }) =>
    !isUninterruptible(raw)
      ? []
      : external.flatMap((event) =>
          raw.on !== undefined && event in raw.on ? [] : [finding("silent", path, `says nothing about ${event}`)],
        ),
  );

/** A deaf state's entry must not lead anywhere, nor depend on a guard: a false guard falls through to the parent. */
export const interruptible: Rule = ({ visits, external }) =>
  visits.flatMap(({ path, raw, ancestors }) =>
    ![raw, ...ancestors].some(isUninterruptible)
      ? []
      : slotsOf(raw)
          .filter(({ kind, slot }) => kind === "on" && external.includes(slot.slice("on ".length)))
          .flatMap(({ slot, candidates }) =>
            candidates.flatMap(({ target, guard }) => [
              ...(target === undefined ? [] : [finding("interruptible", path, `${slot} leads to ${String(target)}`)]),
              ...(guard === undefined ? [] : [finding("guarded-forbid", path, `${slot} has a guard: when it is false the parent hears`)]),
            ]),
          ),
  );

/** A delay of an ancestor fires inside a deaf state as anywhere else. */
export const ancestorAfter: Rule = ({ visits }) =>
  visits.flatMap(({ path, raw, ancestors }) =>
    isUninterruptible(raw) && ancestors.some(({ after }) => after !== undefined)
      ? [finding("ancestor-after", path, "a delay of a state around it would interrupt it")]
      : [],
  );
