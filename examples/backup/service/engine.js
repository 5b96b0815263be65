"use strict";
// As much of Docker's Engine API as a backup needs, over its socket.
const http = require("node:http");

const socketPath = process.env.DOCKER_SOCKET || "/var/run/docker.sock";

/** One call; rejects with the daemon's own words where it refuses. */
const call = (method, path, body) =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = text === "" ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) };
    const sent = http.request({ socketPath, method, path, headers }, async (answer) => {
      try {
        const pieces = [];
        for await (const piece of answer) pieces.push(piece);
        const bytes = Buffer.concat(pieces);
        if (answer.statusCode < 400) return resolve(bytes);
        reject(new Error(JSON.parse(bytes.toString("utf8")).message));
      } catch (error) {
        reject(error);
      }
    });
    sent.on("error", reject);
    sent.end(text);
  });

const json = async (method, path, body) => JSON.parse((await call(method, path, body)).toString("utf8"));

const filters = (of) => `filters=${encodeURIComponent(JSON.stringify(of))}`;

/** The text of a stream that carries two: eight bytes before each piece, its length in the last four. */
const unframed = (bytes) => {
  const pieces = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at + 4);
    pieces.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(pieces).toString("utf8");
};

/** Runs a program in a container to its end. */
const exec = async (container, argv) => {
  const { Id } = await json("POST", `/containers/${container}/exec`, { Cmd: argv, AttachStdout: true, AttachStderr: true });
  const said = unframed(await call("POST", `/exec/${Id}/start`, { Detach: false, Tty: false }));
  const { ExitCode } = await json("GET", `/exec/${Id}/json`);
  return { code: ExitCode, said };
};

module.exports = { json, filters, exec };
