import { minorOf, ourVersion } from "../docker/api-version.js";
import { stackLabelName } from "../docker/stack-label.js";

/**
 * The program of the job on another node: plain JavaScript for `node -e`, because the image contains nothing of ours. It
 * talks to that node's docker, removes the app's objects until none is left or its time is over, and prints one line of JSON.
 *
 * The app's objects are the stack's containers and volumes by label, which no deploy can change on either; volumes of those
 * containers that nobody else uses and that are anonymous or new; and new volumes whose names it is given. `ageMs` is the age
 * of the ledger by our clock, so that a node's clock is only compared with itself.
 */
export const agentSource = String.raw`
const http = require("node:http");
const { stack, named, ageMs, remove, limitMs, lastsMs, mark } = JSON.parse(process.env.ASK);
// The Swarm keeps the container of a task that ended by itself, and removes that of a task which it stopped.
process.on("SIGTERM", () => process.exit(0));
setTimeout(() => process.exit(0), lastsMs);
const began = Date.now(), since = began - ageMs - 2000;
let version = "";
const call = (method, path) => new Promise((resolve, reject) => {
  const sent = http.request({ socketPath: "/run/docker.sock", method, path: version + path, timeout: 10000 }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (more) => { if (text.length < 33554432) text += more; }).on("end", () => resolve({ status: answer.statusCode, text })).on("error", reject);
  });
  sent.on("error", reject).on("timeout", () => sent.destroy(new Error("docker does not answer"))).end();
});
const pause = (ms) => new Promise((next) => setTimeout(next, ms));
// Docker 29 answers 500 to a list of containers at the moment when one of them is being removed.
const list = async (path, tries = 5) => {
  const { status, text } = await call("GET", path);
  if (status === 500 && tries > 1) return pause(200).then(() => list(path, tries - 1));
  if (status !== 200) throw new Error("docker answers " + status + " to " + path);
  return JSON.parse(text);
};
const label = "${stackLabelName}";
const look = async () => {
  const containers = await list("/containers/json?all=1"), volumes = (await list("/volumes")).Volumes || [];
  const isOwn = ({ Labels }) => Labels && Labels[label] === stack && Labels["com.docker.swarm.service.id"] !== process.env.SERVICE;
  const uses = (some) => new Set(some.flatMap(({ Mounts }) => (Mounts || []).flatMap(({ Type, Name }) => Type === "volume" && Name ? [Name] : [])));
  const own = containers.filter(isOwn), byOwn = uses(own), byOthers = uses(containers.filter((one) => !isOwn(one)));
  const isNew = ({ CreatedAt }) => Date.parse(CreatedAt) >= since;
  const ownVolumes = volumes.filter((volume) => {
    const of = (volume.Labels || {})[label];
    if (of !== undefined) return of === stack;
    if (byOthers.has(volume.Name)) return false;
    return (byOwn.has(volume.Name) && (/^[0-9a-f]{64}$/.test(volume.Name) || isNew(volume))) || noted.has(volume.Name) || (named.includes(volume.Name) && isNew(volume));
  });
  for (const { Name } of ownVolumes) noted.add(Name);
  return { own, ownVolumes };
};
const noted = new Set();
(async () => {
  const { MinAPIVersion } = await list("/version");
  version = "/v" + (Number(String(MinAPIVersion).split(".")[1]) > ${minorOf(ourVersion)} ? MinAPIVersion : "${ourVersion}");
  // The node may run more than one docker: what another one has is not an answer, and not ours to remove.
  const { Swarm } = await list("/info");
  if (!Swarm || Swarm.NodeID !== process.env.NODE) throw new Error("the docker behind the socket is not the node's");
  for (;;) {
    const { own, ownVolumes } = await look();
    if (own.length + ownVolumes.length === 0 || !remove || Date.now() - began > limitMs) {
      const left = [...own.map(({ Id, Names }) => ({ kind: "container", name: (Names && Names[0] || Id).replace(/^\//, "") })), ...ownVolumes.map(({ Name }) => ({ kind: "volume", name: Name }))];
      return { node: process.env.NODE, left: left.slice(0, 60) };
    }
    for (const { Id } of own) await call("DELETE", "/containers/" + Id + "?force=1&v=1");
    for (const { Name } of ownVolumes) await call("DELETE", "/volumes/" + encodeURIComponent(Name));
    await pause(200);
  }
})().catch((error) => ({ node: process.env.NODE, failed: String(error && error.message || error).slice(0, 500) })).then((said) => process.stdout.write(mark + JSON.stringify(said) + "\n"));
`;
