import { assertOwnEnv } from "../../effects/abra/own-env.js";
import { undeployApp } from "../../effects/abra/teardown-verbs.js";
import type { ScopeName } from "../../effects/children/scope-name.js";
import { drainPort } from "../../effects/children/drain.js";
import { listResidue, removeObjects, removeServices, takeStock, waitGone } from "../../effects/docker/teardown/teardown-ports.js";
import { discoverApps } from "../../effects/janitor/discover-apps.js";
import { letGo, probeApp, releaseApp } from "../../effects/janitor/reap-ports.js";
import { sweepLockFiles } from "../../effects/janitor/sweep-lock-files.js";
import type { LastSeen } from "../../effects/ledger/inventory.js";
import { cleanNodes } from "../../effects/nodes/clean-nodes.js";
import { janitorMachine } from "../../machines/janitor/janitor.machine.js";
import { laneMachine } from "../../machines/lane/lane.machine.js";
import { reapMachine } from "../../machines/reap/reap.machine.js";
import { teardownMachine } from "../../machines/teardown/teardown.machine.js";
import type { Host } from "./host.js";
import { later } from "./later.js";

/** The teardown machine with its children in a scope. `closes`: the scope whose children must be gone before it begins. */
export const provideTeardown = (host: Host, scope: ScopeName, closes: ScopeName | null): typeof teardownMachine => {
  const log = host.log.child({ actor: "teardown" });
  const settings = {
    engine: host.engine(scope),
    ledgers: host.ledgers,
    serversDir: host.serversDir,
    graces: new Map<string, number>(),
    refusals: new Map<string, string>(),
    onKept: (line: string): void => log.warn(line),
    // What the janitor waits for is not what the run beside it does.
    onAwaited: (line: string | null): void => void (scope === "janitor" || (host.awaited.teardown = line)),
  };
  return teardownMachine.provide({
    actors: {
      drain: drainPort(host.registry, closes, closes === null ? null : host.cookie),
      takeStock: takeStock(settings),
      undeployApp: undeployApp({
        abra: host.abra(scope),
        assertOwnEnv: assertOwnEnv({ serversDir: host.serversDir, server: host.settings.server }),
      }),
      removeServices: removeServices(settings),
      waitGone: waitGone(settings),
      removeObjects: removeObjects(settings),
      cleanNodes: cleanNodes({
        ...settings,
        image: host.settings.nodeImage,
        socket: host.settings.nodeSocket,
        isAlone: host.settings.sandbox !== null,
      }),
      listResidue: listResidue(settings),
    },
  });
};

export const provideJanitor = (host: Host, dryRun: boolean): typeof janitorMachine => {
  const { janitorHeld: held, serversDir, ledgers } = host;
  const { lockDir, runsDir, zone } = host.settings;
  const log = host.log.child({ actor: "janitor" });
  const note = (line: string): void => log.warn(line);
  const [engine, abra] = [host.engine("janitor"), host.abra("janitor")];
  const seen: LastSeen = { objects: null };
  const reapSettings = { lockDir, runsDir, held, engine, ledgers, serversDir, seen };
  const reap = later(() =>
    reapMachine.provide({
      actors: {
        probeApp: probeApp(reapSettings),
        releaseApp: releaseApp(reapSettings),
        letGo: letGo(reapSettings),
        teardown: provideTeardown(host, "janitor", null),
      },
    }),
  );
  return janitorMachine.provide({
    actors: {
      discoverApps: discoverApps({
        assertDriver: (signal) => host.assertDriver(!dryRun, signal),
        engine,
        abra,
        zone,
        serversDir,
        lockDir,
        runsDir,
        seen,
        note,
      }),
      sweepLockFiles: sweepLockFiles({ lockDir, runsDir, zone, held }),
      lane: later(() => laneMachine.provide({ actors: { reap } })),
    },
  });
};
