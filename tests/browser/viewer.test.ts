import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, vi } from "vitest";
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

interface Viewing {
  readonly page: Page;
  /** What the page asked of anybody but the inspector, and what went wrong in it. */
  readonly troubles: string[];
}

const view = async (run: RunAgain, size = { width: 1_400, height: 900 }): Promise<Viewing> => {
  const inspector = await openInspector({ runDir: run.runDir, installation: process.cwd(), lingerMs: 60_000 });
  onTestFinished(() => inspector.close());
  const page = await browser.newPage({ viewport: size });
  onTestFinished(() => page.close());
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => void (message.type() === "error" && troubles.push(message.text())));
  page.on(
    "request",
    (request) =>
      void (
        !request.url().startsWith(new URL(inspector.address).origin) &&
        !request.url().startsWith("data:") &&
        troubles.push(request.url())
      ),
  );
  await page.goto(inspector.address);
  return { page, troubles };
};

const textOf = async (page: Page, selector: string): Promise<string> => (await page.textContent(selector)) ?? "";

const shows = (page: Page, selector: string, text: string | RegExp): Promise<void> =>
  until(
    () => `${selector} shows ${String(text)}`,
    async () => (typeof text === "string" ? (await textOf(page, selector)).includes(text) : text.test(await textOf(page, selector))),
    20_000,
  );

/** The states that are lit in the picture that is shown, deepest ones. */
const lit = (page: Page): Promise<readonly string[]> =>
  page.$$eval("#stage svg .active.leaf", (states) =>
    states.map((state) => (state as unknown as { dataset: { state: string } }).dataset.state),
  );

const placeOf = (name: string): RegExp => new RegExp(`· ${name}/`);

describe("a live run", () => {
  test("is followed: its state lights up in the exported picture, its events come as they happen, and its end is said", async () => {
    const run = new RunAgain(recording);
    const { page, troubles } = await view(run);
    await shows(page, "#standing", "live");
    run.tell(1);
    await until("prepare is lit", async () =>
      (await lit(page)).some((state) => state.startsWith("run.prepare") || state.startsWith("janitor")),
    );
    run.tell();
    run.finish();
    await shows(page, "#standing", "passed, clean, exit 0");
    await until("released is lit", async () => (await lit(page)).includes("run.released"));
    expect(await page.$$eval("#event-list [data-n]", (rows) => rows.length)).toBe(recording.lines.length);
    for (const actor of ["run", "run/deploy", "run/teardowns/teardown"])
      expect(await page.$(`[data-actor="${actor}"]`), actor).not.toBeNull();
    const [row, list] = await Promise.all(
      ["#event-list [aria-current]", "#event-list"].map(async (selector) => (await page.$(selector))?.boundingBox()),
    );
    expect(row?.y).toBeGreaterThanOrEqual(list?.y ?? Number.NaN);
    expect((row?.y ?? Number.NaN) + (row?.height ?? 0)).toBeLessThanOrEqual((list?.y ?? 0) + (list?.height ?? 0) + 1);
    expect(troubles).toEqual([]);
  });

  test("is left alone while the reader looks back, and joined again by one click", async () => {
    const run = new RunAgain(recording);
    run.tell(6);
    const { page } = await view(run);
    await shows(page, "#place", placeOf("6"));
    await page.click("#first");
    await shows(page, "#place", placeOf("0"));
    run.tell(4);
    await shows(page, "#place", "0/10");
    await page.click("#live");
    await shows(page, "#place", "10/10");
  });
});

describe("a finished run", () => {
  test("is replayed: step on and back, to a place by its event, play to the end, and pause", async () => {
    const { page, troubles } = await view(RunAgain.finished(recording));
    const all = recording.lines.length;
    await shows(page, "#place", `${all}/${all}`);
    await page.click("#first");
    await shows(page, "#place", `0/${all}`);
    await page.click("#forward");
    await page.click("#forward");
    await shows(page, "#place", `2/${all}`);
    await page.click("#back");
    await shows(page, "#place", `1/${all}`);
    await page.click('#event-list [data-n="5"]');
    await shows(page, "#place", `5/${all}`);
    await page.selectOption("#speed", "100");
    await page.click("#play");
    await shows(page, "#place", `${all}/${all}`);
    await until("it has stopped", async () => (await page.getAttribute("#play", "aria-label")) === "play");
    await page.selectOption("#speed", "0.5");
    await page.click("#play");
    await until("it plays", async () => (await page.getAttribute("#play", "aria-label")) === "pause");
    await page.click("#play");
    await until("it has paused", async () => (await page.getAttribute("#play", "aria-label")) === "play");
    expect(troubles).toEqual([]);
  });

  test("shows the path it took, and another chart and its context by a click on its actor", async () => {
    const { page } = await view(RunAgain.finished(recording));
    await shows(page, "#place", `${recording.lines.length}/`);
    expect(await page.$$eval("#stage svg .walked", (arrows) => arrows.length)).toBeGreaterThan(2);
    await page.click('[data-actor="run/teardowns/teardown"]');
    await until("the teardown's picture is shown", async () => (await lit(page)).includes("teardown.clean"));
    await shows(page, "#context", 'domain: "echo-');
    await page.click('[data-picture="teardown.removing"]');
    await until("the part has its own picture", async () => (await page.$('#stage svg [data-state="teardown.removing.objects"]')) !== null);
    expect(await textOf(page, "#context")).not.toContain(recording.record.cookie);
  });

  test("breaks an actor's path after a slash, never within a name", async () => {
    const { page } = await view(RunAgain.finished(recording), { width: 1_000, height: 700 });
    await shows(page, "#place", `${recording.lines.length}/`);
    const names = await page.evaluate<number[]>(`
      [...document.querySelectorAll("#event-list .who")].flatMap(({ childNodes }) => [...childNodes]).filter((name) => name.nodeType === Node.TEXT_NODE).map((name) => {
        const range = document.createRange();
        range.selectNodeContents(name);
        return range.getClientRects().length;
      })
    `);
    expect(new Set(names)).toEqual(new Set([1]));
  });

  test("fits a phone: one part at a time, nothing sticks out", async () => {
    const { page } = await view(RunAgain.finished(recording), { width: 390, height: 844 });
    await shows(page, "#place", `${recording.lines.length}/`);
    expect(await page.$eval("html", (html) => (html as unknown as { scrollWidth: number }).scrollWidth)).toBeLessThanOrEqual(390);
    expect(await page.isVisible("#event-list")).toBe(false);
    await page.click('nav [data-tab="events"]');
    expect(await page.isVisible("#event-list")).toBe(true);
    expect(await page.isVisible("#stage")).toBe(false);
  });
});
