import { createHash, randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { beforeEach, expect, test } from "vitest";
import { childEnvironment } from "../../../src/effects/children/environment.js";
import { createChildRegistry } from "../../../src/effects/children/registry.js";
import { fetchRecipe } from "../../../src/effects/recipe/fetch-recipe.js";
import { createGit } from "../../../src/effects/recipe/git.js";
import type { Cookie } from "../../../src/machines/vocabulary.js";
import { temporaryFolder } from "../../support/processes.js";

const scope = createChildRegistry().scope("work");
const kinds = { commit: 1, tree: 2, blob: 3, delta: 7 } as const;
const hugeBytes = 600 * 1024 ** 2;
/** As much as one order of a delta copies. */
const copied = 0xff_ff_ff;

/** Seven bits a byte, the lowest first: all but the last with their highest bit set. */
const inSevens = (value: number): readonly number[] =>
  value < 128 ? [value] : [128 | (value % 128), ...inSevens(Math.floor(value / 128))];

/** An object as it stands in a pack; `bytes`: what it says of its size. */
const packed = (
  kind: keyof typeof kinds,
  data: Buffer,
  { bytes = data.length, base }: { readonly bytes?: number; readonly base?: Buffer } = {},
): Buffer => {
  const start = (kinds[kind] << 4) | (bytes % 16);
  return Buffer.concat([
    Buffer.from(bytes < 16 ? [start] : [128 | start, ...inSevens(Math.floor(bytes / 16))]),
    base ?? Buffer.alloc(0),
    deflateSync(data),
  ]);
};

const idOf = (kind: string, data: Buffer): Buffer => createHash("sha1").update(`${kind} ${data.length}\0`).update(data).digest();

const file = Buffer.from("services: {}\n");
const tree = Buffer.concat([Buffer.from("100644 compose.yml\0"), idOf("blob", file)]);
const commit = Buffer.from(`tree ${idOf("tree", tree).toString("hex")}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nOne\n`);

/** A sound commit and what comes beside it: nothing keeps a forge from sending what nobody asked for. */
const bundleWith = (more: readonly Buffer[]): Buffer => {
  const objects = [packed("commit", commit), packed("tree", tree), packed("blob", file), ...more];
  const head = Buffer.from("PACK\0\0\0\u0002\0\0\0\0");
  head.writeUInt32BE(objects.length, 8);
  const pack = Buffer.concat([head, ...objects]);
  return Buffer.concat([
    Buffer.from(`# v2 git bundle\n${idOf("commit", commit).toString("hex")} HEAD\n\n`),
    pack,
    createHash("sha1").update(pack).digest(),
  ]);
};

let root: string;
beforeEach(() => {
  root = temporaryFolder();
});

const fetch = (more: readonly Buffer[], packBytesMax?: number): Promise<string> => {
  const source = join(root, "source.bundle");
  writeFileSync(source, bundleWith(more));
  const env = childEnvironment({ cookie: "c" as Cookie, runId: "r", runDir: root, abraDir: join(root, "abra") });
  const git = createGit({ scope, env: () => env, cwd: root });
  return fetchRecipe(
    {
      git,
      canonical: root,
      skipFetch: false,
      repositoryOf: () => source,
      note: () => undefined,
      ...(packBytesMax === undefined ? {} : { packBytesMax }),
    },
    { recipe: "box", source, ref: null, dir: join(root, "copy") },
    AbortSignal.timeout(30_000),
  );
};

const zeros = Buffer.alloc(copied);
const copies = Math.ceil(hugeBytes / copied);
const delta = Buffer.concat([
  Buffer.from([...inSevens(copied), ...inSevens(copies * copied)]),
  Buffer.alloc(4 * copies, Buffer.from([0xf0, 0xff, 0xff, 0xff])),
]);

test("a repository in which nothing is large is taken as it is", async () => {
  expect(await fetch([packed("blob", Buffer.from("more\n"))])).toBe(idOf("commit", commit).toString("hex"));
});

test.each<readonly [string, readonly Buffer[]]>([
  ["a file told as 36 copies of another", [packed("blob", zeros), packed("delta", delta, { base: idOf("blob", zeros) })]],
  ["a commit", [packed("commit", commit, { bytes: hugeBytes })]],
  ["a tree", [packed("tree", tree, { bytes: hugeBytes })]],
])("an object that git would need 600 MiB of memory for, %s, is refused before it takes them", async (_, objects) => {
  await expect(fetch(objects)).rejects.toMatchObject({
    code: "broken-repository",
    exitCode: 2,
    message: expect.stringMatching(/attempting to allocate \d+ over limit/),
    hint: expect.stringContaining("512 MiB"),
  });
});

test("a repository with more to fetch than it may have is cut off there, is the recipe's failure, and leaves nothing", async () => {
  const mebibyte = 1024 ** 2;
  const large = [packed("blob", randomBytes(2 * mebibyte))];
  await expect(fetch(large, mebibyte)).rejects.toMatchObject({
    code: "recipe-too-large",
    exitCode: 1,
    message: "the recipe's repository has more than 1 MiB to fetch, its history included",
  });
  expect(existsSync(join(root, "copy"))).toBe(false);
  expect(await fetch(large, 3 * mebibyte)).toBe(idOf("commit", commit).toString("hex"));
});
