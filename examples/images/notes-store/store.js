"use strict";
// A key-value store over TCP: `SET key value`, `GET key`, one line each, values in base64. Kept in one file.
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const net = require("node:net");
const { join } = require("node:path");
const readline = require("node:readline");

// In the sandbox a container's paths and ports are mapped; on a Swarm they are what they say.
const rootfs = process.env.SANDBOX_ROOTFS ?? "";
const port = Number(process.env.SANDBOX_PORT_6379 ?? 6379);
const folder = join(rootfs, "/data");
const file = join(folder, "store.json");

const check = () => {
  const socket = net.connect(port, "127.0.0.1", () => process.exit(0));
  socket.on("error", () => process.exit(1));
};

const serve = () => {
  mkdirSync(folder, { recursive: true });
  let values = {};
  try {
    values = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    console.log("store: nothing kept yet");
  }
  const keep = () => {
    writeFileSync(`${file}.new`, JSON.stringify(values));
    renameSync(`${file}.new`, file);
  };
  const server = net.createServer((socket) => {
    socket.on("error", () => undefined);
    readline.createInterface({ input: socket }).on("line", (line) => {
      const [verb, key, value] = line.split(" ");
      if (verb === "SET") {
        values[key] = value;
        keep();
        socket.write("OK\n");
      } else socket.write(`${values[key] ?? "NONE"}\n`);
    });
  });
  server.listen(port, () => console.log(`store: listening on ${port}`));
  process.on("SIGTERM", () => process.exit(0));
};

if (process.argv.includes("--health")) check();
else serve();
