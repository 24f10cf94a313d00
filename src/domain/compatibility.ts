/** How this server identifies itself to clients. */

/** The version of InfluxDB that this server is compatible with; clients check it. */
export const COMPATIBLE_VERSION = 'v2.9.1';
