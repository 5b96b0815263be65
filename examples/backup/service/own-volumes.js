"use strict";
// An app may put a link where a folder or a file was. A path through it leads out of the app's volume, into another app's.
const { lstatSync, existsSync, realpathSync, rmSync } = require("node:fs");
const { join } = require("node:path");

const isWithin = (folder, path) => path === folder || path.startsWith(`${folder}/`);

/** The paths that are there, in their volume: a label may name what a hook has not written, or what a link leads away from. */
const existing = (places, say) =>
  places.flatMap(({ folder, paths }) =>
    paths.filter((path) => {
      if (!existsSync(path)) say(`${path} is not there and not backed up`);
      else if (!isWithin(realpathSync(folder), realpathSync(path))) say(`${path} leads out of its volume and is not backed up`);
      else return true;
      return false;
    }),
  );

/**
 * Removes each link in the volumes that stands where a snapshot has something: a restore would write through it. An app
 * that makes one in the meantime is not kept from it: stop its services where you do not trust it.
 */
const removeLinks = (paths, places, say) => {
  const seen = new Set();
  let links = 0;
  for (const path of paths) {
    const { folder } = places.find(({ folder }) => path.startsWith(`${folder}/`)) ?? {};
    if (folder === undefined) continue;
    let at = folder;
    for (const name of path.slice(folder.length + 1).split("/")) {
      at = join(at, name);
      if (seen.has(at)) continue;
      seen.add(at);
      if (!lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
      rmSync(at);
      links += 1;
    }
  }
  if (links > 0) say(`${links} links that were in the way of the snapshot were removed`);
};

module.exports = { existing, removeLinks };
