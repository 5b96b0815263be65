import { RunError } from "../../../machines/errors.js";
import { restoreBackup } from "../../abra/backup-verbs.js";
import { settleFirst } from "../backup/settle-first.js";
import { spoilMarkers } from "../markers/spoil-markers.js";
import type { Operation, OperationWiring } from "../operation.js";

/** Removes and overwrites the markers that are in the backup, then has the backup restored. */
export const restore =
  (wiring: OperationWiring): Operation =>
  async (of, signal) => {
    if (of.facts.snapshot === null) {
      throw new RunError("no-backup", `there is no backup of ${of.app.domain} that could be restored`, {
        hint: "The restore tier restores what the backup tier of the same run has made: --stages backup,restore",
      });
    }
    await settleFirst(wiring, of, signal);
    await spoilMarkers(wiring, of, signal);
    await restoreBackup(wiring, of.app, signal);
    return of.facts;
  };
