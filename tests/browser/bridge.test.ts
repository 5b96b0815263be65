import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, vi } from "vitest";
import { openInspector } from "../../src/cli/inspect/inspector.js";
import { startBrowser } from "../support/inspect/browser.js";
import { recordRun, RunAgain, type Recording } from "../support/inspect/recorded-run.js";
import { until } from "../support/processes.js";
import { has, testWith } from "../support/programs.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });

const test = testWith("chromium");

let browser: Browser;
let recording: Recording;
beforeAll(async () => {
  if (!has("chromium")) return;
  [browser, recording] = await Promise.all([startBrowser(), recordRun()]);
});
afterAll(() => (has("chromium") ? browser.close() : undefined));

/** A page with the official receiver and nothing else, where the hosted inspector would be. */
const serveReceiver = async (): Promise<string> => {
  const contents = `
    import { createBrowserReceiver } from "@statelyai/inspect";
    const told = [];
    createBrowserReceiver().subscribe((event) => { told.push(event); document.title = told.map(({ type, sessionId, snapshot }) => [type, sessionId, snapshot?.status].join(" ")).join(); });
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
  });
  const html = `<!doctype html><script type="module">${outputFiles[0]?.text ?? ""}</script>`;
  const server = createServer((_, response) => void response.writeHead(200, { "Content-Type": "text/html" }).end(html));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

test("the bridge hands a run to the hosted inspector's own receiver, once the reader has said so", async () => {
  const hosted = await serveReceiver();
  const inspector = await openInspector({
    runDir: RunAgain.finished(recording).runDir,
    installation: process.cwd(),
    lingerMs: 60_000,
    hosted,
  });
  onTestFinished(() => inspector.close());
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(inspector.bridgeAddress);
  expect(await page.textContent("#where")).toBe(hosted);
  expect(asked.filter((url) => url.startsWith(hosted))).toEqual([]);
  await page.click("#open");
  const told = async (): Promise<string> =>
    (await page
      .frames()
      .find((frame) => frame.url() === hosted)
      ?.title()) ?? "";
  await until("the receiver has the run's end", async () => (await told()).includes("@xstate.snapshot run done"), 20_000);
  expect(await told()).toMatch(/^@xstate\.actor run /);
  expect(await told()).toContain("@xstate.actor run/deploy ");
});
