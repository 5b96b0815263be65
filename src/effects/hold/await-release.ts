import { fromPromise } from "xstate";
import { formatDuration } from "../../machines/duration.js";
import type { RunPorts } from "../../machines/run/run.ports.js";
import type { App, Verdict } from "../../machines/vocabulary.js";
import type { Engine } from "../docker/engine.js";
import { lookAtStack } from "../docker/look-at-stack.js";
import { oneLine } from "../report/printable.js";
import { openTerminal, enterPressed } from "./terminal.js";

interface HoldSettings {
  readonly engine: Engine;
  /** The pid of the launcher, whose terminal is used. */
  readonly launcher: string | undefined;
  /** Time until the deadline. ms */
  readonly leftMs: () => number;
  readonly say: (text: string) => void;
}

const wentHow = (verdict: Verdict): string =>
  verdict.kind === "failed" ? `failed, ${verdict.failure.code}: ${oneLine(verdict.failure.message)}` : verdict.kind;

/** The services by their real names, so that the lines can be copied; if docker does not answer, by the stack's name. */
const servicesOf = async (engine: Engine, { stack }: App, signal: AbortSignal): Promise<readonly string[]> => {
  try {
    const { services } = await lookAtStack(engine, stack, signal);
    return services.map(({ name }) => name);
  } catch {
    return [`${stack}_app`];
  }
};

const howToLook = (service: string): readonly string[] => [
  `  enter  docker exec -it $(docker ps -qf label=com.docker.swarm.service.name=${service}) sh`,
  `  log    docker service logs ${service}`,
];

/** Says where the app is and how to inspect it, and waits for Enter. If the terminal is gone, stops waiting. */
export const awaitRelease = ({ engine, launcher, leftMs, say }: HoldSettings): RunPorts["awaitRelease"] =>
  fromPromise(async ({ input: { app, url, verdict }, signal }) => {
    const terminal = openTerminal(launcher);
    if (terminal === null) return;
    const services = await servicesOf(engine, app, signal);
    const left = formatDuration(Math.max(0, leftMs()));
    say(
      [
        `held for a look (${wentHow(verdict)}): ${url ?? `${app.domain} does not answer`}`,
        ...services.flatMap(howToLook),
        `Press Enter to tear it down. A signal does the same, and so does the deadline, in ${left}.`,
      ].join("\n"),
    );
    await enterPressed(terminal, signal);
  });
