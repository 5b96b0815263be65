const image = "local/echo-app:1.0.0";
const runs = (code) => [image, "node", "-e", code];
const serves = `require("http").createServer((q, s) => s.end("ok")).listen(8080); process.on("SIGTERM", () => process.exit(0));`;
const stays = runs(`setInterval(() => 0, 1000); process.on("SIGTERM", () => process.exit(0))`);
const diesAfter = (ms) => runs(`setTimeout(() => process.exit(1), ${ms})`);
const quick = ["--restart-delay", "1s", "--stop-grace-period", "1s"];
const monitored = (...more) => ["--update-monitor", "2s", ...more];

/** Each service as docker would make it, what is done to it once it runs, and how long it is looked at. s */
export const scenarios = {
  stays: { create: [...quick, ...stays], forS: 14 },
  "three replicas": { create: [...quick, "--replicas", "3", ...stays], forS: 20 },
  "own monitor longer": { create: [...quick, "--update-monitor", "8s", ...stays], forS: 22 },
  "dies at once": { create: [...quick, ...diesAfter(200)], forS: 14 },
  "dies after 2.5 s": { create: [...quick, ...diesAfter(2500)], forS: 16 },
  "dies after 7 s": { create: [...quick, ...diesAfter(7000)], forS: 14 },
  "ends with 0 again and again": { create: [...quick, ...runs("0")], forS: 12 },
  "comes up at the fourth try": {
    create: [...quick, "--env", "UNTIL={{now+5}}", ...runs(`if (Date.now() < Number(process.env.UNTIL)) process.exit(1); ${serves}`)],
    forS: 16,
  },
  "one-shot that ends with 0": { create: ["--restart-condition", "none", ...runs("0")], forS: 6 },
  "one-shot that ends with 3": { create: ["--restart-condition", "none", ...runs("process.exit(3)")], forS: 6 },
  "on-failure that ends with 0": { create: [...quick, "--restart-condition", "on-failure", ...runs("0")], forS: 6 },
  "attempts used up": { create: [...quick, "--restart-max-attempts", "2", ...diesAfter(100)], forS: 26 },
  job: { create: ["--mode", "replicated-job", "--replicas", "2", ...runs("setTimeout(() => 0, 1500)")], forS: 8 },
  "job that fails": {
    create: ["--mode", "replicated-job", "--restart-max-attempts", "1", "--restart-delay", "1s", ...runs("process.exit(4)")],
    forS: 10,
  },
  "global job": { create: ["--mode", "global-job", ...runs("0")], forS: 6 },
  global: { create: ["--mode", "global", ...quick, ...stays], forS: 16 },
  "global without an eligible node": { create: ["--mode", "global", "--constraint", "node.labels.none == such", ...stays], forS: 8 },
  "nothing wanted": { create: ["--replicas", "0", ...stays], forS: 4 },
  "never healthy": {
    create: [...quick, "--health-cmd", "node -e process.exit(1)", "--health-interval", "1s", "--health-retries", "2", ...stays],
    forS: 12,
  },
  "pending for a constraint": { create: ["--constraint", "node.labels.disk == ssd", ...stays], forS: 5 },
  "pending for memory": { create: ["--reserve-memory", "900g", ...stays], forS: 5 },
  "pending for a port": { create: ["--replicas", "2", "--publish", "mode=host,target=8080,published=18977", ...quick, ...stays], forS: 8 },
  "pending for replicas per node": { create: ["--replicas", "2", "--replicas-max-per-node", "1", ...quick, ...stays], forS: 8 },
  "image that is not there": { create: ["local/nobody-built-this:1"], forS: 8 },
  "mount that is not there": { create: [...quick, "--mount", "type=bind,source=/nobody/made/this,target=/x", ...stays], forS: 8 },
  "program that is not there": { create: [...quick, image, "no-such-program"], forS: 8 },
  "updated, stop first": { create: [...quick, ...monitored(), ...stays], update: ["--env-add", "A=1"], forS: 18 },
  "updated, start first": {
    create: [...quick, ...monitored("--update-order", "start-first"), ...stays],
    update: ["--env-add", "A=1"],
    forS: 18,
  },
  "update paused": {
    create: [...quick, ...monitored("--update-failure-action", "pause"), ...stays],
    update: ["--args", `node -e process.exit(1)`],
    forS: 18,
  },
  "update rolled back": {
    create: [...quick, ...monitored("--update-failure-action", "rollback"), ...stays],
    update: ["--args", `node -e process.exit(1)`],
    forS: 20,
  },
  "update that fails and goes on": {
    create: [...quick, ...monitored("--update-failure-action", "continue"), ...stays],
    update: ["--args", `node -e process.exit(1)`],
    forS: 20,
  },
  "scaled up": { create: [...quick, ...stays], update: ["--replicas", "3"], forS: 18 },
  "scaled down": { create: [...quick, "--replicas", "3", ...stays], update: ["--replicas", "1"], forS: 16 },
};
