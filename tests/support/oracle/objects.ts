import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { call, linesOf } from "../children.js";
import { accountsIn } from "./run-files.js";
import { mentionsRunApp, type Finding, type OracleWorld } from "./world.js";

const listings = {
  service: ["service", "ls"],
  container: ["container", "ls", "--all"],
  volume: ["volume", "ls"],
  secret: ["secret", "ls"],
  config: ["config", "ls"],
  network: ["network", "ls"],
} as const satisfies Partial<Record<Finding["kind"], readonly string[]>>;
type Kind = keyof typeof listings;

const list = async ({ docker, env }: OracleWorld, kind: Kind): Promise<readonly { name: string; line: string }[]> => {
  const args = [...listings[kind], "--format", "{{json .}}"];
  const { code, stdout, stderr } = await call(docker, args, {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"] ?? "/", ...env },
  });
  if (code !== 0) throw new Error(`${docker} ${args.join(" ")} (${code ?? "killed"}): ${stderr}`);
  return linesOf(stdout).map((line) => {
    const row = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const name = row["Name"] ?? row["Names"];
    return { name: typeof name === "string" ? name : "?", line };
  });
};

/** All that docker lists and that a run app's name is in, be it in the object's own name or in a label. */
export const dockerLeaks = async (world: OracleWorld): Promise<readonly Finding[]> => {
  const isRunApp = mentionsRunApp(world.zone);
  const kinds = Object.keys(listings) as Kind[];
  const found = await Promise.all(
    kinds.map(async (kind) =>
      (await list(world, kind)).filter(({ line }) => isRunApp(line)).map(({ name }): Finding => ({ kind, what: name })),
    ),
  );
  return found.flat();
};

/** What docker lists, whoever's it is: for a table that people read. */
export const dockerCounts = async (world: OracleWorld): Promise<Readonly<Record<Kind, number>>> => {
  const isRunApp = mentionsRunApp(world.zone);
  const kinds = Object.keys(listings) as Kind[];
  const counts = await Promise.all(
    kinds.map(async (kind) => [kind, (await list(world, kind)).filter(({ line }) => isRunApp(line)).length] as const),
  );
  return Object.fromEntries(counts) as Record<Kind, number>;
};

/** Volumes that a run has written down as its own: those of an image's VOLUME have neither a name nor a label to be found by. */
export const ledgerLeaks = async (world: OracleWorld): Promise<readonly Finding[]> => {
  const own = new Set(
    accountsIn(world.runsDir).flatMap(({ ledger }) =>
      Array.isArray(ledger?.["own"])
        ? (ledger["own"] as readonly { kind?: unknown; name?: unknown }[]).flatMap(({ kind, name }) =>
            kind === "volume" ? [String(name)] : [],
          )
        : [],
    ),
  );
  if (own.size === 0) return [];
  const isRunApp = mentionsRunApp(world.zone);
  return (await list(world, "volume"))
    .filter(({ name, line }) => own.has(name) && !isRunApp(line))
    .map(({ name }): Finding => ({ kind: "volume", what: name }));
};

const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** The .env files of run apps. */
export const envLeaks = ({ serversDir, zone }: OracleWorld): readonly Finding[] => {
  const isRunApp = mentionsRunApp(zone);
  return namesIn(serversDir).flatMap((server) =>
    namesIn(join(serversDir, server))
      .filter((name) => name.endsWith(".env") && isRunApp(name))
      .map((name): Finding => ({ kind: "env", what: join(serversDir, server, name) })),
  );
};

/** Where the stand-in docker keeps what exists now. Its logs and its tasks' history stay, as an engine's do. */
const live = ["services", "containers", "volumes", "secrets", "configs", "networks", "volume-data", "secret-data", "config-data"];

/** What is left in the stand-ins' own files, whether docker lists it or not. */
export const fileLeaks = ({ sandbox, zone }: OracleWorld): readonly Finding[] => {
  if (sandbox === null) return [];
  const isRunApp = mentionsRunApp(zone);
  return live.flatMap((folder) =>
    namesIn(join(sandbox, "world", folder))
      .filter((name) => isRunApp(decodeURIComponent(name)))
      .map((name): Finding => ({ kind: "file", what: join(sandbox, "world", folder, name) })),
  );
};
