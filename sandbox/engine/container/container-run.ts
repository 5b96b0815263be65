import type { Child } from "../children.js";
import type { ContainerRecord } from "../world/records.js";
import { isOnHost } from "../world/built-in-networks.js";
import { now } from "../world/place.js";
import type { World } from "../world/world.js";
import { tellOfContainer } from "./events.js";
import { signalGroup } from "./group.js";
import { checkOf, isChecked, watchHealth, type Look } from "./health.js";
import type { RealPorts } from "./host-ports.js";
import { supervise } from "./supervised.js";

interface RunOf {
  readonly world: World;
  readonly container: ContainerRecord;
  /** Called each time when it is up: at once without a health check, with one when the check succeeds. */
  readonly onUp: () => void;
  /** Called once, with the exit code of its program. */
  readonly onEnd: (code: number) => void;
}

/**
 * One container, from its creation to the end of its program: its process, its health, and what its record and the events
 * say of them. A container that was removed by force has no record any more, and no events either.
 */
export class ContainerRun {
  readonly id: string;
  readonly #of: RunOf;
  readonly #gone: Promise<void>;
  #settle: () => void = () => undefined;
  #child: Child | null = null;
  #isAskedToEnd = false;
  #hasEnded = false;
  #isUnhealthy = false;

  constructor(of: RunOf) {
    this.#of = of;
    this.id = of.container.id;
    this.#gone = new Promise((resolve) => (this.#settle = resolve));
    this.#tell("create");
  }

  /** 0 before its program was started. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get hasProgram(): boolean {
    return this.#child !== null;
  }

  /** By the container's own ports; none once it was removed by force. */
  get ports(): RealPorts {
    return this.#record?.ports ?? {};
  }

  /** Whether its health check has failed for so long that it was asked to end. */
  get isUnhealthy(): boolean {
    return this.#isUnhealthy;
  }

  start(argv: readonly [string, ...string[]], env: NodeJS.ProcessEnv): void {
    const { world, container, onEnd } = this.#of;
    const { id, taskId, workDir, ports, networks } = container;
    this.#child = supervise({ argv, cwd: workDir, env, logs: world.logs, taskId, onEnd });
    if (!isOnHost(networks)) world.bridge.join(id, ports);
    this.#save({ state: "running", pid: this.#child.pid ?? null, startedAt: now() });
    this.#tell("start");
  }

  /** Reports when it is up, and asks it to end when it is unhealthy. `neverWell`: no check of it succeeds. */
  async watch(env: NodeJS.ProcessEnv, neverWell: boolean): Promise<void> {
    const { container } = this.#of;
    const check = checkOf(container);
    if (check === null) {
      // If an engine does not know the form of a check, it says so in its log and waits for a result for ever.
      if (!neverWell && !isChecked(container.healthConfig)) this.#noteUp();
      return;
    }
    const isIll = await watchHealth(check, {
      cwd: container.workDir,
      env,
      neverWell,
      isOver: () => this.#hasEnded || this.#isAskedToEnd,
      onWell: () => this.#noteUp(),
      onFailed: (look) => this.#keepLook(look),
    });
    if (!isIll) return;
    this.#isUnhealthy = true;
    this.#save({ health: "unhealthy" });
    this.#tell("health_status: unhealthy");
    this.askToEnd(container.stopGraceMs);
  }

  /** Sends its stop signal, then KILL after the grace. Does nothing if it has no process. */
  askToEnd(graceMs: number): void {
    this.#isAskedToEnd = true;
    const pid = this.#child?.pid ?? null;
    if (pid === null || this.#hasEnded) return;
    signalGroup(pid, this.#of.container.stopSignal);
    this.#tell("kill", { signal: "15" });
    const killer = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
    void this.#gone.then(() => clearTimeout(killer));
  }

  /** Records that it has ended, or that it could not start. */
  noteEnd(exitCode: number): void {
    this.#hasEnded = true;
    this.#save({
      state: "exited",
      pid: null,
      exitCode,
      finishedAt: now(),
      ...(this.#isUnhealthy ? { health: "unhealthy" } : {}),
    });
    this.#of.world.bridge.leave(this.id);
    this.#tell("die", { exitCode: String(exitCode) });
    this.#settle();
  }

  #noteUp(): void {
    const isChecked = this.#record?.health === "starting";
    this.#save({ health: isChecked ? "healthy" : "none" });
    if (isChecked) this.#tell("health_status: healthy");
    this.#of.onUp();
  }

  /** Records a failed check only if it differs from the last, because a check often fails in the same way again. */
  #keepLook(look: Look): void {
    const { code, output } = this.#record?.lastFailedLook ?? {};
    if (code !== look.code || output !== look.output) this.#save({ lastFailedLook: look });
  }

  get #record(): ContainerRecord | null {
    return this.#of.world.containers.get(this.id);
  }

  #save(changes: Partial<ContainerRecord>): void {
    const record = this.#record;
    if (record !== null) this.#of.world.containers.put({ ...record, ...changes });
  }

  #tell(action: string, more: Readonly<Record<string, string>> = {}): void {
    const record = this.#record;
    if (record !== null) tellOfContainer(this.#of.world.bulletin, action, record, more);
  }
}
