import { join } from "node:path";
import { machines } from "../chart/index.js";
import { newToken } from "./admission.js";
import { readPages } from "./page.js";
import { readPictures } from "./pictures.js";
import { RunWatch } from "./run-watch.js";
import { serveRun, type InspectServer } from "./server.js";
import { viewerLimits, type ViewerLimits } from "./viewer.js";

export interface InspectorSettings {
  readonly runDir: string;
  /** Where the exported pictures and the page's sources are. They are read once, at the start. */
  readonly installation: string;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** How long to go on after the run has ended and nobody looks. ms */
  readonly lingerMs: number;
  readonly limits?: ViewerLimits;
  /** The hosted Stately inspector's page. */
  readonly hosted?: string;
}

export interface Inspector {
  readonly address: string;
  /** The same run for the hosted inspector. */
  readonly bridgeAddress: string;
  /** Resolves when it has ended, by itself or by `close`. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
}

const hostedInspector = "https://stately.ai/inspect";

/**
 * Shows one run, live or finished, to whoever has the address. Ends by itself when the run is over and nobody has looked
 * for a while. Throws `port-unusable`, exit code 2.
 */
export const openInspector = async (settings: InspectorSettings): Promise<Inspector> => {
  const { runDir, installation, port = 0, lingerMs, limits = viewerLimits, hosted = hostedInspector } = settings;
  const pages = readPages(join(installation, "dist", "page"), readPictures(join(installation, "statecharts")), hosted);
  let server: InspectServer | null = null;
  let idle: NodeJS.Timeout | null = null;
  const [ended, onEnd] = promised();

  const close = async (): Promise<void> => {
    if (idle !== null) clearTimeout(idle);
    watch.close();
    await server?.close();
    onEnd();
  };
  /** Restarts the idle timer. */
  const restartIdle = (): void => {
    if (idle !== null) clearTimeout(idle);
    idle = watch.isOver && server?.viewers() === 0 ? setTimeout(() => void close(), lingerMs) : null;
  };
  const watch = new RunWatch({
    runDir,
    charts: machines,
    onNews: () => {
      if (server === null) return;
      server.news();
      restartIdle();
    },
  });
  try {
    server = await serveRun({
      watch,
      pages,
      token: newToken(),
      port,
      limits,
      hostedOrigin: new URL(hosted).origin,
      onViewers: restartIdle,
    });
  } catch (error) {
    watch.close();
    throw error;
  }
  restartIdle();
  return { address: server.address, bridgeAddress: server.address.replace("/?t=", "/stately?t="), ended, close };
};

const promised = (): readonly [Promise<void>, () => void] => {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return [promise, () => resolve()];
};
