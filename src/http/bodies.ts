/** Time limits for request bodies, and size limits for the rest of refused bodies. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { BodyTimeoutError } from './errors.js';
import type { OpenRequest } from './open-requests.js';
import type { Route } from './route.js';
import { Slots, type Slotted } from './slots.js';

/** How often bodies are looked at. */
const LOOK_INTERVAL_MS = 500;
/** Strangers have this long for a body, whatever the option says. */
const OPEN_BODY_MS = 15_000;
/** A write may take so many times as long as a document. */
const WRITE_FACTOR = 10;
/** A restore may take as long as it needs while it comes at this rate, without a pause. */
const STEADY_BYTES_PER_SECOND = 1024;
/** What is still taken in of a body behind its refusal, so that the client reads the answer and not that the connection is gone. */
const REFUSED_BYTES_MAX = 4 * 1024 * 1024;
const REFUSED_MS = 10_000;
const REFUSED_LOOK_INTERVAL_MS = 25;

interface Allowance {
  readonly totalMs: number;
  /** Undefined: pauses do not matter. */
  readonly pauseMs?: number;
  readonly bytesPerSecondMin?: number;
}

interface Reading extends Slotted {
  readonly request: OpenRequest;
  readonly allowance: Allowance;
  readonly startedAtMs: number;
  readonly bytesBefore: number;
  bytes: number;
  lastAtMs: number;
}

interface Refused {
  readonly raw: IncomingMessage;
  readonly startedAtMs: number;
  readonly bytesBefore: number;
}

export const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

export class Bodies {
  readonly #bodyTimeMaxMs: number;
  readonly #reading = new Slots<Reading>();
  readonly #refused = new Set<Refused>();
  readonly #timer: NodeJS.Timeout;
  /** Runs while there is a refused body. */
  #refusedTimer: NodeJS.Timeout | undefined;

  /** @param bodyTimeMaxMs 0: only strangers are held to a time */
  constructor(bodyTimeMaxMs: number) {
    this.#bodyTimeMaxMs = bodyTimeMaxMs;
    this.#timer = setInterval(() => {
      this.#look(performance.now());
    }, LOOK_INTERVAL_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
    clearInterval(this.#refusedTimer);
  }

  /** Cuts the request when its body does not come in time. */
  watch(request: OpenRequest, route: Route): void {
    const allowance = this.#allowanceOf(route);
    if (allowance === undefined) return;
    const now = performance.now();
    const bytes = request.raw.socket.bytesRead;
    const reading: Reading = { slot: -1, request, allowance, startedAtMs: now, bytesBefore: bytes, bytes, lastAtMs: now };
    request.reading = reading;
    this.#reading.add(reading);
  }

  /** The body has arrived, or is no longer needed. */
  forget(request: OpenRequest): void {
    if (request.reading !== undefined) this.#reading.delete(request.reading as Reading);
    request.reading = undefined;
  }

  /** A request was answered whose body is not there: takes in a little of it, then ends the connection. */
  drain(raw: IncomingMessage): void {
    raw.unpipe();
    raw.resume();
    this.#refused.add({ raw, startedAtMs: performance.now(), bytesBefore: raw.socket.bytesRead });
    // Node throws the rest away without a word: how much it was is seen by the socket alone.
    this.#refusedTimer ??= setInterval(() => {
      this.#lookAtRefused(performance.now());
    }, REFUSED_LOOK_INTERVAL_MS);
    this.#refusedTimer.unref();
  }

  #allowanceOf({ access, pace = 'usual' }: Route): Allowance | undefined {
    const timeMs = this.#bodyTimeMaxMs;
    if (access === 'open') return { totalMs: timeMs === 0 ? OPEN_BODY_MS : Math.min(OPEN_BODY_MS, timeMs) };
    if (timeMs === 0) return undefined;
    switch (pace) {
      case 'usual':
        return { totalMs: timeMs };
      case 'write':
        return { totalMs: timeMs * WRITE_FACTOR, pauseMs: timeMs };
      case 'steady':
        return { totalMs: Number.POSITIVE_INFINITY, pauseMs: timeMs, bytesPerSecondMin: STEADY_BYTES_PER_SECOND };
    }
  }

  #look(now: number): void {
    this.#reading.forEach((reading) => {
      const { request } = reading;
      const { raw } = request;
      // A handler that takes the body as a stream, and keeps it waiting, is not its sender's fault.
      if (raw.isPaused()) reading.lastAtMs = now;
      if (raw.complete || raw.destroyed) this.forget(request);
      else if (isLate(reading, raw.socket.bytesRead, now)) {
        this.forget(request);
        request.cut(new BodyTimeoutError());
      }
    });
  }

  #lookAtRefused(now: number): void {
    for (const refused of this.#refused) {
      const { raw, startedAtMs, bytesBefore } = refused;
      const isDone = raw.complete || raw.destroyed;
      const isOver = now - startedAtMs > REFUSED_MS || raw.socket.bytesRead - bytesBefore > REFUSED_BYTES_MAX;
      if (!isDone && !isOver) continue;
      this.#refused.delete(refused);
      if (!isDone) raw.socket.destroy();
    }
    if (this.#refused.size > 0) return;
    clearInterval(this.#refusedTimer);
    this.#refusedTimer = undefined;
  }
}

function isLate(reading: Reading, bytes: number, now: number): boolean {
  const { allowance, startedAtMs, bytesBefore } = reading;
  if (bytes > reading.bytes) {
    reading.bytes = bytes;
    reading.lastAtMs = now;
  }
  const { totalMs, pauseMs, bytesPerSecondMin } = allowance;
  const elapsedMs = now - startedAtMs;
  if (elapsedMs > totalMs) return true;
  if (pauseMs === undefined) return false;
  if (now - reading.lastAtMs > pauseMs) return true;
  return bytesPerSecondMin !== undefined && elapsedMs > pauseMs && ((bytes - bytesBefore) / elapsedMs) * 1000 < bytesPerSecondMin;
}
