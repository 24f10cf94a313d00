/** The gate for connections that the server opens, with a log line for what it refuses. */
import type { Logger } from 'pino';
import { BoundedMap } from '../bounded/bounded-map.js';
import type { Config } from '../config/config.js';
import type { Clock } from '../domain/id.js';
import type { Outgoing } from '../domain/outgoing.js';
import { Gate } from '../outgoing/gate.js';

/** Of the same place; users can cause any number of refusals. */
const LINE_INTERVAL_MS = 10 * 60_000;
const PLACES_REMEMBERED_MAX = 100;
/** Lines in an interval, of all places. */
const LINES_MAX = 20;

export function openGate({ outgoingAllow, values }: Config, clock: Clock, logger: Logger): Outgoing {
  const toldAtMs = new BoundedMap<string, number>(PLACES_REMEMBERED_MAX);
  let window = { sinceMs: clock(), lines: 0 };
  if (outgoingAllow.length > 0) logger.info({ places: values['outgoing-allow'] }, 'outgoing connections are allowed to these places');
  return new Gate({
    places: outgoingAllow,
    onRefused({ place, addresses }) {
      const nowMs = clock();
      if (nowMs - (toldAtMs.get(place) ?? -Infinity) < LINE_INTERVAL_MS) return;
      if (nowMs - window.sinceMs >= LINE_INTERVAL_MS) window = { sinceMs: nowMs, lines: 0 };
      if (++window.lines > LINES_MAX) return;
      toldAtMs.setLast(place, nowMs);
      logger.warn({ place, addresses }, 'an outgoing connection was refused; --outgoing-allow can name the place');
    },
  });
}
