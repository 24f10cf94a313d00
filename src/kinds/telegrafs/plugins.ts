/** Plugins of Telegraf that a configuration can start from: what they do, and a section to complete. */
import { invalid } from '../../domain/errors.js';

const PLUGIN_TYPES = ['input', 'output', 'processor', 'aggregator', 'bundle'] as const;
type PluginType = (typeof PLUGIN_TYPES)[number];

interface Plugin {
  readonly type: PluginType;
  readonly name: string;
  readonly description: string;
  readonly config: string;
}

/** What each does, and the settings that it has no use without. */
type Described = Readonly<Record<string, readonly [description: string, ...settings: string[]]>>;

const INPUTS: Described = {
  amqp_consumer: ['Reads metrics from an AMQP queue', 'brokers = ["amqp://localhost:5672"]', 'exchange = "telegraf"', 'queue = "telegraf"'],
  apache: ['Status of Apache HTTP servers', 'urls = ["http://localhost/server-status?auto"]'],
  cassandra: ['Figures of Cassandra by Jolokia', 'servers = ["localhost:8778"]', 'metrics = ["/java.lang:type=Memory/HeapMemoryUsage"]'],
  ceph: ['Health and figures of a Ceph cluster'],
  cloudwatch: ['Metrics of Amazon CloudWatch', 'region = "us-east-1"', 'period = "5m"', 'delay = "5m"', 'namespaces = ["AWS/ELB"]'],
  consul: ['Health checks of Consul', 'address = "localhost:8500"'],
  cpu: ['Use of the processors', 'percpu = true', 'totalcpu = true'],
  disk: ['Space on file systems', 'ignore_fs = ["tmpfs", "devtmpfs", "devfs", "overlay", "squashfs"]'],
  diskio: ['Reads and writes of disks'],
  dns_query: ['Time of answers of DNS servers', 'servers = ["127.0.0.1"]', 'domains = ["."]'],
  docker: ['Containers of a Docker engine', 'endpoint = "unix:///var/run/docker.sock"'],
  elasticsearch: ['Nodes and cluster of Elasticsearch', 'servers = ["http://localhost:9200"]'],
  exec: ['Metrics that a command prints', 'commands = ["/usr/local/bin/metrics"]', 'data_format = "influx"'],
  file: ['All of a file in each interval', 'files = ["/tmp/metrics.out"]', 'data_format = "influx"'],
  haproxy: ['Figures of HAProxy', 'servers = ["http://localhost:1936/haproxy?stats"]'],
  http: ['Metrics of HTTP endpoints', 'urls = ["http://localhost/metrics"]', 'data_format = "influx"'],
  http_listener_v2: ['Listens for metrics sent by HTTP', 'service_address = ":8080"', 'data_format = "influx"'],
  http_response: ['Status and time of HTTP responses', 'urls = ["http://localhost"]'],
  influxdb: ['Figures of InfluxDB 1 servers', 'urls = ["http://localhost:8086/debug/vars"]'],
  internal: ["Telegraf's own figures"],
  interrupts: ['Interrupts of the processors'],
  iptables: ['Packets and bytes of iptables rules', 'table = "filter"', 'chains = ["INPUT"]'],
  jolokia2_agent: ['Figures of Java programs by Jolokia', 'urls = ["http://localhost:8080/jolokia"]'],
  kafka_consumer: ['Reads metrics from Kafka topics', 'brokers = ["localhost:9092"]', 'topics = ["telegraf"]', 'data_format = "influx"'],
  kernel: ['Figures of the Linux kernel'],
  kube_inventory: ['Objects of a Kubernetes cluster', 'url = "https://127.0.0.1"'],
  kubernetes: ['Pods and containers of a Kubernetes node', 'url = "http://127.0.0.1:10255"'],
  mem: ['Use of memory'],
  memcached: ['Figures of memcached servers', 'servers = ["localhost:11211"]'],
  mongodb: ['Figures of MongoDB servers', 'servers = ["mongodb://127.0.0.1:27017"]'],
  mqtt_consumer: [
    'Reads metrics from MQTT topics',
    'servers = ["tcp://127.0.0.1:1883"]',
    'topics = ["sensors/#"]',
    'data_format = "influx"',
  ],
  mysql: ['Figures of MySQL servers', 'servers = ["tcp(127.0.0.1:3306)/"]'],
  nats_consumer: [
    'Reads metrics from NATS subjects',
    'servers = ["nats://localhost:4222"]',
    'subjects = ["telegraf"]',
    'data_format = "influx"',
  ],
  net: ['Traffic of network interfaces'],
  net_response: ['Time of TCP and UDP connections', 'protocol = "tcp"', 'address = "localhost:80"'],
  netstat: ['Connections by their state'],
  nginx: ['Status of nginx servers', 'urls = ["http://localhost/server_status"]'],
  nvidia_smi: ['Figures of NVIDIA processors'],
  ping: ['Times of pings', 'urls = ["example.org"]'],
  postgresql: ['Figures of PostgreSQL servers', 'address = "host=localhost user=postgres sslmode=disable"'],
  processes: ['Processes by their state'],
  procstat: ['Use of processor and memory of processes', 'pid_file = "/var/run/nginx.pid"'],
  prometheus: ['Metrics of Prometheus endpoints', 'urls = ["http://localhost:9100/metrics"]'],
  rabbitmq: ['Nodes, queues and exchanges of RabbitMQ', 'url = "http://localhost:15672"'],
  redis: ['Figures of Redis servers', 'servers = ["tcp://localhost:6379"]'],
  sensors: ['Sensors of the hardware'],
  smart: ['Health of disks that support S.M.A.R.T.'],
  snmp: ['Values of devices by SNMP', 'agents = ["udp://127.0.0.1:161"]', 'version = 2', 'community = "public"'],
  socket_listener: ['Listens for metrics on a socket', 'service_address = "tcp://:8094"', 'data_format = "influx"'],
  sqlserver: ['Figures of Microsoft SQL Server', 'servers = ["Server=localhost;Port=1433;app name=telegraf;"]'],
  statsd: ['Listens for StatsD metrics', 'protocol = "udp"', 'service_address = ":8125"'],
  swap: ['Use of swap space'],
  syslog: ['Listens for syslog messages', 'server = "tcp://:6514"'],
  system: ['Load and uptime'],
  systemd_units: ['State of systemd units'],
  tail: ['New lines of files', 'files = ["/var/log/metrics.log"]', 'data_format = "influx"'],
  temp: ['Temperatures of the hardware'],
  x509_cert: ['Expiry of certificates', 'sources = ["https://example.org:443"]'],
  zookeeper: ['Figures of ZooKeeper servers', 'servers = ["localhost:2181"]'],
};

const OUTPUTS: Described = {
  amqp: ['Sends metrics to an AMQP exchange', 'brokers = ["amqp://localhost:5672"]', 'exchange = "telegraf"'],
  cloudwatch: ['Sends metrics to Amazon CloudWatch', 'region = "us-east-1"', 'namespace = "telegraf"'],
  datadog: ['Sends metrics to Datadog', 'apikey = "$DATADOG_KEY"'],
  discard: ['Sends metrics nowhere'],
  elasticsearch: ['Sends metrics to Elasticsearch', 'urls = ["http://localhost:9200"]', 'index_name = "telegraf-%Y.%m.%d"'],
  exec: ['Sends metrics to a command', 'command = ["tee", "-a", "/dev/null"]', 'data_format = "influx"'],
  file: ['Writes metrics to files', 'files = ["stdout", "/tmp/metrics.out"]', 'data_format = "influx"'],
  graphite: ['Sends metrics to Graphite', 'servers = ["localhost:2003"]'],
  http: ['Sends metrics to an HTTP endpoint', 'url = "http://127.0.0.1:8080/telegraf"', 'data_format = "influx"'],
  influxdb: ['Writes to InfluxDB 1', 'urls = ["http://127.0.0.1:8086"]', 'database = "telegraf"'],
  influxdb_v2: [
    'Writes to InfluxDB 2 and Sluice',
    'urls = ["http://127.0.0.1:8086"]',
    'token = "$INFLUX_TOKEN"',
    'organization = ""',
    'bucket = ""',
  ],
  kafka: ['Sends metrics to a Kafka topic', 'brokers = ["localhost:9092"]', 'topic = "telegraf"'],
  mqtt: ['Sends metrics to an MQTT broker', 'servers = ["localhost:1883"]', 'topic_prefix = "telegraf"'],
  nats: ['Sends metrics to a NATS subject', 'servers = ["nats://localhost:4222"]', 'subject = "telegraf"'],
  prometheus_client: ['Lets Prometheus fetch metrics', 'listen = ":9273"'],
  socket_writer: ['Sends metrics to a socket', 'address = "tcp://127.0.0.1:8094"', 'data_format = "influx"'],
};

const PROCESSORS: Described = {
  clone: ['Copies metrics'],
  converter: ['Changes the types of tags and fields'],
  date: ['Adds the date as a tag', 'tag_key = "month"', 'date_format = "Jan"'],
  enum: ['Replaces values by others'],
  override: ['Replaces names and tags'],
  parser: ['Parses fields', 'parse_fields = ["message"]', 'data_format = "influx"'],
  pivot: ['Turns rows of a tag into fields', 'tag_key = "name"', 'value_key = "value"'],
  printer: ['Prints metrics'],
  regex: ['Changes values by regular expressions'],
  rename: ['Renames measurements, tags and fields'],
  strings: ['Changes strings'],
  tag_limit: ['Limits the number of tags', 'limit = 10', 'keep = ["host"]'],
  topk: ['Passes the greatest series on', 'k = 10', 'group_by = ["*"]'],
  unpivot: ['Turns fields into rows of a tag', 'tag_key = "name"', 'value_key = "value"'],
};

const AGGREGATORS: Described = {
  basicstats: ['Mean, deviation, least and greatest value of each interval', 'period = "30s"'],
  final: ['The last metric of a series', 'period = "30s"'],
  histogram: ['Counts of values by ranges', 'period = "30s"'],
  merge: ['Joins metrics of one series and time'],
  minmax: ['Least and greatest value of each interval', 'period = "30s"'],
  valuecounter: ['Counts of each value', 'period = "30s"', 'fields = ["status"]'],
};

/** Inputs that belong together. */
const BUNDLES: Readonly<Record<string, readonly [description: string, ...inputs: string[]]>> = {
  Docker: ['Containers of a Docker engine', 'docker'],
  Kubernetes: ['Pods and containers of a Kubernetes node', 'kubernetes'],
  NGINX: ['Status of nginx servers', 'nginx'],
  Redis: ['Figures of Redis servers', 'redis'],
  System: ['Processors, memory, disks and network of a machine', 'cpu', 'disk', 'diskio', 'mem', 'net', 'processes', 'swap', 'system'],
};

const sectionOf = (kind: string, name: string, settings: readonly string[]): string =>
  [`[[${kind}s.${name}]]`, ...settings.map((setting) => `  ${setting}`), ''].join('\n');

const describe = (type: PluginType, plugins: Described): Plugin[] =>
  Object.entries(plugins).map(([name, [description, ...settings]]) => ({
    type,
    name,
    description,
    config: sectionOf(type, name, settings),
  }));

const PLUGINS: readonly Plugin[] = [
  ...describe('input', INPUTS),
  ...describe('output', OUTPUTS),
  ...describe('processor', PROCESSORS),
  ...describe('aggregator', AGGREGATORS),
  ...Object.entries(BUNDLES).map(([name, [description, ...inputs]]): Plugin => {
    const config = inputs.map((input) => sectionOf('input', input, INPUTS[input]?.slice(1) ?? [])).join('\n');
    return { type: 'bundle', name, description, config };
  }),
];

/** The sections are the same on all systems and since this version. */
const TELEGRAF = { version: '1.13.0', os: 'linux' } as const;

/**
 * @param type empty: all but bundles, as in InfluxDB
 * @throws DomainError `invalid` for another type
 */
export function listPlugins(type: string) {
  if (type !== '' && !(PLUGIN_TYPES as readonly string[]).includes(type)) throw invalid(`unknown plugin type '${type}'`);
  return { ...TELEGRAF, plugins: PLUGINS.filter((plugin) => (type === '' ? plugin.type !== 'bundle' : plugin.type === type)) };
}
