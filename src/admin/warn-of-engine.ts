/** What the engine of the points has to say while a command has it open: a server would log it. */
import type { EngineEvent } from '../series/storage.js';

export function warnOfEngine({ level, message, details }: EngineEvent): void {
  if (level === 'info') return;
  process.stderr.write(`Warning: ${message}${details === undefined ? '' : ` ${JSON.stringify(details)}`}\n`);
}
