import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** These attributes take precedence over all others. */
const attributes = "* !text !eol !crlf !ident !filter !working-tree-encoding\n";

/**
 * Makes git check files of a repository of ours out and in byte for byte. A recipe's .gitattributes could change line
 * ends, encodings or words on the way. abra, which checks out what operators deploy, ignores them, so we would check
 * and test a text that nobody has.
 */
export const keepBytes = (dir: string): void => {
  const info = join(dir, ".git", "info");
  mkdirSync(info, { recursive: true });
  writeFileSync(join(info, "attributes"), attributes);
};
