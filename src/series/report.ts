/** Reports of the engine to the operator of the server: events for the log, and lasting problems. */
import type { MissingRows } from './row-counts.js';
import type { LogDamage } from './write-ahead-log.js';

/** An event that the operator of the server should know. */
export interface EngineEvent {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

export class Report {
  /** Problems that stay until a backup is restored. */
  readonly lasting: string[] = [];
  readonly #onEvent: (event: EngineEvent) => void;

  constructor(onEvent: (event: EngineEvent) => void = () => undefined) {
    this.#onEvent = onEvent;
  }

  tell(event: EngineEvent): void {
    this.#onEvent(event);
  }

  tellMissing({ measurement, expected, found }: MissingRows): void {
    const name = measurement === undefined ? 'several measurements' : JSON.stringify(measurement.name);
    this.lasting.push(`the time-series file has lost rows of ${name}: restore a backup`);
    this.tell({
      level: 'error',
      message: 'the time-series file has not the rows that it should have',
      details: { bucketID: measurement?.bucketId, measurement: measurement?.name, expected, found },
    });
  }

  tellDamage(details: LogDamage): void {
    this.lasting.push(`the write-ahead log ${details.file} is damaged: points are lost; restore a backup`);
    this.tell({
      level: 'error',
      message: 'the write-ahead log is damaged: what can be read is taken, and the file is kept with .damaged behind its name',
      details: { ...details },
    });
  }
}
