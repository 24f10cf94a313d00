/** The home folder of the user that this process runs as. */
import { homedir } from 'node:os';

/** @returns undefined where there is none: containers run as users that the system does not know */
export function findHomeDir(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined;
  }
}
