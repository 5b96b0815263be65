import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { resolveEndpoint } from "../../../src/effects/docker/endpoint.js";
import type { EngineAsk } from "../../../src/effects/docker/engine-ask.js";
import { isRunError } from "../../../src/machines/errors.js";
import { engineAt, startDaemon, type Daemon, type Handler, type TestEngine } from "../../support/engine/daemon.js";
import { Sshd } from "../../support/engine/sshd.js";
import { failureOf } from "../../support/failure-of.js";
import { expectNoProcesses, until } from "../../support/processes.js";
import { whyNot } from "../../support/programs.js";

export const needed = ["docker", "ssh", "sshd"] as const;

/** What is told where the docker client kept ssh's words for itself: 20.10 does, now and then, when it is written to just as ssh ends. */
export const unknown = "Try the same by hand: docker version";

/** How a call fails, by a client that says why. */
export const toldFailureOf = async (engine: TestEngine["engine"], ask: EngineAsk = {}): Promise<unknown> => {
  for (let tries = 1; ; tries += 1) {
    const failure = await failureOf(engine.json("GET", "/services", ask));
    if (tries === 6 || !isRunError(failure) || failure.hint !== unknown) return failure;
  }
};

/** What a run would talk to with these variables. Nothing of it is alive when the test is over, here or beyond. */
export const engineBy = (env: { readonly DOCKER_HOST: string; readonly PATH: string }): TestEngine => {
  const CCCI_RUN_COOKIE = randomBytes(8).toString("hex");
  // Registered first, so that it is asked after the engine was closed.
  onTestFinished(() => expectNoProcesses(CCCI_RUN_COOKIE));
  return engineAt(resolveEndpoint({ docker: "docker", sandbox: null, env }), { CCCI_RUN_COOKIE, ...env });
};

export const isPing = (call: string): boolean => call.endsWith("/_ping");

export const comesIn = (daemon: Daemon): Promise<void> => until("the call has come in", () => daemon.calls.some((call) => !isPing(call)));

/** The docker clients on both ends ask whether a daemon is there, before anything of ours comes in. */
export const beyondSsh = async (handle: Handler) => {
  const daemon = await startDaemon((request, answer) => (isPing(request.url ?? "") ? void answer.end("OK") : handle(request, answer)));
  const sshd = await Sshd.start(daemon.socket);
  onTestFinished(() => sshd.close());
  return { daemon, sshd };
};

/** For a describe block: a way to a host where no daemon is. There is none where a program for it is missing: its tests are skipped. */
export const wayToNowhere = (): { readonly sshd: Sshd } => {
  let sshd: Sshd | undefined;
  beforeAll(async () => {
    if (whyNot(...needed) === null) sshd = await Sshd.start("/nonexistent/docker.sock");
  });
  afterAll(() => sshd?.close());
  return {
    get sshd() {
      if (sshd === undefined) throw new Error("no sshd: it is started before the first test");
      return sshd;
    },
  };
};

const byHand = /ssh .*-l \S+ -p \d+ -- 127\.0\.0\.1 docker version$/;

/** What keeps ssh from getting anywhere, what it says then, and what is told to do. */
export type Obstacle = readonly [name: string, breakIt: (sshd: Sshd) => void, message: RegExp, hint: RegExp];

export const expectNamed = async (sshd: Sshd, [, breakIt, message, hint]: Obstacle): Promise<void> => {
  onTestFinished(() => sshd.mend());
  breakIt(sshd);
  const { engine } = engineBy(sshd.env);
  const failure = await toldFailureOf(engine, { limitMs: 20_000 });
  expect(failure).toMatchObject({
    code: "docker-unreachable",
    exitCode: 69,
    message: expect.stringMatching(message) as string,
    hint: expect.stringMatching(hint) as string,
  });
  expect(failure).toMatchObject({ hint: expect.stringMatching(byHand) as string });
  await expectNoProcesses(() => sshd.living());
};
