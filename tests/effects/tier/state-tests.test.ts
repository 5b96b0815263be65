import { createServer, type RequestListener } from "node:http";
import { afterEach, expect, test } from "vitest";
import type { Engine } from "../../../src/effects/docker/engine.js";
import { answersAtItsAddress } from "../../../src/effects/tier/state-tests.js";
import { firstFacts } from "../../../src/machines/tier/facts.js";
import { occasion } from "../../support/own-code.js";

const version = { tag: null, commit: "0".repeat(40) };
const signal = new AbortController().signal;

const open: { readonly close: () => void }[] = [];
afterEach(() => open.splice(0).forEach((server) => server.close()));

/** The test's result for an app that does this at each request, and how often the app was asked. */
const asked = async (probeMs: number, listener: (nth: number) => RequestListener): Promise<readonly [string | null, number]> => {
  let count = 0;
  const server = createServer((request, response) => listener((count += 1))(request, response));
  open.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const settings = { ...occasion.settings, timeouts: { ...occasion.settings.timeouts, probeMs } };
  const { holds } = answersAtItsAddress({ engine: {} as Engine, trust: () => undefined });
  const said = await holds({ app: occasion.app, settings, url, facts: firstFacts(version), target: version }, signal);
  return [said?.replace(url, "URL") ?? null, count];
};

const hangsUp: RequestListener = (request) => request.socket.destroy();
const says =
  (status: number): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end();

test("when the app is silent once and then answers, the test passes", async () => {
  expect(await asked(60_000, (nth) => (nth === 1 ? hangsUp : says(200)))).toEqual([null, 2]);
});

test("when the app stays silent, it is asked again until timeouts.probe is over, and the test names that time", async () => {
  const [said, count] = await asked(300, () => hangsUp);
  expect(said).toBe("URL: the connection was closed before an answer came, asked again for 300 ms");
  expect(count).toBeGreaterThan(1);
});

test("when the app answers with an error, it is not asked again", async () => {
  expect(await asked(60_000, () => says(500))).toEqual(["URL: HTTP 500 Internal Server Error", 1]);
});
