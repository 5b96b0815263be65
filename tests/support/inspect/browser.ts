import { chromium, type Browser } from "playwright-core";
import { must } from "../children.js";

/** The Debian package's chromium, headless. Without a network of its own: what a page asks of others fails loudly. */
export const startBrowser = (): Promise<Browser> => {
  const executablePath = must("sh", ["-c", "command -v chromium"]);
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"] });
};
