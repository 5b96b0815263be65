import { must } from "./children.js";

/** Contents by file name; null: this version removes the file. */
export type Files = Readonly<Record<string, string | null>>;

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

/**
 * Makes a repository with one commit per version, using two git processes, and returns the commits' ids. Files that a version does
 * not name stay as they were. `tag`: null for none. Nothing is checked out.
 */
export const publish = (dir: string, versions: readonly (readonly [tag: string | null, files: Files])[]): readonly string[] => {
  const stream = versions.map(([tag, files], at) => {
    const changes = Object.entries(files).map(([name, text]) => (text === null ? `D ${name}\n` : `M 100644 inline ${name}\n${data(text)}`));
    const commit = `commit refs/heads/main\nmark :${at + 1}\ncommitter t <t@localhost> ${1_767_225_600 + at} +0000\n${data(tag ?? "main")}${changes.join("")}\n`;
    return `${commit}${tag === null ? "" : `reset refs/tags/${tag}\nfrom :${at + 1}\n\n`}get-mark :${at + 1}\n`;
  });
  must("git", ["init", "--quiet", "--initial-branch=main", "--template=", dir]);
  return must("git", ["-C", dir, "fast-import", "--quiet"], { input: stream.join("") }).split("\n");
};
