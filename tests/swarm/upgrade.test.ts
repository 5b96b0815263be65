import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { must } from "../support/children.js";
import { onHost, type SwarmHost } from "../support/swarm/host.js";

/** The example with a third version under a lightweight tag, its compose file changed by `change`. */
const withThird = (host: SwarmHost, change: (compose: string) => string): string => {
  const repository = host.repository("notes");
  const git = (...args: readonly string[]): void =>
    void must("git", ["-C", repository, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args]);
  const file = join(repository, "compose.yml");
  writeFileSync(file, change(readFileSync(file, "utf8").replace("0.2.0+1.1.0", "0.3.0+1.1.1")));
  writeFileSync(join(repository, ".env.sample"), `${readFileSync(join(repository, ".env.sample"), "utf8")}GREETING=hello\n`);
  git("commit", "--quiet", "--all", "--message", "Third");
  git("tag", "0.3.0+1.1.1");
  return repository;
};

const run = (host: SwarmHost, repository: string, id: string, ...more: readonly string[]) =>
  host.start(["run", "notes", "--src", repository, "--stages", "install,upgrade", ...more], id).ended;

describe.concurrent("on a real Swarm, an upgrade", () => {
  test(
    "from each earlier version is made on the running app, passes, and leaves nothing",
    onHost(async (host) => {
      const { code, stdout } = await run(
        host,
        withThird(host, (compose) => compose),
        "from-all",
        "--upgrade-from",
        "all",
      );
      expect(stdout).toContain("plan 1 of 2: deploy 0.2.0+1.1.0, upgrade it to 0.3.0+1.1.1");
      expect(stdout).toContain("plan 2 of 2: deploy 0.1.0+1.0.0, upgrade it to 0.3.0+1.1.1");
      expect(stdout).toContain("new in the app's .env, with the sample's values: GREETING");
      expect(stdout.match(/ok {2}data in the volumes survived/g)).toHaveLength(2);
      expect(stdout).toContain("nothing is left");
      expect(code, stdout).toBe(0);
      expect(host.leftovers()).toEqual([]);
    }),
  );

  test(
    "is red if the Swarm rolls it back, though the app answers, and the run prints the last words of the new version",
    onHost(async (host) => {
      const repository = withThird(host, (compose) =>
        compose.replace("local/notes-app:1.1.0", "local/notes-broken:1.0.0").replace("failure_action: pause", "failure_action: rollback"),
      );
      const { code, stdout } = await run(host, repository, "rolled");
      expect(stdout).toContain("was rolled back");
      expect(stdout).toContain("cannot open /etc/notes/license.key");
      expect(code, stdout).toBe(1);
      expect(host.leftovers()).toEqual([]);
    }),
  );

  test(
    "is red before anything is deployed if a config changed and kept its name",
    onHost(async (host) => {
      const repository = withThird(host, (compose) => compose);
      writeFileSync(join(repository, "motd.txt"), "Another greeting.\n");
      must("git", [
        "-C",
        repository,
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@localhost",
        "commit",
        "--quiet",
        "--all",
        "--message",
        "Forget the version",
      ]);
      const { code, stdout } = await run(host, repository, "slipped");
      expect(stdout).toContain("raise MOTD_VERSION in abra.sh");
      expect(stdout).not.toContain("deploy: creating");
      expect(code, stdout).toBe(1);
    }),
  );
});
