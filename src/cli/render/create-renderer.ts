import { redact } from "../../effects/redact.js";
import type { Io } from "../io.js";
import { createPlainRenderer, type PlainSettings } from "./plain.js";
import type { Renderer } from "./renderer.js";

/** A CI may give its steps a terminal, so CI=true decides. */
const wantsLive = (io: Io): boolean => io.isTty && !io.env["CI"] && !io.env["NO_COLOR"] && io.env["TERM"] !== "dumb";

/** A live tree on a terminal, lines elsewhere. With --json, lines for people go to stderr, and stdout gets the record at the end. */
export const createRenderer = async (given: Io, json: boolean, settings: Omit<PlainSettings, "write">): Promise<Renderer> => {
  const io: Io = json ? given : { ...given, out: (line) => given.out(redact(line)) };
  if (json) {
    const plain = createPlainRenderer({ ...settings, write: io.err });
    return {
      ...plain,
      finish: (output, record) => {
        plain.finish(output, record);
        io.out(JSON.stringify(record, null, 2));
      },
    };
  }
  if (!wantsLive(io)) return createPlainRenderer({ ...settings, write: io.out });
  const { createLiveRenderer } = await import("./live.js");
  return createLiveRenderer({ ...settings, write: io.out });
};
