import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { must } from "../support/children.js";
import { whyNot } from "../support/programs.js";
import { docker, onHost, type SwarmHost } from "../support/swarm/host.js";
import { sendSignal } from "../support/signal.js";

const runNotes = (host: SwarmHost, ...more: readonly string[]): readonly string[] => [
  "run",
  "notes",
  "--src",
  host.repository("notes"),
  ...more,
];

/** Changes the recipe's compose file in a commit on top. */
const withCompose = (repository: string, change: (compose: string) => string): void => {
  const file = join(repository, "compose.yml");
  writeFileSync(file, change(readFileSync(file, "utf8")));
  must("git", ["-C", repository, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--all", "--message", "Change"]);
};

describe.concurrent("on a real Swarm, a run", () => {
  test(
    "takes a picture of its app if there is a browser, passes, and leaves nothing",
    onHost(async (host) => {
      const { code, stdout } = await host.start(runNotes(host), "green", { CCCI_CHROMIUM: undefined }).ended;
      expect(stdout).toContain("nothing is left");
      expect(code).toBe(0);
      expect(existsSync(join(host.root, "runs", "green", "screenshot.png")), stdout).toBe(whyNot("chromium") === null);
      expect(host.leftovers()).toEqual([]);
      expect((await host.command("inspect", "green", "--verify").ended).code).toBe(0);
    }),
  );

  test(
    "starts no docker process itself: abra starts them all",
    onHost(async (host) => {
      const bin = join(host.root, "bin");
      mkdirSync(bin);
      // The docker on the run's PATH notes its parent's command line.
      const counted = `#!/bin/sh\n{ tr '\\0' ' ' </proc/$PPID/cmdline; echo; } >>${host.root}/parents\nexec ${must("sh", ["-c", "command -v docker"])} "$@"\n`;
      writeFileSync(join(bin, "docker"), counted, { mode: 0o755 });
      const { code, stdout } = await host.start(runNotes(host), "counted", { PATH: `${bin}:${process.env["PATH"] ?? ""}` }).ended;
      expect(code, stdout).toBe(0);
      const parents = readFileSync(join(host.root, "parents"), "utf8")
        .split("\n")
        .filter((line) => line !== "");
      expect(parents.filter((line) => !line.includes("abra"))).toEqual([]);
      expect(parents.length).toBeGreaterThan(0);
    }),
  );

  test(
    "is red if a service exits at once, prints its last words, and leaves nothing",
    onHost(async (host) => {
      const repository = host.repository("notes");
      withCompose(repository, (compose) => compose.replace("local/notes-app:1.1.0", "local/notes-broken:1.0.0"));
      const { code, stdout } = await host.start(["run", "notes", "--src", repository, "--stages", "install,custom"], "broken").ended;
      expect(stdout).toContain("does not stay up");
      expect(stdout).toContain("cannot open /etc/notes/license.key");
      expect(code).toBe(1);
      expect(host.leftovers()).toEqual([]);
    }),
  );

  test(
    "is red if a test fails, names the test, and leaves nothing",
    onHost(async (host) => {
      const operator = join(host.root, "operator");
      must("cp", ["-R", "examples/operator", operator]);
      writeFileSync(join(operator, "notes", "tests", "custom", "40-fails"), "#!/bin/sh\necho this one fails on purpose\nexit 1\n", {
        mode: 0o755,
      });
      const { code, stdout } = await host.start(runNotes(host), "red", { CCCI_RECIPES_DIR: operator }).ended;
      expect(stdout).toContain("FAILED  40-fails");
      expect(stdout).toContain("this one fails on purpose");
      expect(code).toBe(1);
      expect(host.leftovers()).toEqual([]);
    }),
  );

  test(
    "ends with 69 if somebody changes its app during the tests, names the change, and leaves nothing",
    onHost(async (host) => {
      const run = host.start(runNotes(host, "--stages", "install,custom"), "changed");
      const { domain } = await run.reaches("holding.running.test");
      docker("service", "update", "--detach", "--label-add", "traefik.enable=false", `${(domain ?? "").replaceAll(".", "_")}_store`);
      const { code, stdout } = await run.ended;
      expect(stdout).toMatch(/app-disturbed: somebody changed the app during the (?:install|custom) tier: \S+_store was updated/);
      expect(code, stdout).toBe(69);
      expect(host.leftovers()).toEqual([]);
    }),
  );

  for (const [phase, state] of [
    ["deploy", "holding.running.deploy"],
    ["test", "holding.running.test"],
  ] as const) {
    test(
      `ends with 143 if it gets TERM during ${phase}, and leaves nothing`,
      onHost(async (host) => {
        const run = host.start(runNotes(host), "stopped");
        await run.reaches(state);
        run.child.kill("SIGTERM");
        const { code } = await run.ended;
        expect(code).toBe(143);
        expect(run.record()).toMatchObject({ verdict: "stopped", cause: "TERM", cleanliness: "clean", exitCode: 143 });
        expect(host.leftovers()).toEqual([]);
      }),
    );
  }

  test(
    "cleans up after the last run of its app if that was SIGKILLed during test, says so, and is green",
    onHost(async (host) => {
      const killed = host.start(runNotes(host), "killed");
      const { pid } = await killed.reaches("holding.running.test");
      sendSignal(-(killed.child.pid ?? 0), "SIGKILL");
      sendSignal(-pid, "SIGKILL");
      await killed.ended;
      expect(host.leftovers()).not.toEqual([]);

      const next = await host.start(runNotes(host), "next").ended;
      expect(next.stdout).toMatch(/the last run of this app, killed, .* was killed in test/);
      expect(next.code).toBe(0);
      expect(host.leftovers()).toEqual([]);
    }),
  );

  test(
    "holds a lock that flock(1) respects until its process ends",
    onHost(async (host) => {
      const run = host.start(runNotes(host, "--stages", "install"), "locked");
      const { domain } = await run.reaches("holding.running.deploy");
      const lock = join(host.root, "locks", `cc-ci-app-${domain ?? ""}.lock`);
      const taken = (): boolean => {
        try {
          must("flock", ["--nonblock", lock, "true"]);
          return true;
        } catch {
          return false;
        }
      };
      expect(taken()).toBe(false);
      expect((await run.ended).code).toBe(0);
      expect(taken()).toBe(true);
      expect(readdirSync(join(host.root, "locks"))).toHaveLength(1);
    }),
  );
});
