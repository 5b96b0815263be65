"use strict";
// Says back what it is told.
const http = require("node:http");

const port = Number(process.env.SANDBOX_PORT_8080 ?? 8080);

if (process.argv.includes("--health")) {
  const request = http.get({ host: "127.0.0.1", port, timeout: 3000 }, (response) => process.exit(response.statusCode === 200 ? 0 : 1));
  request.on("timeout", () => request.destroy());
  request.on("error", () => process.exit(1));
} else {
  http.createServer((request, response) => request.pipe(response)).listen(port, () => console.log(`echo: listening on ${port}`));
  process.on("SIGTERM", () => process.exit(0));
}
