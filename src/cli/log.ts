/** Messages on standard error with the time before them, as `influx` writes them. */
import { writeError } from './terminal.js';

export function log(message: string, now = new Date()): void {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${now.getFullYear()}/${two(now.getMonth() + 1)}/${two(now.getDate())}`;
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(':');
  writeError(`${date} ${time} ${message}\n`);
}
