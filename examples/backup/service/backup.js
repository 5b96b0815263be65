"use strict";
// Does what abra asks of a backup service: backup [--] create | list | snapshots | restore
//
// SERVICE is the app's domain, SNAPSHOT a snapshot's name or `latest`, HOOKS=true has a restore run its hooks. With
// FORGET_GONE=true a new snapshot makes those of apps that are no longer deployed go: on a host that only tests recipes.
const { deployedStacks, readApp, runHooks } = require("./app.js");
const { existing, removeLinks } = require("./own-volumes.js");

const store = process.env.SNAPSHOTS_DIR ? require("./folder-store.js") : require("./restic-store.js");

const say = (line) => console.log(line);

/** What comes after it is done in any case; its own failure counts where there was none before. */
const between = async (app, kind, hooks, work) => {
  if (hooks) await runHooks(app, `backupbot.${kind}.pre-hook`, say);
  let failure;
  try {
    return await work();
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    if (hooks)
      await runHooks(app, `backupbot.${kind}.post-hook`, say).catch((error) => {
        if (failure === undefined) throw error;
        say(error.message);
      });
  }
};

const chosen = (app) => {
  const wanted = process.env.SNAPSHOT || "latest";
  const all = store.snapshots(app.stack);
  const found = wanted === "latest" ? all.at(-1) : all.find(({ id }) => id.startsWith(wanted) || wanted.startsWith(id));
  if (found === undefined) throw new Error(`${app.name} has no snapshot ${wanted}`);
  return found.id;
};

const forgetGone = async () => {
  if (process.env.FORGET_GONE !== "true") return;
  const there = await deployedStacks();
  store.forget((tag) => !there.has(tag));
};

const verbs = {
  create: (app) =>
    between(app, "backup", true, async () => {
      const paths = existing(app.places, say);
      if (paths.length === 0) throw new Error(`there is nothing to back up of ${app.name}`);
      await forgetGone();
      say(`snapshot ${store.save(app.stack, paths)} saved`);
    }),
  list: async (app) => {
    for (const path of store.files(chosen(app))) say(path);
  },
  snapshots: async (app) => {
    for (const { id, time } of store.snapshots(app.stack)) say(`${id}  ${time}`);
  },
  restore: (app) =>
    between(app, "restore", process.env.HOOKS === "true", async () => {
      const id = chosen(app);
      removeLinks(store.paths(id), app.places, say);
      store.restore(id);
      say(`snapshot ${id} restored`);
    }),
};

const main = async () => {
  const verb = process.argv.slice(2).find((word) => word !== "--");
  if (verbs[verb] === undefined) throw new Error(`usage: backup ${Object.keys(verbs).join("|")}, with SERVICE in the environment`);
  await verbs[verb](await readApp(process.env.SERVICE || ""));
};

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
