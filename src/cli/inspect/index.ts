/** The room's door: runs listed, shown, and compared with the charts. Nobody outside imports past it. */
export { runCompanion } from "./companion.js";
export { openInspector } from "./inspector.js";
export { listRuns } from "./list-runs.js";
export { verifyRun } from "./verify-run.js";
