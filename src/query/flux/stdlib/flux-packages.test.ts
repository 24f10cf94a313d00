/** Packages written in Flux, and those that are refused: what scripts of InfluxDB expect of them. */
import { describe, expect, it } from 'vitest';
import { columnOf, csvOf, environmentWith, failureOf, tablesOf, valueOf } from '../../../../test/support/flux.js';
import type { FluxEnvironment, ReadableBucket } from '../environment.js';
import { DATA } from '../../../../test/support/flux.js';
import { fluxParser } from '../syntax/parser.js';
import { loadPackages, namesOf } from './flux-package.js';
import { PACKAGES } from './index.js';
import { FluxPackage } from './native.js';
import { REFUSED } from './refused.js';

const WRITTEN_IN_FLUX = [...PACKAGES].filter(([, found]) => found instanceof FluxPackage).map(([path]) => path);

describe('a package written in Flux', () => {
  it.each(WRITTEN_IN_FLUX)('%s is parsed, and has every name that it promises', async (path) => {
    const source = (PACKAGES.get(path) as FluxPackage).source;
    const tree = JSON.stringify(await fluxParser.parseFully(source));
    expect(tree).not.toContain('"BadStatement"');
    expect(tree).not.toMatch(/"errors":\[\{/);
    const names = await namesOf(path);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(0);
  });

  it('is loaded with what it imports, and no other is', async () => {
    const script = await fluxParser.parse('import "contrib/bonitoo-io/tickscript"');
    const loaded = await loadPackages([script]);
    expect([...loaded.keys()].sort()).toEqual([
      'contrib/bonitoo-io/tickscript',
      'influxdata/influxdb/monitor',
      'influxdata/influxdb/schema',
      'influxdata/influxdb/v1',
    ]);
    expect((await loadPackages([await fluxParser.parse('import "strings"')])).size).toBe(0);
  });
});

describe('a package that opens connections', () => {
  it.each([...REFUSED].map(([path, names]) => [path, names[0] ?? ''] as const))(
    '%s is there and refuses %s by name',
    async (path, name) => {
      const failure = await failureOf(`import p "${path}"\nx = p.${name}`);
      expect(failure).toBe(
        `function "${path.split('/').at(-1) ?? ''}.${name}" of package "${path}" opens a connection, which scripts on this server may not do`,
      );
    },
  );
});

describe('monitor', () => {
  const monitoring: ReadableBucket = { ...DATA, name: '_monitoring' };
  const environment = (lines: string) => {
    const find: FluxEnvironment['findBucket'] = (reference) =>
      Promise.resolve('name' in reference && (reference.name === 'data' || reference.name === '_monitoring') ? monitoring : undefined);
    return environmentWith(lines, { findBucket: find, findWritableBucket: find });
  };
  // As InfluxDB generates it for a threshold check.
  const CHECK = `import "influxdata/influxdb/monitor"
import "influxdata/influxdb/v1"
data = from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage") |> aggregateWindow(every: 1m, fn: mean, createEmpty: false)
option task = {name: "cpu", every: 1m, offset: 0s}
check = {_check_id: "000000000000000a", _check_name: "cpu", _type: "threshold", tags: {team: "ops"}}
crit = (r) => r["usage"] > 90.0
warn = (r) => r["usage"] > 80.0
messageFn = (r) => "Check: " + r._check_name + " is: " + r._level
data |> v1["fieldsAsCols"]() |> monitor["check"](data: check, messageFn: messageFn, crit: crit, warn: warn)`;

  it('records the status of a check, with level, message and where it comes from', async () => {
    const set = await environment('cpu,host=a usage=95 60000000000\ncpu,host=b usage=85 60000000000\ncpu,host=c usage=5 60000000000');
    const [level, message] = [await columnOf(CHECK, '_level', set), await columnOf(CHECK, '_message', set)];
    expect(level).toEqual(['crit', 'ok', 'warn']);
    expect(message).toEqual(['Check: cpu is: crit', 'Check: cpu is: ok', 'Check: cpu is: warn']);
    const found = 'import "influxdata/influxdb/monitor" monitor.from(start: 0, stop: 2100-01-01T00:00:00Z)';
    expect((await columnOf(found, '_check_name', set)).sort()).toEqual(['cpu', 'cpu', 'cpu']);
    expect((await columnOf(found, 'team', set)).sort()).toEqual(['ops', 'ops', 'ops']);
  });

  it('finds the changes of levels, and those from one to another', async () => {
    const rows = ['ok', 'crit', 'crit', 'ok', 'warn', 'crit']
      .map(
        (level, i) =>
          `{_time: ${new Date(1000 * (i + 1)).toISOString()}, _level: "${level}", _source_timestamp: ${1000 * (i + 1)}, id: "x"}`,
      )
      .join(', ');
    const source = `import "array" import "influxdata/influxdb/monitor" array.from(rows: [${rows}]) |> group(columns: ["id", "_level"])`;
    expect((await columnOf(`${source} |> monitor.stateChanges()`, '_source_timestamp')).sort()).toEqual([2000n, 4000n, 5000n, 6000n]);
    expect(await columnOf(`${source} |> monitor.stateChanges(toLevel: "crit")`, '_source_timestamp')).toEqual([2000n, 6000n]);
    expect(await columnOf(`${source} |> monitor.stateChanges(fromLevel: "warn", toLevel: "crit")`, '_source_timestamp')).toEqual([6000n]);
  });

  it('says who is dead', async () => {
    const set = await environment('cpu,host=a usage=1 60000000000\ncpu,host=b usage=1 120000000000');
    const script =
      'import "influxdata/influxdb/monitor" from(bucket: "data") |> range(start: 0) |> monitor.deadman(t: 1970-01-01T00:01:30Z)';
    expect(await columnOf(script, 'dead', set)).toEqual([true, false]);
  });

  it('writes where an option says, also what the script itself has set', async () => {
    const script = CHECK.replace('option task', 'option monitor.write = (tables=<-) => tables |> limit(n: 0)\noption task');
    const set = await environment('cpu,host=a usage=95 60000000000');
    await csvOf(script, set);
    expect(await tablesOf('from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "statuses")', set)).toEqual([]);
  });
});

describe('boundaries', () => {
  // A Wednesday.
  const at = (call: string, now = '2022-05-11T10:00:00Z') =>
    `import "array" import "timezone" import "experimental/date/boundaries"\noption now = () => ${now}\nx = boundaries.${call}\narray.from(rows: [{start: string(v: x.start), stop: string(v: x.stop)}])`;
  it.each([
    ['yesterday()', '2022-05-10T00:00:00.000000000Z', '2022-05-11T00:00:00.000000000Z'],
    ['monday()', '2022-05-09T00:00:00.000000000Z', '2022-05-10T00:00:00.000000000Z'],
    ['wednesday()', '2022-05-04T00:00:00.000000000Z', '2022-05-05T00:00:00.000000000Z'],
    ['sunday()', '2022-05-08T00:00:00.000000000Z', '2022-05-09T00:00:00.000000000Z'],
    ['month()', '2022-05-01T00:00:00.000000000Z', '2022-06-01T00:00:00.000000000Z'],
    ['month(month_offset: -3)', '2022-02-01T00:00:00.000000000Z', '2022-03-01T00:00:00.000000000Z'],
    ['week()', '2022-05-09T00:00:00.000000000Z', '2022-05-16T00:00:00.000000000Z'],
    ['week(start_sunday: true)', '2022-05-08T00:00:00.000000000Z', '2022-05-15T00:00:00.000000000Z'],
    ['week(week_offset: -1)', '2022-05-02T00:00:00.000000000Z', '2022-05-09T00:00:00.000000000Z'],
  ])('%s is from %s to %s', async (call, start, stop) => {
    expect([(await columnOf(at(call), 'start'))[0], (await columnOf(at(call), 'stop'))[0]]).toEqual([start, stop]);
  });

  it('has moved, as InfluxDB says at the old place', async () => {
    expect(await failureOf('import "date/boundaries" x = boundaries.month()')).toMatch(
      /has been moved to 'experimental\/date\/boundaries'$/,
    );
  });
});

describe('packages without connections', () => {
  it.each([
    ['pagerduty.severityFromLevel(level: "CRIT")', 'pagerduty', 'critical'],
    ['pagerduty.actionFromLevel(level: "ok")', 'pagerduty', 'resolve'],
    ['slack.validateColorString(color: "#ff0000")', 'slack', '#ff0000'],
    ['http.pathEscape(inputString: "a/b c?ü$&+=:@")', 'http', 'a%2Fb%20c%3F%C3%BC$&+=:@'],
    ['http.basicAuth(u: "u", p: "p")', 'http', 'Basic dTpw'],
    [
      'opsgenie.respondersToJSON(v: ["user:a", "team:b"])',
      'contrib/sranka/opsgenie',
      '[{"type":"user","username":"a"},{"type":"team","name":"b"}]',
    ],
    ['sensu.toSensuName(v: "a b/c")', 'contrib/sranka/sensu', 'a_b_c'],
    ['iox.sqlInterval(d: 1h30m)', 'experimental/iox', '1 hours 30 minutes'],
    ['record.get(r: {a: 1}, key: "b", default: 2)', 'experimental/record', 2n],
    ['promql.promqlDaysInMonth(timestamp: 951782400.0)', 'internal/promql', 29],
  ])('%s', async (expression, path, expected) => {
    expect(await valueOf(expression, [path])).toBe(expected);
  });

  it.each([
    ['slack.validateColorString(color: "red")', 'slack', /could not parse color string/],
    ['opsgenie.respondersToJSON(v: ["x"])', 'contrib/sranka/opsgenie', /unsupported responder "x"/],
  ])('%s is refused', async (expression, path, expected) => {
    await expect(valueOf(expression, [path])).rejects.toThrow(expected);
  });
});
