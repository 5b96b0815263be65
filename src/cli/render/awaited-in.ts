import type { AnyActorRef, AnyMachineSnapshot, SnapshotFrom } from "xstate";
import { awaited } from "../../machines/settle/awaited.js";
import type { settleMachine } from "../../machines/settle/settle.machine.js";

const isOfMachine = (snapshot: unknown): snapshot is AnyMachineSnapshot =>
  typeof snapshot === "object" && snapshot !== null && "machine" in snapshot;

const isOfSettle = (snapshot: AnyMachineSnapshot): snapshot is SnapshotFrom<typeof settleMachine> => snapshot.machine.id === "settle";

/** What the run waits for at this moment, if one of its machines, however deep, waits for a stack to settle; null otherwise. */
export const awaitedIn = ({ children }: AnyMachineSnapshot): string | null => {
  for (const child of Object.values<AnyActorRef | undefined>(children)) {
    const snapshot: unknown = child?.getSnapshot();
    if (!isOfMachine(snapshot) || snapshot.status !== "active") continue;
    const found = isOfSettle(snapshot) ? awaited(snapshot.context) : awaitedIn(snapshot);
    if (found !== null) return found;
  }
  return null;
};
