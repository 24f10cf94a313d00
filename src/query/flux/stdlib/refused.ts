/** Functions of InfluxDB's library that open connections. Scripts of this server open none; each is refused by its name. */

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'contrib/bonitoo-io/alerta': ['alert', 'endpoint'],
  'contrib/bonitoo-io/servicenow': ['event', 'endpoint'],
  'contrib/bonitoo-io/victorops': ['alert', 'endpoint'],
  'contrib/bonitoo-io/zenoss': ['event', 'endpoint'],
  'contrib/chobbs/discord': ['send', 'endpoint'],
  'contrib/jsternberg/influxdb': ['from', 'select'],
  'contrib/qxip/clickhouse': ['query'],
  'contrib/qxip/logql': ['query_range'],
  'contrib/rhajek/bigpanda': ['sendAlert', 'endpoint'],
  'contrib/sranka/opsgenie': ['sendAlert', 'endpoint'],
  'contrib/sranka/sensu': ['event', 'endpoint'],
  'contrib/sranka/teams': ['message', 'endpoint'],
  'contrib/sranka/telegram': ['message', 'endpoint'],
  'contrib/sranka/webexteams': ['message', 'endpoint'],
  'experimental/bigtable': ['from'],
  'experimental/csv': ['from'],
  'experimental/http': ['get'],
  'experimental/http/requests': ['do', 'get', 'peek', 'post'],
  'experimental/influxdb': ['api'],
  'experimental/iox': ['from', 'sql'],
  'experimental/mqtt': ['publish', 'to'],
  'experimental/prometheus': ['scrape'],
  'experimental/usage': ['from', 'limits'],
  http: ['endpoint', 'post'],
  'http/requests': ['do', 'get', 'peek', 'post'],
  'influxdata/influxdb/sample': ['data'],
  kafka: ['to'],
  pagerduty: ['endpoint', 'sendEvent'],
  pushbullet: ['endpoint', 'pushData', 'pushNote'],
  slack: ['endpoint', 'message'],
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
