import type { Frame } from "../frame.js";
import { addFrame, emptyWorld, type RunView } from "./world.js";

/** A longer wait is cut to this at any speed: a run may queue for half an hour. ms */
const waitMaxMs = 3_000;
const waitMinMs = 60;

/**
 * A place in the run, and ways to move it. `onMove(world)` is called with the world at the new place, at most once per
 * frame that the browser draws.
 */
export class Player {
  readonly frames: Frame[] = [];
  at = 0;
  live = true;
  playing = false;
  speed = 1;
  #world = emptyWorld();
  readonly #onMove: (world: RunView) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawing = false;

  constructor(onMove: (world: RunView) => void) {
    this.#onMove = onMove;
  }

  /** Adds new frames from the run. The place moves along only while it is live. */
  add(frames: readonly Frame[]): void {
    this.frames.push(...frames);
    if (this.live) this.at = this.frames.length;
    this.#draw();
  }

  /** Moves to a place; 0 is before the first frame. Stops playing. At the end of a run that goes on, it follows the run. */
  seek(n: number): void {
    this.pause();
    this.#place(n);
  }

  step(by: number): void {
    this.seek(this.at + by);
  }

  goLive(): void {
    this.pause();
    this.live = true;
    this.at = this.frames.length;
    this.#draw();
  }

  play(): void {
    if (this.at >= this.frames.length) this.#place(0);
    this.playing = true;
    this.live = false;
    this.#plan();
    this.#draw();
  }

  pause(): void {
    this.playing = false;
    clearTimeout(this.#timer);
    this.#draw();
  }

  setSpeed(speed: number): void {
    this.speed = speed;
    if (this.playing) this.#plan();
  }

  #place(n: number): void {
    this.at = Math.max(0, Math.min(this.frames.length, n));
    this.live = false;
    this.#draw();
  }

  /** Plans the next frame after the time that it took in the run, divided by the speed. */
  #plan(): void {
    clearTimeout(this.#timer);
    const [before, next] = [this.frames[this.at - 1], this.frames[this.at]];
    if (next === undefined) return this.pause();
    const tookMs = before === undefined ? 0 : Date.parse(next.at) - Date.parse(before.at);
    const waitMs = Math.max(waitMinMs, Math.min(waitMaxMs, tookMs)) / this.speed;
    this.#timer = setTimeout(() => {
      this.#place(this.at + 1);
      if (this.playing) this.#plan();
    }, waitMs);
  }

  #draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      if (this.#world.n > this.at) this.#world = emptyWorld();
      for (const frame of this.frames.slice(this.#world.n, this.at)) addFrame(this.#world, frame);
      this.#onMove(this.#world);
    });
  }
}
