/**
 * Functions of InfluxDB's library that open connections in another way than by an HTTP request of the script, which is all that goes through
 * the server's gate. Each is refused by its name.
 */

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'contrib/jsternberg/influxdb': ['from', 'select'],
  'contrib/qxip/clickhouse': ['query'],
  'contrib/qxip/logql': ['query_range'],
  'experimental/bigtable': ['from'],
  'experimental/influxdb': ['api'],
  'experimental/iox': ['from', 'sql'],
  'experimental/mqtt': ['publish', 'to'],
  'experimental/prometheus': ['scrape'],
  'experimental/usage': ['from', 'limits'],
  'influxdata/influxdb/sample': ['data'],
  kafka: ['to'],
  socket: ['from'],
  sql: ['from', 'to'],
};

/** The functions that are refused, by the path of their package. */
export const REFUSED: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(NAMES));

/** One sentence that says why a function is not there; undefined for one that is not refused. */
export const refusalOf = (path: string, name: string): string | undefined =>
  REFUSED.get(path)?.includes(name) === true
    ? `function "${path.split('/').at(-1) ?? path}.${name}" of package "${path}" opens a connection, which scripts on this server may not do`
    : undefined;
