import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Contract, ContractTools, Examination, Examined } from "../../src/cli/contract/contract.js";
import type { Chapter, Expectation } from "./expectation.js";
import { table } from "./table.js";
import { clear, createWorld, stacksBelow, type ContractWorld } from "./world.js";

const rowLimitMs = 90_000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** How the world does otherwise, or null; in any case within the limit, or when the examination is aborted. */
const differenceOf = async (check: Promise<void>, signal: AbortSignal): Promise<string | null> => {
  const answered = new AbortController();
  const limit = pause(rowLimitMs, null, { signal: AbortSignal.any([signal, answered.signal]) }).then(() =>
    Promise.reject(new Error(`no answer within ${rowLimitMs / 1_000} s`)),
  );
  try {
    await Promise.race([check, limit]);
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    answered.abort();
  }
};

const examineRow = async (chapter: string, { title, mark, question, check }: Expectation, world: ContractWorld, signal: AbortSignal): Promise<Examined> => {
  const began = performance.now();
  const difference = await differenceOf(check(world), signal);
  return { chapter, title, mark, question: question ?? null, holds: difference === null, difference, ms: Math.round(performance.now() - began) };
};

const examineChapter = async ({ title, rows }: Chapter, tools: ContractTools, { zone, onRow, signal }: Examination): Promise<void> => {
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

const imagesOf = async (world: ContractWorld): Promise<readonly string[]> => {
  const rows = await world.list("image", "ls", "--format", "{{json .}}", "--filter", "reference=local/*");
  return rows.map(({ Repository = "", Tag = "" }) => `${Repository}:${Tag}`);
};

/** Builds the image that the apps run, where the host has none. Resolves with those that are to go again. */
const buildImages = async (world: ContractWorld): Promise<readonly string[]> => {
  const before = await imagesOf(world);
  if (before.includes("local/echo-app:1.0.0")) return [];
  if (!existsSync(imageScript)) throw new Error(`there is no ${imageScript}`);
  const { code, stderr } = await world.run("sh", imageScript, world.tools.docker);
  if (code !== 0) throw new Error(`the examples' images cannot be built: ${stderr}`);
  return (await imagesOf(world)).filter((image) => !before.includes(image));
};

export const examine: Contract["examine"] = async (tools, examination) => {
  const host = createWorld(tools, examination.zone);
  let images: readonly string[] = [];
  try {
    for (const stack of await stacksBelow(host, examination.zone)) await clear(host, stack);
    if (tools.sandbox === null) images = await buildImages(host);
    for (const chapter of table) if (!examination.signal.aborted) await examineChapter(chapter, tools, examination);
  } finally {
    if (images.length > 0) await host.docker("image", "rm", ...images);
    await host.close();
  }
};
