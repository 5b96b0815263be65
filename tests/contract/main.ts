import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Contract, ContractTools, Examination, Examined } from "../../src/cli/contract/contract.js";
import { NotExamined, rowLimitMs, type Chapter, type Expectation } from "./expectation.js";
import { sideBySide } from "./side-by-side.js";
import { table } from "./table.js";
import { clear, createWorld, stacksBelow, type ContractWorld } from "./world.js";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

type Finding = Pick<Examined, "holds" | "difference" | "notExamined">;

const found = (holds: boolean | null, { difference = null, notExamined = null }: Partial<Finding> = {}): Finding => ({
  holds,
  difference,
  notExamined,
});

/** Asks the world, and gives up at the limit or when the examination is aborted. */
const findingOf = async (check: Promise<void>, signal: AbortSignal): Promise<Finding> => {
  const answered = new AbortController();
  const limit = pause(rowLimitMs, null, { signal: AbortSignal.any([signal, answered.signal]) }).then(() =>
    Promise.reject(new Error(`no answer within ${rowLimitMs / 1_000} s`)),
  );
  try {
    await Promise.race([check, limit]);
    return found(true);
  } catch (error) {
    return error instanceof NotExamined ? found(null, { notExamined: error.message }) : found(false, { difference: messageOf(error) });
  } finally {
    answered.abort();
  }
};

const examineRow = async (
  chapter: string,
  { title, mark, question, check }: Expectation,
  world: ContractWorld,
  signal: AbortSignal,
): Promise<Examined> => {
  const began = performance.now();
  const finding = await findingOf(check(world), signal);
  return { chapter, title, mark, question: question ?? null, ...finding, ms: Math.round(performance.now() - began) };
};

const examineChapter = async ({ title, rows }: Chapter, tools: ContractTools, { zone, onRow, signal }: Examination): Promise<void> => {
  if (signal.aborted) return;
  const world = createWorld(tools, zone);
  try {
    for (const row of rows) {
      const examined = await examineRow(title, row, world, signal);
      if (signal.aborted) break;
      onRow(examined);
    }
  } finally {
    world.abandon();
    await world.close();
  }
};

/** In dist, one folder below the installation. */
const imageScript = join(dirname(fileURLToPath(import.meta.url)), "..", "examples", "images", "build.sh");

/** The images that the rows' apps run. */
export const neededImages = ["echo-app", "guestbook-db", "notes-broken"].map((name) => `local/${name}:1.0.0`);

const imagesOf = async (world: ContractWorld): Promise<readonly string[]> => {
  const rows = await world.list("image", "ls", "--format", "{{json .}}", "--filter", "reference=local/*");
  return rows.map(({ Repository = "", Tag = "" }) => `${Repository}:${Tag}`);
};

/** Builds those of the apps' images that the host lacks. Resolves with the ones to remove afterwards. */
const buildImages = async (world: ContractWorld): Promise<readonly string[]> => {
  const before = await imagesOf(world);
  if (neededImages.every((image) => before.includes(image))) return [];
  if (!existsSync(imageScript)) throw new Error(`there is no ${imageScript}`);
  const { code, stderr } = await world.run("sh", imageScript, world.tools.docker);
  if (code !== 0) throw new Error(`the examples' images cannot be built: ${stderr}`);
  return (await imagesOf(world)).filter((image) => !before.includes(image));
};

/** How many chapters, each with its own app, are examined at once: an examination mostly waits for the Swarm. */
const atOnceMax = 4;

/** `Contract.examine` of some chapters. */
export const examineChapters = async (chapters: readonly Chapter[], tools: ContractTools, examination: Examination): Promise<void> => {
  const host = createWorld(tools, examination.zone);
  let images: readonly string[] = [];
  try {
    for (const stack of await stacksBelow(host, examination.zone)) await clear(host, stack);
    if (tools.sandbox === null) images = await buildImages(host);
    await sideBySide(chapters, atOnceMax, examination.onRow, (chapter, onRow) => examineChapter(chapter, tools, { ...examination, onRow }));
  } finally {
    if (images.length > 0) await host.docker("image", "rm", ...images);
    await host.close();
  }
};

export const examine: Contract["examine"] = (tools, examination) => examineChapters(table, tools, examination);
