"use strict";
// A guestbook over HTTP. Entries are kept by the database, pictures in a volume of its own.
const { randomUUID } = require("node:crypto");
const { existsSync, readFileSync, readdirSync, unlinkSync, writeFileSync } = require("node:fs");
const http = require("node:http");
const net = require("node:net");
const { basename, join } = require("node:path");

// In the sandbox a container's paths and ports are mapped; on a Swarm they are what they say.
const rootfs = process.env.SANDBOX_ROOTFS ?? "";
const port = Number(process.env.SANDBOX_PORT_8080 ?? 8080);
const pictures = join(rootfs, "/pictures");

const dbAddress = () => {
  if (rootfs === "") return { host: process.env.DB_HOST ?? "db", port: 5432 };
  return { host: "127.0.0.1", port: Number(readFileSync(join(rootfs, ".ports", "db.5432"), "utf8")) };
};

const ask = (line) =>
  new Promise((resolve, reject) => {
    let said = "";
    const socket = net.connect({ ...dbAddress(), timeout: 3000 }, () => socket.write(`${line}\n`));
    socket.on("timeout", () => socket.destroy(new Error("the database does not answer")));
    socket.on("error", reject);
    socket.on("data", (data) => {
      said += data.toString();
      if (!said.endsWith("\n")) return;
      resolve(said.trim());
      socket.end();
    });
  });

const bodyOf = async (request) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
};

const secret = (name) => {
  const file = join(rootfs, "/run/secrets", name);
  return existsSync(file) ? readFileSync(file, "utf8").trim().length : 0;
};

const about = () => ({
  greeting: readFileSync(join(rootfs, "/etc/guestbook/greeting.txt"), "utf8").trim(),
  title: process.env.TITLE ?? null,
  secrets: { admin: secret("admin"), session: secret("session") },
});

const routes = {
  "GET /health": async () => ask("COUNT"),
  "GET /": async () => JSON.stringify(about()),
  "GET /entries": async () => ask("ALL"),
  "POST /entries": async (request) => ask(`ADD ${Buffer.from(await bodyOf(request)).toString("base64")}`),
  "DELETE /entries": async () => ask("CLEAR"),
  "GET /pictures": async () => JSON.stringify(readdirSync(pictures).filter((name) => !name.startsWith("."))),
  "POST /pictures": async (request) => {
    const id = randomUUID();
    writeFileSync(join(pictures, id), await bodyOf(request));
    return id;
  },
};

const answer = async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const route = routes[`${request.method} ${pathname}`];
  if (route !== undefined) return response.end(await route(request));
  const picture = join(pictures, basename(pathname));
  if (!pathname.startsWith("/pictures/") || !existsSync(picture)) {
    response.statusCode = 404;
    return response.end();
  }
  if (request.method === "DELETE") unlinkSync(picture);
  return response.end(request.method === "DELETE" ? "" : readFileSync(picture));
};

const check = () => {
  const request = http.get({ host: "127.0.0.1", port, path: "/health", timeout: 3000 }, (response) =>
    process.exit(response.statusCode === 200 ? 0 : 1),
  );
  request.on("timeout", () => request.destroy());
  request.on("error", () => process.exit(1));
};

const serve = () => {
  const server = http.createServer((request, response) => {
    answer(request, response).catch((error) => {
      response.statusCode = 503;
      response.end(error.message);
    });
  });
  server.listen(port, () => console.log(`guestbook: listening on ${port}`));
  process.on("SIGTERM", () => process.exit(0));
};

if (process.argv.includes("--health")) check();
else serve();
