/** Times in answers: RFC 3339 in UTC. */

export const formatTime = (ms: number): string => new Date(ms).toISOString();
