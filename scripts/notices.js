/** Whose work is in a bundle, under which licence: what has to be handed on together with dist. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const licenceFile = /^(?:licen[cs]e|copying|notice)(?:\.(?:md|txt))?$/i;

/** The folder of the package that a bundled file came from; the innermost, where packages are nested. */
const packageOf = (input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];

const noticeOf = (root, folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  const files = readdirSync(join(root, folder))
    .filter((file) => licenceFile.test(file))
    .sort();
  if (typeof license !== "string" || files.length === 0)
    throw new Error(`${name}@${version} is bundled and comes without a licence: leave it out of the bundle`);
  const text = files.map((file) => readFileSync(join(root, folder, file), "utf8").trim()).join("\n\n");
  return { name, version, license, text };
};

/**
 * The notices of every package of which esbuild took a file, in order of their names; "" for a bundle of ours alone.
 * Throws where a package brings no licence text: it must not be handed on.
 */
export const noticesOf = (root, inputs) => {
  const folders = [...new Set(inputs.map(packageOf))].filter(
    (folder) => folder !== undefined && existsSync(join(root, folder, "package.json")),
  );
  const notices = folders.map((folder) => noticeOf(root, folder)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return notices
    .map(
      ({ name, version, license, text }) =>
        `${name} ${version} (${license}), https://www.npmjs.com/package/${name}/v/${version}\n\n${text}\n`,
    )
    .join(`\n${"-".repeat(72)}\n\n`);
};
