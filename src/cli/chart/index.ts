/** The room's door: the charts as they are drawn, exported and counted. Nobody outside imports past it. */
export { exportCharts, placeCharts } from "./export.js";
export { everyState } from "./graph.js";
export { machines } from "./machines.js";
export type { StateModel } from "./model.js";
