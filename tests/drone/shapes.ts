import { fileURLToPath } from "node:url";
import { quoted } from "../support/drone/step-script.js";

const fixture = (name: string): string => quoted(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url)));

/** The ways in which a step can start its program. */
export const shapes = ["S0", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8"] as const;
export type Shape = (typeof shapes)[number];

/** The commands of a step of this shape. The program writes the signs that it receives into `report`. */
export const commandsOf = (shape: Shape, report: string): readonly string[] => {
  const program = `${quoted(process.execPath)} ${fixture("orchestrator.mjs")} ${quoted(report)}`;
  const pipe = quoted(`${report}.pipe`);
  const forms: Record<Shape, readonly string[]> = {
    S0: [program, "true"],
    S1: [`exec ${program}`],
    S2: [`setpriv --pdeathsig TERM ${program}`, "true"],
    S3: [`setsid --wait setpriv --pdeathsig TERM ${program}`, "true"],
    S4: [`mkfifo ${pipe}; exec 9<>${pipe} 8<${pipe}; rm ${pipe}`, `setsid --wait ${program} 3<&8 8<&- 9>&- & exec 8<&-`, "wait"],
    S5: [
      `${program} & program=$!`,
      `trap 'kill -TERM "$program"' TERM INT`,
      `while ! wait "$program"; do kill -0 "$program" || exit; done`,
    ],
    S6: [`setsid --wait ${program}`, "true"],
    S7: [`exec ${fixture("launcher.sh")} ${pipe} ${program}`],
    S8: [`${fixture("launcher.sh")} ${pipe} ${program}`, "true"],
  };
  return forms[shape];
};
