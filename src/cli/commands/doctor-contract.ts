import { makeLockDir } from "../../effects/lock/lock-dir.js";
import { arch, release, type } from "node:os";
import { join } from "node:path";
import { askChild } from "../../effects/children/ask-child.js";
import { makeScratchFolder } from "../../effects/files/scratch-folder.js";
import { takeTurn } from "../../effects/lock/take-turn.js";
import { stopCodes } from "../../machines/run/verdict.js";
import type { ExitCode } from "../../machines/vocabulary.js";
import type { Examined } from "../contract/contract.js";
import { describeEnd, describeFacts, describeRow, type Facts } from "../contract/words.js";
import type { Io } from "../io.js";
import { requireChunk } from "../lazy.js";
import type { HostSettings } from "../settings/host.js";

/** No run uses this zone: whatever is found below it is ours. */
const zone = "doctor.localhost";

const firstLine = (text: string): string => text.trim().split("\n")[0] ?? "";

const factsOf = async (host: HostSettings, env: Readonly<Record<string, string>>): Promise<Facts> => {
  const ask = async (file: string, ...args: readonly string[]): Promise<string> =>
    firstLine((await askChild(file, args, 15_000, { env }))?.stdout ?? "") || "unknown";
  const [abra, docker, engine] = await Promise.all([
    ask(host.abra, "--version"),
    ask(host.docker, "--version"),
    ask(host.docker, "version", "--format", "{{.Server.Version}}"),
  ]);
  return {
    recipeCi: process.env["RECIPE_CI_VERSION"] ?? "",
    abra,
    docker,
    engine,
    node: process.versions.node,
    system: `${type()} ${release()} ${arch()}`,
  };
};

/** The first signal aborts; `code` then gives the exit code to end with. */
const onSignals = (): { readonly signal: AbortSignal; readonly code: () => ExitCode | null; readonly forget: () => void } => {
  const controller = new AbortController();
  let code: ExitCode | null = null;
  const forgetters = (["TERM", "INT", "HUP"] as const).map((name) => {
    const heard = (): void => {
      code ??= stopCodes[name];
      controller.abort();
    };
    process.on(`SIG${name}`, heard);
    return () => void process.off(`SIG${name}`, heard);
  });
  return { signal: controller.signal, code: () => code, forget: () => forgetters.forEach((forget) => forget()) };
};

/**
 * Tries every assumption that recipe-ci makes about abra and docker on throw-away apps, and removes them. 0 if all
 * hold, 69 if one does not. A signal ends it after the clean-up. Its output is made to be sent to us.
 */
export const doctorContract = async (
  host: HostSettings,
  env: Readonly<Record<string, string>>,
  json: boolean,
  io: Io,
): Promise<ExitCode> => {
  const { examine } = await requireChunk("contract");
  if (host.sandbox !== null) makeLockDir(host.lockDir);
  const endTurn = takeTurn(join(host.lockDir, "recipe-ci-contract.lock"));
  const scratch = host.sandbox === null ? null : makeScratchFolder("contract");
  const sandbox = scratch?.path ?? null;
  const stops = onSignals();
  try {
    const facts = await factsOf(host, sandbox === null ? env : { ...env, RECIPE_CI_SANDBOX: sandbox });
    if (!json) io.out(describeFacts(facts));
    const rows: Examined[] = [];
    let chapter = "";
    const onRow = (row: Examined): void => {
      rows.push(row);
      if (json) return;
      if (row.chapter !== chapter) io.out(row.chapter);
      chapter = row.chapter;
      io.out(describeRow(row));
    };
    await examine({ abra: host.abra, docker: host.docker, sandbox }, { zone, onRow, signal: stops.signal });
    const complete = stops.code() === null;
    io.out(json ? JSON.stringify({ ...facts, complete, rows }, null, 2) : describeEnd(rows, complete));
    return stops.code() ?? (rows.every(({ holds }) => holds !== false) ? 0 : 69);
  } finally {
    stops.forget();
    scratch?.close();
    endTurn();
  }
};
