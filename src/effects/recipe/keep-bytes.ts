import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Of all attributes these come first. */
const attributes = "* !text !eol !crlf !ident !filter !working-tree-encoding\n";

/**
 * From here on git lays the files of a repository of ours out, and takes them in, byte for byte. A recipe's .gitattributes
 * could have other line ends, encodings or words put into them on the way, and abra, which lays out what operators deploy,
 * does nothing of that: the text that is judged and tested would be none that anybody has.
 */
export const keepBytes = (dir: string): void => {
  const info = join(dir, ".git", "info");
  mkdirSync(info, { recursive: true });
  writeFileSync(join(info, "attributes"), attributes);
};
