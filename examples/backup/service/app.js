"use strict";
// What of an app is to be backed up, by the labels of its services.
const { existsSync } = require("node:fs");
const { join, normalize } = require("node:path");
const { json, filters, exec } = require("./engine.js");

const stackLabel = "com.docker.stack.namespace";
const volumePrefix = "backupbot.backup.volumes.";

const isTrue = (value) => value?.trim().toLowerCase() === "true";

const mountsOf = (service) => service.Spec.TaskTemplate.ContainerSpec.Mounts ?? [];

/** Within its volume, whatever the label says. */
const within = (folder, path) => join(folder, normalize(join("/", path.trim())));

/** A volume's paths on this node: all of it, those that its label names, or none. */
const pathsOf = async (stack, volume, labels) => {
  const short = volume.startsWith(`${stack}_`) ? volume.slice(stack.length + 1) : volume;
  if (labels[`${volumePrefix}${short}`]?.trim().toLowerCase() === "false") return [];
  const { Mountpoint } = await json("GET", `/volumes/${encodeURIComponent(volume)}`);
  const paths = labels[`${volumePrefix}${short}.path`];
  return paths === undefined ? [Mountpoint] : paths.split(",").map((path) => within(Mountpoint, path));
};

/** All that the services of an app say of its backup. `name`: its domain, or its stack. */
const readApp = async (name) => {
  const stack = name.replaceAll(".", "_");
  const services = await json("GET", `/services?${filters({ label: [`${stackLabel}=${stack}`] })}`);
  if (services.length === 0) throw new Error(`${name} is not deployed`);
  const labels = Object.assign({}, ...services.map(({ Spec }) => Spec.Labels));
  if (!services.some(({ Spec }) => isTrue(Spec.Labels["backupbot.backup"]))) throw new Error(`no service of ${name} has the label backupbot.backup=true`);
  const volumes = new Set(services.flatMap(mountsOf).flatMap(({ Type, Source = "" }) => (Type === "volume" && Source !== "" ? [Source] : [])));
  const paths = [];
  for (const volume of volumes) paths.push(...(await pathsOf(stack, volume, labels)));
  return { name, stack, services, paths };
};

const deployedStacks = async () => new Set((await json("GET", "/services")).map(({ Spec }) => Spec.Labels[stackLabel]));

const containerOf = async ({ Spec: { Name } }) => {
  const [found] = await json("GET", `/containers/json?${filters({ label: [`com.docker.swarm.service.name=${Name}`], status: ["running"] })}`);
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
    if (code !== 0) throw new Error(`the ${label} of ${service.Spec.Name} ended with ${code}${said.trim() === "" ? "" : `: ${said.trim().split("\n").at(-1)}`}`);
  }
};

/** Those that are there: a label may name what a hook has not written. */
const existing = (paths, say) =>
  paths.filter((path) => {
    if (existsSync(path)) return true;
    say(`${path} is not there and not backed up`);
    return false;
  });

module.exports = { deployedStacks, readApp, runHooks, existing };
