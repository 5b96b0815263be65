"use strict";
// What of an app is to be backed up, by the labels of its services.
const { join, normalize } = require("node:path");
const { json, filters, exec } = require("./engine.js");

const stackLabel = "com.docker.stack.namespace";
const volumePrefix = "backupbot.backup.volumes.";

const isTrue = (value) => value?.trim().toLowerCase() === "true";

const mountsOf = (service) => service.Spec.TaskTemplate.ContainerSpec.Mounts ?? [];

/** Within its volume, whatever the label says. */
const within = (folder, path) => join(folder, normalize(join("/", path.trim()))).replace(/\/$/, "");

/** What of a volume is to be backed up: all of it, what its label names, or nothing. */
const pathsOf = (stack, volume, labels) => {
  const short = volume.startsWith(`${stack}_`) ? volume.slice(stack.length + 1) : volume;
  if (labels[`${volumePrefix}${short}`]?.trim().toLowerCase() === "false") return [];
  return (labels[`${volumePrefix}${short}.path`] ?? "/").split(",");
};

/** A volume's folder on this node, and the paths in it that are to be backed up. One of which nothing is may be elsewhere. */
const placeOf = async (volume, paths) => {
  const folder = await json("GET", `/volumes/${encodeURIComponent(volume)}`).then(
    ({ Mountpoint }) => Mountpoint,
    (error) => {
      if (paths.length > 0) throw error;
    },
  );
  return { folder, paths: paths.map((path) => within(folder, path)) };
};

/** All that the services of an app say of its backup. `name`: its domain, or its stack. */
const readApp = async (name) => {
  const stack = name.replaceAll(".", "_");
  const services = await json("GET", `/services?${filters({ label: [`${stackLabel}=${stack}`] })}`);
  if (services.length === 0) throw new Error(`${name} is not deployed`);
  const labels = Object.assign({}, ...services.map(({ Spec }) => Spec.Labels));
  if (!services.some(({ Spec }) => isTrue(Spec.Labels["backupbot.backup"])))
    throw new Error(`no service of ${name} has the label backupbot.backup=true`);
  const volumes = new Set(
    services.flatMap(mountsOf).flatMap(({ Type, Source = "" }) => (Type === "volume" && Source !== "" ? [Source] : [])),
  );
  const places = await Promise.all([...volumes].map((volume) => placeOf(volume, pathsOf(stack, volume, labels))));
  return { name, stack, services, places: places.filter(({ folder }) => folder !== undefined) };
};

const deployedStacks = async () => new Set((await json("GET", "/services")).map(({ Spec }) => Spec.Labels[stackLabel]));

const containerOf = async ({ Spec: { Name } }) => {
  const [found] = await json(
    "GET",
    `/containers/json?${filters({ label: [`com.docker.swarm.service.name=${Name}`], status: ["running"] })}`,
  );
  if (found === undefined) throw new Error(`no container of ${Name} runs here`);
  return found.Id;
};

/** As a shell of the image runs it, pipes included: a dump that fails in the middle of one has failed. */
const asShell = (command) => ["sh", "-c", `(set -o pipefail) 2>/dev/null && set -o pipefail\n${command}`];

/** Runs the hooks of that name, each in its own service. Throws at the first that fails, with what it said. */
const runHooks = async ({ services }, label, say) => {
  for (const service of services) {
    const command = service.Spec.Labels[label];
    if (command === undefined || command.trim() === "") continue;
    say(`${label} of ${service.Spec.Name}`);
    const { code, said } = await exec(await containerOf(service), asShell(command));
    if (said.trim() !== "") say(said.trimEnd());
    if (code !== 0)
      throw new Error(
        `the ${label} of ${service.Spec.Name} ended with ${code}${said.trim() === "" ? "" : `: ${said.trim().split("\n").at(-1)}`}`,
      );
  }
};

module.exports = { deployedStacks, readApp, runHooks };
