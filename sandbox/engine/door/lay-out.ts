import { constants, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { whyNot } from "../../shared/quick-child.js";
import { Desk } from "./desk.js";

/** How many tools may run at once; others wait for a free desk. */
const desksMax = 24;

interface LaidOut {
  readonly desks: readonly Desk[];
  /** The door's FIFO, open in both directions. */
  readonly door: number;
}

/** Where the callers look for a desk, and where the desks are while the door is closed. */
export const placesIn = (folder: string): { readonly open: string; readonly closed: string } => ({
  open: join(folder, "desks"),
  closed: join(folder, "desks.away"),
});

/** Creates the desks of an engine in place of a former one's. They appear all at once, and the door with them, when all is done. */
export const layOut = (folder: string): LaidOut => {
  const { open, closed } = placesIn(folder);
  for (const old of [open, closed]) rmSync(old, { recursive: true, force: true });
  const made = join(folder, "desks.new");
  rmSync(made, { recursive: true, force: true });
  const numbers = Array.from({ length: desksMax }, (_, index) => String(index + 1));
  for (const number of numbers) mkdirSync(join(made, number), { recursive: true });
  const fifos = [join(made, "door"), ...numbers.map((number) => join(made, number, "answer"))];
  // The first caller waits for this.
  const trouble = whyNot("mkfifo", ["-m", "600", ...fifos]);
  if (trouble !== null) throw new Error(`the sandbox needs mkfifo (coreutils): ${trouble}`);
  const both = constants.O_RDWR | constants.O_NONBLOCK;
  const desks = numbers.map((number) => new Desk(number, join(open, number), openSync(join(made, number, "answer"), both)));
  const door = openSync(join(made, "door"), both);
  renameSync(made, open);
  return { desks, door };
};
