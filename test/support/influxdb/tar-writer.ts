/** Tar archives made for tests, in the plain form and with the extensions for long names. */

export interface TestFile {
  readonly name: string;
  readonly content: Buffer;
}

export const makeTar = (files: readonly TestFile[]): Buffer =>
  Buffer.concat([...files.flatMap(({ name, content }) => entry(name, '0', content)), Buffer.alloc(1024)]);

/** The same file three times: its name in an extended header, in a GNU header, and cut at the header's hundred bytes. */
export const makeLongNames = ({ name, content }: TestFile): Buffer => {
  const line = ` path=${name}\n`;
  let length = line.length + 1;
  while (`${length}${line}`.length !== length) length++;
  return Buffer.concat([
    ...entry('PaxHeaders/x', 'x', Buffer.from(`${length}${line}`)),
    ...entry(name.slice(0, 100), '0', content),
    ...entry('././@LongLink', 'L', Buffer.from(`${name}\0`)),
    ...entry(name.slice(0, 100), '0', content),
    ...entry('folder/', '5', Buffer.alloc(0)),
    ...entry(name.slice(0, 100), '0', content),
    Buffer.alloc(1024),
  ]);
};

function entry(name: string, kind: string, content: Buffer): Buffer[] {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write(kind, 156);
  header.write('ustar\x0000', 257, 'latin1');
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
