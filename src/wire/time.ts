/** Times in answers: RFC 3339 in UTC. */

export const formatTime = (ms: number): string => new Date(ms).toISOString();

/** Without a fraction. */
export const formatSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
