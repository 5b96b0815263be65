import { execFileSync } from "node:child_process";
import { chromium, type Browser } from "playwright-core";

/** The Debian package's chromium, headless. Without a network of its own: what a page asks of others fails loudly. */
export const startBrowser = (): Promise<Browser> => {
  const executablePath = execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"] });
};
