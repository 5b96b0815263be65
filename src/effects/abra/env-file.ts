/** `KEY=value`, also when commented out is not a setting: abra reads only lines that begin with the key. */
const lineOf = (key: string): RegExp => new RegExp(`^${key}=.*$`, "m");

/** Sets a key in the text of an .env file. Newline-safe: an append must never glue itself onto a last comment. */
export const setEnv = (content: string, key: string, value: string): string => {
  const line = `${key}=${value}`;
  if (lineOf(key).test(content)) return content.replace(lineOf(key), () => line);
  return `${content}${content === "" || content.endsWith("\n") ? "" : "\n"}${line}\n`;
};

const unquoted = (value: string): string => {
  const quote = value[0];
  if ((quote === '"' || quote === "'") && value.indexOf(quote, 1) > 0) return value.slice(1, value.indexOf(quote, 1));
  return value.replace(/\s+#.*$/, "").trim();
};

/** The settings of an .env file as abra and compose see them; a later line may build on an earlier one (`"$COMPOSE_FILE:more.yml"`). */
export const parseEnv = (content: string): Record<string, string> => {
  const settings: Record<string, string> = {};
  for (const line of content.split("\n")) {
    const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line);
    const [, key, value] = match ?? [];
    if (key === undefined || value === undefined) continue;
    settings[key] = unquoted(value.trim()).replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => settings[braced ?? bare ?? ""] ?? "");
  }
  return settings;
};
