import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SecureContext } from "node:tls";
import type { Logger } from "pino";
import { createAbra, type Abra } from "../../effects/abra/abra.js";
import { childEnvironment } from "../../effects/children/environment.js";
import { createChildRegistry, type ChildRegistry } from "../../effects/children/registry.js";
import type { ScopeName } from "../../effects/children/scope-name.js";
import { createConnection } from "../../effects/docker/connection.js";
import { resolveEndpoint, type Endpoint } from "../../effects/docker/endpoint.js";
import { createEngine, type Engine } from "../../effects/docker/engine.js";
import { Ledgers } from "../../effects/ledger/ledgers.js";
import { createGit, type Git } from "../../effects/recipe/git.js";
import { createReadRecipe, type ReadRecipe } from "../../effects/recipe/slips/recipe-at.js";
import type { Credentials } from "../../effects/recipe/source-address.js";
import { assertDriver } from "../../effects/swarm-driver/driver.js";
import { createTrust } from "../../effects/tier/trust.js";
import { lockPath } from "../../effects/lock/lock-file.js";
import { HeldLocks } from "../../effects/lock/held-locks.js";
import type { App, Cookie, Domain } from "../../machines/vocabulary.js";
import type { HostSettings } from "../settings/host.js";

/** What one process works on this host with: its children, its locks, and its tools, each tied to a scope of children. */
export interface Host {
  readonly settings: HostSettings;
  readonly cookie: Cookie;
  readonly registry: ChildRegistry;
  /** The run's own lock. */
  readonly held: HeldLocks;
  /** The janitor's locks, kept apart: they are released when its children are gone. */
  readonly janitorHeld: HeldLocks;
  /** What decides which objects belong to the apps whose locks this process holds. */
  readonly ledgers: Ledgers;
  /** What the run's teardown waits for at this moment, in words; null: nothing that it could name. */
  readonly awaited: { teardown: string | null };
  /** abra's own folder. The run's ABRA_DIR only has a link to it, which is gone if somebody removes the run's folder. */
  readonly serversDir: string;
  readonly log: Logger;
  /** The scope's own client of the docker daemon; it ends with the scope. */
  readonly engine: (scope: ScopeName) => Engine;
  /** The authorities that probes trust. */
  readonly trust: () => SecureContext | undefined;
  readonly abra: (scope: ScopeName) => Abra;
  /** git in the run's folder. */
  readonly git: (credentials?: Credentials | null) => Git;
  /** Reads recipes; remembers each version that it has read. */
  readonly readRecipe: ReadRecipe;
  /** Rejects if another host drives this Swarm. `claims`: this host drives it from now on. Always resolves in the sandbox. */
  readonly assertDriver: (claims: boolean, signal?: AbortSignal) => Promise<void>;
  readonly env: (app?: App, url?: string) => Readonly<Record<string, string>>;
}

interface HostOf {
  readonly settings: HostSettings;
  readonly runId: string;
  readonly runDir: string;
  /** The ABRA_DIR that children get. */
  readonly abraDir: string;
  readonly log: Logger;
  /** The run's app, once it is known. */
  readonly domain: () => Domain | undefined;
}

const hostVariables = ({ sandbox, docker, caFile }: HostSettings): Record<string, string> => ({
  ...(sandbox === null ? {} : { RECIPE_CI_SANDBOX: sandbox }),
  // The stand-in abra works on whatever docker we use.
  CCCI_DOCKER: docker,
  ...(caFile === null ? {} : { NODE_EXTRA_CA_CERTS: caFile }),
});

/** A random number from the kernel in hexadecimal digits: loading node:crypto would delay the start by 3 ms. */
const newCookie = (): Cookie => readFileSync("/proc/sys/kernel/random/uuid", "latin1").replaceAll(/[^0-9a-f]/g, "") as Cookie;

/** Each scope's client of the docker daemon, made at the first question. */
const enginesOf = (
  settings: HostSettings,
  cwd: string,
  registry: ChildRegistry,
  envOf: (scope: ScopeName) => () => Record<string, string>,
): Host["engine"] => {
  const engines = new Map<ScopeName, Engine>();
  let endpoint: Endpoint | undefined;
  const connected = (name: ScopeName): Engine => {
    // Resolved once: teardown must reach the Swarm that the run deployed to, even if the docker client's context has changed meanwhile.
    endpoint ??= resolveEndpoint({ docker: settings.docker, sandbox: settings.sandbox, env: envOf("work")() });
    return createEngine(createConnection({ endpoint, scope: registry.scope(name), env: envOf(name), cwd }));
  };
  return (name) => {
    const known = engines.get(name) ?? connected(name);
    engines.set(name, known);
    return known;
  };
};

/** Makes what one process works on this host with. Starts nothing. */
export const createHost = ({ settings, runId, runDir, abraDir, log, domain }: HostOf): Host => {
  const cookie = newCookie();
  const registry = createChildRegistry();
  const held = new HeldLocks();
  /** Set only while we hold the app's lock: the holder kills whatever works on the app under it, and a run that waits has children too. */
  const lockFileOf = (known: Domain) => (held.get(known) === undefined ? {} : { lockFile: lockPath(settings.lockDir, known) });
  const env: Host["env"] = (app, url) => {
    const known = app?.domain ?? domain();
    return {
      ...childEnvironment({
        cookie,
        runId,
        runDir,
        abraDir,
        ...(known === undefined ? {} : { domain: known, ...lockFileOf(known) }),
        ...(url === undefined ? {} : { url }),
      }),
      ...hostVariables(settings),
    };
  };
  /** The janitor's children work on other apps, so they must not look like children of the run's app. */
  const janitorEnv = (): Readonly<Record<string, string>> => {
    const { CCCI_APP_DOMAIN: _, CCCI_APP_LOCK: __, ...rest } = env();
    return rest;
  };
  const envOf = (scope: ScopeName) => (scope === "janitor" ? janitorEnv : () => env());
  const engine = enginesOf(settings, runDir, registry, envOf);
  const git: Host["git"] = (credentials = null) => createGit({ scope: registry.scope("work"), env: () => env(), cwd: runDir, credentials });
  return {
    settings,
    cookie,
    registry,
    held,
    janitorHeld: new HeldLocks(),
    ledgers: new Ledgers((error) => log.error({ error: String(error) }, "the ledger could not be written")),
    awaited: { teardown: null },
    serversDir: join(settings.abraDir, "servers"),
    log,
    engine,
    assertDriver: async (claims, signal) => {
      if (settings.sandbox === null) await assertDriver(engine("work"), { claims }, signal);
    },
    trust: createTrust(settings.caFile),
    git,
    readRecipe: createReadRecipe(git()),
    abra: (scope) => {
      const said = log.child({ actor: scope });
      const onOutput = (verb: string, text: string): void => said.info({ abra: verb }, text.trimEnd());
      return createAbra({ abra: settings.abra, scope: registry.scope(scope), env: envOf(scope), cwd: runDir, onOutput });
    },
    env,
  };
};
