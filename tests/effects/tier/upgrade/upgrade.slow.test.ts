import { describe, expect, test, vi } from "vitest";
import { quickly } from "./bed.js";
import {
  base,
  brokenUpdate,
  compose,
  expectFailedUpdate,
  expectNeedsHands,
  neverHealthy,
  sampleOf,
  worker,
  worldOfFile,
  type Need,
} from "./versions.js";

const { bed, bedOf, world } = worldOfFile();

describe("an upgrade in place", () => {
  test("is done at once if only the commit differs, and still counts as an upgrade", async () => {
    const same = bed("same", ["0.1.1+1", { "README.md": "More words.\n" }]);
    await same.deploy();
    const began = performance.now();
    await same.upgrade();
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await same.labels()).toMatchObject({ [`coop-cloud.${same.app.stack}.chaos-version`]: same.version(1).commit.slice(0, 8) });
  });

  test("leaves a service running that the new version no longer has, and says so", async () => {
    const fewer = bedOf("fewer", [
      ["0.1.0+1", { ...base("fewer"), "compose.yml": compose({ version: "0.1.0+1", end: worker }) }],
      ["0.2.0+1", { "compose.yml": compose({ version: "0.2.0+1" }) }],
    ]);
    await fewer.deploy();
    await fewer.upgrade();
    expect(fewer.notes).toContainEqual(expect.stringMatching(/^0\.2\.0\+1 has no service worker any more/));
    expect(await fewer.names("service")).toEqual(["app", "worker"]);
  });
});

describe("an operator who touches nothing but the version is left with", () => {
  test.for<Need>([
    [
      "var",
      "a new variable without a default",
      {
        ".env.sample": sampleOf("var", "COLOUR=red\n"),
        "compose.yml": compose({ version: "0.2.0+1", more: "    environment:\n      COLOUR: ${COLOUR}\n" }),
      },
      /COLOUR is new and has no default.*sample has red/,
      /^compose\.yml:8: COLOUR/,
    ],
    [
      "passed",
      "a new variable that is passed on",
      {
        ".env.sample": sampleOf("passed", "COLOUR=red\n"),
        "compose.yml": compose({ version: "0.2.0+1", more: "    environment: [COLOUR]\n" }),
      },
      /COLOUR is new/,
      /compose/,
    ],
    [
      "required",
      "a variable that is required",
      { "compose.yml": compose({ version: "0.2.0+1", more: "    environment:\n      COLOUR: ${COLOUR:?say which}\n" }) },
      /COLOUR is new/,
      /compose/,
    ],
    [
      "builtin",
      "a variable that is called as something of every object",
      { "compose.yml": compose({ version: "0.2.0+1", more: "    environment:\n      COLOUR: ${constructor:?say which}\n" }) },
      /constructor is new/,
      /compose/,
    ],
    [
      "gone",
      "a variable that is gone and is still read",
      {
        ".env.sample": "TYPE=gone\nDOMAIN=gone.example.com\nTIMEOUT=60\n",
        "compose.yml": compose({ version: "0.2.0+1", more: "    environment:\n      GREETING: ${GREETING}\n" }),
      },
      /GREETING is gone from \.env\.sample/,
      /compose/,
    ],
  ])("%s: %s, red with the sentence for the release notes, before anything is touched", (need) =>
    expectNeedsHands(bed(need[0], ["0.2.0+1", need[2]]), need),
  );

  test("what the notes tell and recipe.yml acknowledges, and either alone is not enough", async () => {
    const files = {
      ".env.sample": sampleOf("told", "COLOUR=red\n"),
      "compose.yml": compose({ version: "0.2.0+1", more: "    environment: [COLOUR]\n" }),
    };
    const untold = bed("told", ["0.2.0+1", { ...files, "release/0.2.0+1": "Set a colour.\n" }]);
    await untold.deploy();
    const settings = { ...quickly, upgradeAcknowledged: ["0.2.0+1"] };
    await expect(untold.upgrade({ settings })).rejects.toMatchObject({
      code: "upgrade-needs-hands",
      message: expect.stringContaining("the release notes do not tell: COLOUR is new") as string,
    });
    untold.publish("0.2.1+1", { "release/0.2.0+1": "Set COLOUR.\n" });
    await expect(untold.upgrade()).rejects.toMatchObject({
      message: expect.stringContaining("told by the release notes and not acknowledged: COLOUR is new") as string,
      hint: 'Read release/0.2.0+1, and acknowledge it in recipe.yml: upgradeAcknowledged: ["0.2.0+1"]',
    });
    await untold.upgrade({ settings });
    expect(untold.notes).toContainEqual(expect.stringMatching(/^as the release notes say: COLOUR is new/));
    expect(untold.env).toMatch(/^COLOUR=red$/m);
  });

  test("nothing by what has a default, is empty in the sample, or was read unset before", async () => {
    const more = "    environment:\n      A: ${A:-1}\n      B: ${B}\n      C: ${C-}\n      D: ${GREETING}\n";
    const free = bed("free", [
      "0.2.0+1",
      { ".env.sample": sampleOf("free", "A=2\nB=\n"), "compose.yml": compose({ version: "0.2.0+1", more }) },
    ]);
    await free.deploy();
    await free.upgrade();
    expect(free.env).toMatch(/^A=2$/m);
  });
});

describe("an upgrade fails", () => {
  test("if the Swarm has paused the update, with the last words of its tasks", () =>
    expectFailedUpdate(bed("paused", brokenUpdate("order: stop-first, failure_action: pause, monitor: 5s")), "update-paused"));

  test("if it does not end within the deploy's limit, and says what each late service is doing", async () => {
    const slow = bed("slow", ["0.2.0+2", { "compose.yml": compose({ version: "0.2.0+2", more: neverHealthy }) }]);
    await slow.deploy();
    const settings = { ...quickly, timeouts: { ...quickly.timeouts, deployMs: 1_500 } };
    await expect(slow.upgrade({ settings })).rejects.toMatchObject({
      code: "not-healthy",
      message: expect.stringContaining("_app") as string,
    });
  });

  test("if abra does not deploy it, with abra's words", async () => {
    const refused = bed("refused", ["0.2.0+2", { "compose.yml": compose({ version: "0.2.0+2" }) }]);
    await refused.deploy();
    world().faults([{ when: "abra app deploy", do: "exit:1" }]);
    await expect(refused.upgrade()).rejects.toMatchObject({ code: "upgrade-refused" });
    world().faults([]);
  });
});

describe("an upgrade that cannot go on ends", () => {
  test("before anything is submitted if the policy denies something in the new version", async () => {
    const grabs = bed("grabs", [
      "0.2.0+2",
      {
        "compose.yml": compose({
          version: "0.2.0+2",
          more: "    privileged: true\n    ports: [{ target: 8080, published: 80, mode: host }]\n",
        }),
      },
    ]);
    await grabs.deploy();
    await expect(grabs.upgrade()).rejects.toMatchObject({ code: "policy-denied" });
    expect(await grabs.labels()).toMatchObject({ [`coop-cloud.${grabs.app.stack}.chaos-version`]: grabs.version(0).commit.slice(0, 8) });
  });

  test("during its wait if it is told to stop", async () => {
    const stopped = bed("stopped", ["0.2.0+2", { "compose.yml": compose({ version: "0.2.0+2", more: neverHealthy }) }]);
    await stopped.deploy();
    const stop = new AbortController();
    const upgrading = stopped.upgrade({}, stop.signal);
    const failed = expect(upgrading).rejects.toThrow("told to");
    await vi.waitFor(async () => expect((await stopped.labels())[`coop-cloud.${stopped.app.stack}.version`]).toBe("0.2.0+2"), {
      timeout: 40_000,
    });
    stop.abort(new Error("told to"));
    await failed;
  });
});
