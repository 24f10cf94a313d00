import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkNewName, NAME_LENGTH_MAX } from './name.js';

const faultOf = (name: string): string | undefined => {
  try {
    checkNewName('user name', name);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};
const hidden = (code: string): string => `user name contains a character that does not show, U+${code}: leave it out`;

describe('checkNewName', () => {
  it.each([
    'a',
    '  spaced  ',
    'Zähler für Straße 7 – 温度センサー',
    'db/rp',
    "it's <b>&amp;</b>",
    'team 👨‍👩‍👧 ❤️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣',
    'नमस्ते עברית',
    'x'.repeat(256),
    '🌡'.repeat(256),
  ])('takes %j', (name) => {
    expect(faultOf(name)).toBeUndefined();
  });

  it.each([
    ['adm\u0000in', hidden('0000')],
    ['admin\n', hidden('000A')],
    ['admin\u007f', hidden('007F')],
    ['admin\u0085', hidden('0085')],
    ['admin\u200b', hidden('200B')],
    ['adm\u200din', hidden('200D')],
    ['\ufeffadmin', hidden('FEFF')],
    ['admin\u00ad', hidden('00AD')],
    ['\u202enimda', hidden('202E')],
    ['\u2066admin', hidden('2066')],
    ['admin\u3164', hidden('3164')],
    ['admin\ufe0f', hidden('FE0F')],
    ['admin\u034f', hidden('034F')],
    ['admin\u2028', hidden('2028')],
    ['admin\ud800', hidden('D800')],
    ['admin\u{e0061}', hidden('E0061')],
    ['x'.repeat(257), 'user name is too long: it has 257 characters, and may have 256'],
    ['x'.repeat(100_000), 'user name is too long: it has 100000 characters, and may have 256'],
    ['🌡'.repeat(257), 'user name is too long: it has 514 characters, and may have 256'],
  ])('refuses %j', (name, fault) => {
    expect(faultOf(name)).toBe(fault);
  });

  it('takes whatever shows, and refuses whatever has something hidden in it', () => {
    const shown = fc.string({ unit: fc.constantFrom('a', 'b', 'ä', 'ß', ' ', '温', '-', '_', '/', '.', '“', 'é', '🌡'), maxLength: 20 });
    const concealed = fc.constantFrom('\u0007', '\u200c', '\u2060', '\u061c', '\u180e', '\ufff9', '\u{1d173}', '\u115f');
    fc.assert(
      fc.property(shown, concealed, shown, (before, character, after) => {
        expect(faultOf(before + after)).toBeUndefined();
        expect(faultOf(before + character + after)).toContain('does not show');
      }),
    );
    expect(NAME_LENGTH_MAX).toBe(256);
  });
});
