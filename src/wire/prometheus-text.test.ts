/** Prometheus' text format as points. */
import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/support/memory-engine.js';
import type { BucketId } from '../domain/id.js';
import { readPrometheusText } from './prometheus-text.js';

const NOW_NS = 1_700_000_000_000_000_000n;
const BUCKET = '00000000000000b1' as BucketId;

/** Each value as `measurement,tags field=value time`. */
async function valuesOf(text: string): Promise<string[]> {
  const engine = new MemoryEngine();
  for (const batch of readPrometheusText(text, NOW_NS)) await engine.write(BUCKET, batch);
  const found: string[] = [];
  const range = { startNs: 0n, stopNs: NOW_NS * 2n };
  for await (const { measurement, tags, field, times, values } of engine.read({ bucketId: BUCKET, range, predicate: undefined })) {
    times.forEach((time, i) => {
      const value = values.type === 'float' ? values.values[i] : values.type;
      found.push(`${[measurement, ...tags.map(([key, tag]) => `${key}=${tag}`)].join(',')} ${field}=${String(value)} ${time}`);
    });
  }
  return found.sort();
}

describe('Prometheus text', () => {
  it('is counters, gauges and untyped samples, each a field by the type', async () => {
    const text = `# HELP requests Requests.
# TYPE requests counter
requests{code="200",method="get"} 1027 1395066363000
requests{ method = "post" , code="400",} 3
# TYPE temperature gauge
temperature -1.5e1
other_value 12
nothing NaN
beyond +Inf
`;
    expect(await valuesOf(text)).toEqual([
      `other_value value=12 ${NOW_NS}`,
      'requests,code=200,method=get counter=1027 1395066363000000000',
      `requests,code=400,method=post counter=3 ${NOW_NS}`,
      `temperature gauge=-15 ${NOW_NS}`,
    ]);
  });

  it('is summaries and histograms, each one measurement with sum, count, and a field for each quantile or bound', async () => {
    const text = `# TYPE rpc summary
rpc{quantile="0.50",a="b"} 4773
rpc{quantile="0.99",a="b"} NaN
rpc_sum{a="b"} 17560473
rpc_count{a="b"} 2693
# TYPE took histogram
took_bucket{le="0.00005"} 1
took_bucket{le="1.0"} 2
took_bucket{le="+Inf"} 3
took_sum 53423
took_count 3
`;
    expect(await valuesOf(text)).toEqual([
      `rpc,a=b 0.5=4773 ${NOW_NS}`,
      `rpc,a=b count=2693 ${NOW_NS}`,
      `rpc,a=b sum=17560473 ${NOW_NS}`,
      `took +Inf=3 ${NOW_NS}`,
      `took 1=2 ${NOW_NS}`,
      `took 5e-05=1 ${NOW_NS}`,
      `took count=3 ${NOW_NS}`,
      `took sum=53423 ${NOW_NS}`,
    ]);
  });

  it('takes values of labels apart, and leaves out empty ones', async () => {
    expect(await valuesOf('m{a="x, \\"y\\" = {z}",b="\\\\",c=""} 1')).toEqual([`m,a=x, "y" = {z},b=\\  value=1 ${NOW_NS}`]);
  });

  it.each(['m', 'm{a="b" 1', 'm{a=b} 1', '1m 1', 'm 1 2 3', 'm x', '<html>'])('refuses %j and names the line', async (line) => {
    await expect(valuesOf(`ok 1\n${line}`)).rejects.toThrow('reading text format failed: line 2 is not valid');
  });

  it('is read in slices', () => {
    const text = Array.from({ length: 5000 }, (_, i) => `m{i="${i}"} ${i}`).join('\n');
    const counts = [...readPrometheusText(text, NOW_NS)].map(({ rowCount }) => rowCount);
    expect(counts.length).toBeGreaterThan(5);
    expect(counts.reduce((a, b) => a + b)).toBe(5000);
  });
});
