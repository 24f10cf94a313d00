/** How a new token looks. */

/** `influxdb`: as InfluxDB's, 88 characters of base64. `prefixed`: `slc_`, its kind, and a checksum, so that scanners recognize it. */
export const TOKEN_FORMATS = ['influxdb', 'prefixed'] as const;
export type TokenFormat = (typeof TOKEN_FORMATS)[number];
