/** `--rate-limit`: how many bytes go a second, as `5 MB / 5 min` or `17kBs`. */

const FORM = /^(\d*\.?\d*)(B|kB|MB)\/?(\d*)?(s|sec|m|min)$/;
const BYTES_BY_UNIT: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1_048_576 };
const SECONDS_BY_UNIT: Readonly<Record<string, number>> = { s: 1, sec: 1, m: 60, min: 60 };

/** @returns bytes a second. @throws Error in `influx`'s words */
export function parseRateLimit(text: string): number {
  const limit = text.replaceAll(' ', '');
  const [, count, unit, times, time] = FORM.exec(limit) ?? [];
  if (count === undefined || unit === undefined || time === undefined) {
    throw new Error(
      `invalid rate limit ${JSON.stringify(limit)}: it does not match format COUNT(B|kB|MB)/TIME(s|sec|m|min) with / and TIME being optional, rexpexp: ${FORM.source.replaceAll('\\/', '/')}`,
    );
  }
  const bytes = Number(count) * (BYTES_BY_UNIT[unit] ?? 1);
  const seconds = (times === undefined || times === '' ? 1 : Number(times)) * (SECONDS_BY_UNIT[time] ?? 1);
  if (count === '' || count === '.' || bytes === 0)
    throw new Error(`invalid rate limit ${JSON.stringify(limit)}: it must be more than nothing`);
  if (seconds === 0) throw new Error(`invalid rate limit ${JSON.stringify(limit)}: positive time expected but ${times ?? ''} supplied`);
  return bytes / seconds;
}

/** Pieces go on one by one, so that long ones do not come in bursts. */
const PIECES_PER_SECOND = 10;

/** Hands pieces on no faster than so many bytes a second. */
export async function* throttle(
  pieces: AsyncIterable<Buffer>,
  bytesPerSecond: number,
  sleep: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): AsyncGenerator<Buffer> {
  const pieceBytesMax = Math.max(1, Math.floor(bytesPerSecond / PIECES_PER_SECOND));
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += pieceBytesMax) {
      const part = piece.subarray(at, at + pieceBytesMax);
      await sleep((part.length / bytesPerSecond) * 1000);
      yield part;
    }
  }
}
