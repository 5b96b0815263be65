"use strict";
// A small notebook over HTTP. Notes are kept by the store; the greeting is a config, the administrator's token a secret.
const { randomUUID } = require("node:crypto");
const { readFileSync } = require("node:fs");
const http = require("node:http");
const net = require("node:net");
const { join } = require("node:path");

// In the sandbox a container's paths and ports are mapped; on a Swarm they are what they say.
const rootfs = process.env.SANDBOX_ROOTFS ?? "";
const port = Number(process.env.SANDBOX_PORT_8080 ?? 8080);

const storeAddress = () => {
  const host = process.env.STORE_HOST ?? "store";
  if (rootfs === "") return { host, port: 6379 };
  return { host: "127.0.0.1", port: Number(readFileSync(join(rootfs, ".ports", `${host.replace("tasks.", "")}.6379`), "utf8")) };
};

const ask = (line) =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ ...storeAddress(), timeout: 3000 }, () => socket.write(`${line}\n`));
    socket.on("timeout", () => socket.destroy(new Error("the store does not answer")));
    socket.on("error", reject);
    socket.once("data", (data) => {
      resolve(data.toString().trim());
      socket.end();
    });
  });

const body = async (request) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
};

const answer = async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/health") {
    await ask("GET health");
    return response.end("well");
  }
  if (pathname === "/") {
    const motd = readFileSync(join(rootfs, "/etc/notes/motd.txt"), "utf8").trim();
    return response.end(JSON.stringify({ motd, max: Number(process.env.NOTES_MAX ?? 10) }));
  }
  if (pathname === "/admin") {
    const token = readFileSync(join(rootfs, "/run/secrets/admin_token"), "utf8").trim();
    response.statusCode = request.headers.authorization === `Bearer ${token}` ? 200 : 401;
    return response.end();
  }
  if (pathname === "/notes" && request.method === "POST") {
    const id = randomUUID();
    await ask(`SET ${id} ${Buffer.from(await body(request)).toString("base64")}`);
    response.statusCode = 201;
    return response.end(JSON.stringify({ id }));
  }
  if (pathname.startsWith("/notes/")) {
    const kept = await ask(`GET ${pathname.slice("/notes/".length)}`);
    response.statusCode = kept === "NONE" ? 404 : 200;
    return response.end(kept === "NONE" ? "" : Buffer.from(kept, "base64"));
  }
  response.statusCode = 404;
  return response.end();
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
  server.listen(port, () => console.log(`notes: listening on ${port}`));
  process.on("SIGTERM", () => process.exit(0));
};

if (process.argv.includes("--health")) check();
else serve();
