import * as v from "valibot";
import type { TraceLine } from "../../machines/trace-line.js";

const traceLine = v.object({
  at: v.string(),
  seq: v.pipe(v.number(), v.integer()),
  actor: v.pipe(v.string(), v.nonEmpty()),
  machine: v.exactOptional(v.string()),
  event: v.looseObject({ type: v.string() }),
  state: v.array(v.string()),
  status: v.exactOptional(v.picklist(["done", "error"])),
});

/** One line of events.jsonl; null if the text is none. A record is outside input for its readers, so it is checked. */
export const parseTraceLine = (text: string): TraceLine | null => {
  try {
    const parsed = v.safeParse(traceLine, JSON.parse(text));
    return parsed.success ? parsed.output : null;
  } catch {
    return null; // No JSON: half a line of a killed run, or another kind of file.
  }
};
