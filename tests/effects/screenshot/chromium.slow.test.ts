import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { expectNoProcesses } from "../../support/processes.js";
import { testWith } from "../../support/programs.js";
import { cookie, take } from "./take.js";

testWith("chromium")(
  "the real Chromium draws the page at 1280 by 800, with what it draws a little later, and asks nobody but the app",
  async () => {
    const asked: string[] = [];
    const other = createServer((_, answer) => {
      asked.push("other");
      answer.end();
    });
    const app = createServer(({ url }, answer) => {
      asked.push(url ?? "");
      const { port } = other.address() as AddressInfo;
      answer
        .setHeader("Content-Type", "text/html")
        .end(
          `<body style="background:linear-gradient(red,blue)"><img src="http://elsewhere.example:${port}/x"><img src="http://127.0.0.1:${port}/x"><iframe src="http://localhost:${port}/x"></iframe><script>setTimeout(() => fetch("/later"), 2000)</script>`,
        );
    });
    for (const server of [app, other]) await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    onTestFinished(() => void [app, other].map((server) => server.close()));
    const { runDir, picture } = take("chromium", `http://127.0.0.1:${(app.address() as AddressInfo).port}/`);
    expect(await picture).toEqual({ file: "screenshot.png", trouble: null });
    const bytes = readFileSync(join(runDir, "screenshot.png"));
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([1_280, 800]);
    expect(asked).toContain("/later");
    expect(asked).not.toContain("other");
    await expectNoProcesses(cookie);
  },
);
