/** A configuration that cannot be started with; the message names the culprit and where it stands, and never holds a secret. */

/** The caller prints the message after `Error: ` and exits with status 1. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
