/** What clients take this server for. */

/** The version of InfluxDB whose behaviour this server has: clients look at it. */
export const COMPATIBLE_VERSION = 'v2.9.1';
