"use strict";
// The guestbook's database: a list of entries over TCP, one command a line. Like others of its kind it has the truth in
// its memory, so that a backup needs a dump, and a restore has to load it:
//
//   db.js --dump    writes /data/dump.json; fails where the database does not answer
//   db.js --load    takes what is in it in place of what it has
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const net = require("node:net");
const { join } = require("node:path");
const readline = require("node:readline");

// In the sandbox a container's paths and ports are mapped; on a Swarm they are what they say.
const rootfs = process.env.SANDBOX_ROOTFS ?? "";
const port = Number(process.env.SANDBOX_PORT_5432 ?? 5432);
const folder = join(rootfs, "/data");

const readList = (name) => {
  try {
    return JSON.parse(readFileSync(join(folder, name), "utf8"));
  } catch {
    return [];
  }
};

const writeList = (name, list) => {
  writeFileSync(join(folder, `${name}.new`), JSON.stringify(list));
  renameSync(join(folder, `${name}.new`), join(folder, name));
};

const tell = (command) => {
  const socket = net.connect(port, "127.0.0.1", () => socket.write(`${command}\n`));
  socket.on("error", (error) => {
    console.error(`the database does not answer: ${error.message}`);
    process.exit(1);
  });
  socket.once("data", (data) => {
    console.log(data.toString().trim());
    process.exit(0);
  });
};

const serve = () => {
  mkdirSync(folder, { recursive: true });
  let entries = readList("entries.json");
  const keep = (list) => {
    entries = list;
    writeList("entries.json", entries);
    return String(entries.length);
  };
  const commands = {
    COUNT: () => String(entries.length),
    ALL: () => JSON.stringify(entries),
    ADD: (text) => keep([...entries, Buffer.from(text, "base64").toString("utf8")]),
    CLEAR: () => keep([]),
    DUMP: () => {
      writeList("dump.json", entries);
      return `dumped ${entries.length} entries`;
    },
    LOAD: () => `loaded ${keep(readList("dump.json"))} entries`,
  };
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    readline.createInterface({ input: socket }).on("line", (line) => {
      const [verb, text = ""] = line.split(" ");
      socket.write(`${commands[verb]?.(text) ?? "?"}\n`);
    });
  });
  server.listen(port, () => console.log(`db: ${entries.length} entries, listening on ${port}`));
  process.on("SIGTERM", () => process.exit(0));
};

if (process.argv.includes("--health")) tell("COUNT");
else if (process.argv.includes("--dump")) tell("DUMP");
else if (process.argv.includes("--load")) tell("LOAD");
else serve();
