import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectDone } from "./expect-said.js";
import type { ContractWorld } from "./world.js";

/** One of the examples' images that have a shell, for the hooks. */
const image = "local/guestbook-db:1.0.0";

/** Two services with volumes, one of them with labels for backups. Its hooks leave files behind and fail if a file asks them to. */
const compose = `version: "3.8"
services:
  app:
    command: ["node", "-e", "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 10000)"]
    working_dir: /data
    volumes:
      - parts:/parts
      - cache:/cache
    deploy:
      labels:
        - "backupbot.backup=true"
        - "backupbot.backup.volumes.cache=false"
        - "backupbot.backup.volumes.parts.path=in"
        - "backupbot.backup.pre-hook=test ! -e no-backup && echo dumped >dump"
        - "backupbot.backup.post-hook=echo done >after"
        - "backupbot.restore.pre-hook=test ! -e no-restore"
        - "backupbot.restore.post-hook=echo loaded >loaded"
  beside:
    image: ${image}
    volumes:
      - more:/more
volumes:
  parts:
  cache:
  more:
`;

/** Makes and deploys the app and waits until it runs. Does nothing if it runs already. */
export const deployBackedUp = async (world: ContractWorld): Promise<void> => {
  if (await world.running("app")) return;
  expectDone(
    await world.abra("app", "new", "contract", "--no-input", "--offline", "--chaos", "--server=default", `--domain=${world.domain}`),
  );
  writeFileSync(join(world.recipeDir, "compose.backup.yml"), compose);
  appendFileSync(world.envFile, `COMPOSE_FILE="$COMPOSE_FILE:compose.backup.yml"\nIMAGE=${image}\n`);
  expectDone(await world.abra("app", "secret", "generate", world.domain, "--all", "--no-input", "--offline", "--chaos"));
  expectDone(
    await world.abra("app", "deploy", world.domain, "--no-input", "--offline", "--chaos", "--no-domain-checks", "--no-converge-checks"),
  );
  await world.until("the app to run", async () => (await world.running("app")) && world.running("beside"));
};

/** The running container of one of the app's services. */
export const containerOf = async (world: ContractWorld, service: string): Promise<string> => {
  const [found] = await world.list(
    "container",
    "ls",
    "--no-trunc",
    "--filter",
    `label=com.docker.swarm.service.name=${world.stack}_${service}`,
    "--format",
    "{{json .}}",
  );
  return found?.["ID"] ?? "";
};

const inFolder = async (world: ContractWorld, service: string, folder: string, script: string): Promise<string> => {
  const said = await world.docker("container", "exec", "--workdir", folder, await containerOf(world, service), "node", "-e", script);
  expectDone(said);
  return said.stdout.trim();
};

/** Writes files into a folder of a service's container by name, and removes those that are null. */
export const write = async (
  world: ContractWorld,
  service: string,
  folder: string,
  files: Readonly<Record<string, string | null>>,
): Promise<void> => {
  const script =
    "const fs=require('fs'), path=require('path'); for (const [name, text] of Object.entries(FILES)) { if (text === null) fs.unlinkSync(name); else { fs.mkdirSync(path.dirname(name), { recursive: true }); fs.writeFileSync(name, text); } }";
  await inFolder(world, service, folder, script.replace("FILES", JSON.stringify(files)));
};

/** The contents of files of such a folder, in order; null for a file that is not there. */
export const read = async (
  world: ContractWorld,
  service: string,
  folder: string,
  ...names: readonly string[]
): Promise<readonly (string | null)[]> => {
  const script =
    "const fs=require('fs'); console.log(JSON.stringify(NAMES.map((name) => fs.existsSync(name) ? fs.readFileSync(name, 'utf8').trim() : null)))";
  return JSON.parse(await inFolder(world, service, folder, script.replace("NAMES", JSON.stringify(names)))) as readonly (string | null)[];
};
