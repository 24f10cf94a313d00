/** Lines as they would be written. */
import { writeOut } from '../terminal.js';

/** Without blank lines. */
export async function printLines(lines: AsyncIterable<Buffer>): Promise<void> {
  let isAtStart = true;
  for await (const piece of lines) {
    // Latin-1 gives every byte back as it was.
    const joined = piece.toString('latin1').replace(/\n{2,}/g, '\n');
    const text: string = isAtStart ? joined.replace(/^\n/, '') : joined;
    if (text === '') continue;
    writeOut(Buffer.from(text, 'latin1'));
    isAtStart = text.endsWith('\n');
  }
}
