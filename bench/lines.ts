/**
 * What reading a body of line protocol costs, by what stands in it: milliseconds for a MiB. Run with `npx tsx bench/lines.ts`.
 */
import { DomainError } from '../src/domain/errors.js';
import { LineProtocolReader } from '../src/wire/line-protocol.js';

const MIB = 1024 * 1024;
const BODY_MIB = Number(process.env.MIB ?? 8);

const KINDS: Readonly<Record<string, (i: number) => string>> = {
  'good lines': (i) => `cpu,host=server-${i % 100},region=eu-west usage_user=${i % 1000},usage_system=12.34,procs=3i ${1_704_067_200 + i}`,
  'short good lines': () => 'm v=1',
  'lines that are unusual': () => ' m v=1e3',
  'lines that are wrong': () => 'x',
  'lines with a wrong number': () => 'm v=1..1',
  'a good one, a wrong one': (i) => (i % 2 === 0 ? 'm v=1' : 'x'),
  comments: () => '# nothing',
  'a new field in each line': (i) => `m f${i}=1`,
  'a new measurement in each line': (i) => `m${i} f=1`,
  'a new series in each line': (i) => `m,t=${i} f=1`,
  'long strings': () => `m s="${'y'.repeat(10_000)}"`,
};

function bodyOf(line: (i: number) => string): Buffer {
  const lines: string[] = [];
  for (let i = 0, bytes = 0; bytes < BODY_MIB * MIB; bytes += (lines.at(-1) as string).length + 1) lines.push(line(i++));
  return Buffer.from(lines.join('\n'));
}

for (const [name, line] of Object.entries(KINDS)) {
  const body = bodyOf(line);
  const reader = new LineProtocolReader(body, { precision: 's', defaultTimeNs: 0n });
  const beganAt = performance.now();
  let said = 'accepted';
  try {
    while (!reader.isAtEnd) reader.next();
    reader.throwIfWrong();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    said = error.code;
  }
  const perMib = (performance.now() - beganAt) / (body.length / MIB);
  console.log(`${name.padEnd(34)} ${perMib.toFixed(1).padStart(7)} ms/MiB  ${said}`);
}
