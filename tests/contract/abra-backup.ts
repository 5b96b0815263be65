import { expect } from "vitest";
import { fatalIn, saysNoBackupService, snapshotsIn } from "../../src/effects/abra/abra-texts.js";
import { containerOf, deployBackedUp, read, write } from "./backup-recipe.js";
import { NotExamined, type Chapter, type Expectation } from "./expectation.js";
import { expectDone, expectFatal } from "./expect-said.js";
import type { CallOptions, ContractWorld, Said } from "./world.js";

const label = "coop-cloud.backupbot.enabled=true";

const deployed = async (world: ContractWorld): Promise<boolean> =>
  (await world.list("service", "ls", "--filter", `label=${label}`, "--format", "{{json .}}")).length > 0;

const callWith = (options: CallOptions, world: ContractWorld, ...verb: readonly string[]): Promise<Said> =>
  world.abraWith(options, "app", ...verb, world.domain, "--no-input", "--offline", "--chaos");

const call = (world: ContractWorld, ...verb: readonly string[]): Promise<Said> => callWith({}, world, ...verb);

/** A row that needs a backup service. The sandbox has one unless it is told otherwise. */
const withService = (title: string, check: Expectation["check"]): Expectation => ({
  title,
  mark: "B",
  check: async (world) => {
    if (world.tools.sandbox === null && !(await deployed(world))) throw new NotExamined(`no service of this Swarm has the label ${label}`);
    await deployBackedUp(world);
    await check(world);
  },
});

/** Whether the listing of a snapshot has a file of that name. */
const listed = (said: Said, name: string): boolean =>
  said.stdout.split(/\r?\n/).some((line) => new RegExp(`(?:^|[\\s│|"])/\\S*/${name}(?![\\w/])`).test(line));

/** The id that abra gave the first backup of each world's app. */
const firstSnapshot = new WeakMap<ContractWorld, string>();

/** One app that is backed up and restored, by the calls that recipe-ci makes. Asks the backup service that the host has. */
export const abraBackup: Chapter = {
  title: "an app's backup under abra",
  rows: [
    {
      title: "app backup create without a backup service on the Swarm gives up, and says so",
      mark: "B",
      check: async (world) => {
        if (await deployed(world)) throw new NotExamined("this Swarm has a backup service");
        await deployBackedUp(world);
        const said = await callWith({ env: { SANDBOX_BACKUP_SERVICE: "none" } }, world, "backup", "create");
        expectFatal(said, /./);
        expect({ said: said.stdout, understood: saysNoBackupService(fatalIn(said.stdout) ?? "") }).toEqual({
          said: said.stdout,
          understood: true,
        });
      },
    },
    withService("before its first backup app backup list has no path to tell, and app restore gives up", async (world) => {
      expect((await call(world, "backup", "list")).stdout).not.toMatch(/(?:^|[\s│|"])\/[^\s/]/m);
      expectFatal(await call(world, "restore", "--hooks"), /./);
    }),
    withService("app backup create prints the name of the snapshot as restic does", async (world) => {
      await write(world, "app", "/data", { kept: "as it was", removed: "as it was" });
      await write(world, "app", "/parts", { "in/part": "as it was", outside: "as it was" });
      await write(world, "app", "/cache", { cached: "as it was" });
      await write(world, "beside", "/more", { more: "as it was" });
      const said = await call(world, "backup", "create");
      expectDone(said);
      const snapshots = snapshotsIn(said.stdout);
      expect({ said: said.stdout, snapshots: snapshots.length }).toEqual({ said: said.stdout, snapshots: 1 });
      firstSnapshot.set(world, snapshots[0] ?? "");
    }),
    withService("app backup snapshots tells that name", async (world) => {
      const said = await call(world, "backup", "snapshots");
      expectDone(said);
      expect(said.stdout).toContain(firstSnapshot.get(world)?.slice(0, 8));
    }),
    withService(
      "app backup list prints the paths of the newest snapshot: all volumes of all the app's services, without those and with only the paths that labels name",
      async (world) => {
        const said = await call(world, "backup", "list");
        expectDone(said);
        const names = ["kept", "removed", "in/part", "more", "outside", "cached"];
        expect(names.filter((name) => listed(said, name))).toEqual(["kept", "removed", "in/part", "more"]);
      },
    ),
    withService("the hooks of a backup run in the labelled service's container by a shell, one before it and one after", async (world) => {
      const said = await call(world, "backup", "list");
      expect({
        before: listed(said, "dump"),
        after: listed(said, "after"),
        left: await read(world, "app", "/data", "dump", "after"),
      }).toEqual({ before: true, after: false, left: ["dumped", "done"] });
    }),
    withService(
      "app restore brings back what was removed and overwritten while the app runs on, and removes nothing that came later",
      async (world) => {
        const before = await containerOf(world, "app");
        await write(world, "app", "/data", { kept: "spoiled", removed: null, later: "new" });
        await write(world, "app", "/parts", { "in/part": "spoiled" });
        await write(world, "beside", "/more", { more: null });
        expectDone(await call(world, "restore", "--hooks"));
        expect(await read(world, "app", "/data", "kept", "removed", "later")).toEqual(["as it was", "as it was", "new"]);
        expect([...(await read(world, "app", "/parts", "in/part")), ...(await read(world, "beside", "/more", "more"))]).toEqual([
          "as it was",
          "as it was",
        ]);
        expect(await containerOf(world, "app")).toBe(before);
      },
    ),
    withService("app restore --hooks runs the hooks of a restore", async (world) => {
      expect(await read(world, "app", "/data", "loaded")).toEqual(["loaded"]);
    }),
    withService("app restore without the name of a snapshot takes the newest of several", async (world) => {
      await write(world, "app", "/data", { kept: "newer" });
      expectDone(await call(world, "backup", "create"));
      await write(world, "app", "/data", { kept: "spoiled" });
      expectDone(await call(world, "restore", "--hooks"));
      expect(await read(world, "app", "/data", "kept")).toEqual(["newer"]);
    }),
    withService("app backup create and app restore of which a hook fails give up", async (world) => {
      await write(world, "app", "/data", { "no-backup": "", "no-restore": "" });
      expectFatal(await call(world, "backup", "create"), /./);
      expectFatal(await call(world, "restore", "--hooks"), /./);
    }),
    withService("app backup create and app restore of an app that is not deployed are refused", async (world) => {
      expectDone(await world.abra("app", "undeploy", world.domain, "--no-input", "--offline"));
      await world.until(
        "the app to be gone",
        async () => !(await world.objects()).some((object) => /^(service|container|network) /.test(object)),
      );
      expectFatal(await call(world, "backup", "create"), /./);
      expectFatal(await call(world, "restore", "--hooks"), /./);
    }),
  ],
};
