/** What InfluxDB 2.9.1 makes of these predicates, word for word, was asked of its own parsers. */
import { describe, expect, it } from 'vitest';
import type { Predicate } from '../../domain/series.js';
import { parseDeletePredicate } from './delete-predicate.js';

/** Rules as `key=value` and `key!=value`. */
function rulesOf(predicate: Predicate | undefined): string[] {
  if (predicate?.op === 'and') return predicate.operands.flatMap(rulesOf);
  if (predicate?.op !== 'compare') throw new Error(`no rule: ${JSON.stringify(predicate)}`);
  const { subject, comparison, literal } = predicate;
  return [`${subject.kind === 'tag' ? subject.key : `<${subject.kind}>`}${comparison === '==' ? '=' : comparison}${String(literal)}`];
}

describe('a delete predicate', () => {
  it('is everything where it is empty', () => {
    expect(parseDeletePredicate('')).toBeUndefined();
  });

  it.each<[text: string, ...rules: string[]]>([
    ['host=a', 'host=a'],
    ['host="a"', 'host=a'],
    ['\t host \n = \t "a b" ', 'host=a b'],
    ['"a tag"!="x"', 'a tag!=x'],
    ['host<>a', 'host!=a'],
    ['"key"=x', 'key=x'],
    ['_measurement=cpu', '<measurement>=cpu'],
    ['"_measurement" != "cpu"', '<measurement>!=cpu'],
    ['host=""', 'host='],
    ['host!=""', 'host!='],
    ['time=5', 'time=5'],
    ['Host=a', 'Host=a'],
    ['"é"="ü"', 'é=ü'],
    ['a=true', 'a=true'],
    ['a=FALSE', 'a=false'],
    ['a=17', 'a=17'],
    ['a=-17', 'a=-17'],
    ['a=- 17', 'a=-17'],
    ['a=1.5', 'a=1.5'],
    ['a=.5', 'a=.5'],
    ['a=3d', 'a=3d'],
    ['a=-1h30m', 'a=-1h30m'],
    ['a=-word', 'a=-word'],
    ['a=-"q"', 'a=-q'],
    ['"a\\"b"="\\\\ \\n \'"', 'a"b=\\ \n \''],
    ['a=18446744073709551615', 'a=18446744073709551615'],
    ['a=1 and b=2', 'a=1', 'b=2'],
    ['a=1 AND b!=2 And c=3', 'a=1', 'b!=2', 'c=3'],
    ['a="1"and(b=2)', 'a=1', 'b=2'],
    ['(a=1)', 'a=1'],
    ['((a=1) and (b=2) and (c=3)) and d=4', 'a=1', 'b=2', 'c=3', 'd=4'],
    ['(a=1 and b=2) and (c=3 and (d=4 and e=5 and f=6))', 'a=1', 'b=2', 'c=3', 'd=4', 'e=5', 'f=6'],
    ['a=1 and a=2', 'a=1', 'a=2'],
  ])('%j is taken', (text, ...rules) => {
    expect(rulesOf(parseDeletePredicate(text))).toEqual(rules);
  });

  const rule = 'error decoding json body: ';
  const expression = 'invalid request; error parsing predicate: ';
  const operand = 'expected identifier, string, number, bool at line';
  it.each([
    [' ', `${expression}found EOF, ${operand} 1, char 3`],
    ['\t\n ', `${expression}found EOF, ${operand} 2, char 3`],
    ['\u00a0', `${rule}bad logical expression, at position 0`],
    ['a=-5i', `${expression}invalid duration`],
    ['a=0x12', `${expression}invalid duration`],
    ['a=5µs', `${expression}invalid duration`],
    ['a=-true', `${expression}found TRUE, expected identifier, number, duration, ( at line 1, char 4`],
    ['a=99999999999999999999', `${expression}unable to parse integer at line 1, char 3`],
    ['a= - -5', `${expression}found -, expected identifier, number, duration, ( at line 1, char 6`],
    ['é="ü"', `${rule}bad logical expression, at position 0`],
    ['a=é', `${rule}bad tag value: "é", at position 2`],
    ["a='x'", `${rule}bad tag value: "x", at position 1`],
    ["'a'=x", `${rule}bad logical expression, at position 0`],
    ['a="x', `${rule}bad tag value: "x", at position 1`],
    ['"a\\x"=b', `${rule}bad logical expression, at position 3`],
    ['a.b=c', `${rule}invalid operator "." at position: 1`],
    ['a=b.c', `${rule}bad logical expression, at position 3`],
    ['a=b-c', `${rule}bad logical expression, at position 3`],
    ['a::tag=b', `${rule}invalid operator "::" at position: 1`],
    ['key=x', `${rule}bad logical expression, at position 0`],
    ['name=x', `${expression}found NAME, ${operand} 1, char 1`],
    ['5=a', `${rule}bad tag key, at position 0`],
    ['a', `${rule}invalid operator "EOF" at position: 2`],
    ['a=', `${rule}bad tag value: "", at position 2`],
    ['a==b', `${rule}bad tag value: "", at position 2`],
    ['a>5', `${rule}invalid operator ">" at position: 1`],
    ['a=(b)', `${rule}bad tag value: "", at position 2`],
    ['a=$x', `${rule}bad tag value: "$x", at position 2`],
    ['a=~/x/', `${rule}operator: "=~" at position: 1 is not supported yet`],
    ['a !~ /x/', `${rule}operator: "!~" at position: 2 is not supported yet`],
    ['a=b or c=d', `${rule}the logical operator OR is not supported yet at position 4`],
    ['a=b\nand c=d OR e=f', `${rule}the logical operator OR is not supported yet at position 8`],
    ['a=b -- c', `${rule}bad logical expression, at position 4`],
    ['a=b /* c */', `${rule}bad logical expression, at position 4`],
    ['a=b; c=d', `${rule}bad logical expression, at position 3`],
    ['a=b and', `${expression}found EOF, ${operand} 1, char 9`],
    ['and a=b', `${expression}found AND, ${operand} 1, char 1`],
    ['a=b and and c=d', `${expression}found AND, ${operand} 1, char 9`],
    ['a=b and c=d and', `${rule}bad tag key, at position 16`],
    ['a=b and c=d and 5', `${rule}bad tag key, at position 16`],
    ['()', `${expression}found ), ${operand} 1, char 2`],
    ['a=b and ()', `${expression}found ), ${operand} 1, char 10`],
    ['(a=b', `${rule}extra ( seen`],
    ['(a=b and c=d and (e=f)', `${rule}extra ( seen`],
    ['a=b)', `${rule}extra ) seen`],
    ['(a=b)) and c=d', `${rule}extra ) seen`],
    ['a=1and b=2', `${rule}the logical operator '\\x00' is invalid`],
    ['a=b c=d', `${rule}the logical operator '\\x00' is invalid`],
  ])('%j is refused', (text, message) => {
    expect(() => parseDeletePredicate(text)).toThrow(expect.objectContaining({ code: 'invalid', message }));
  });

  it.each(['a=b c=d and e=f', 'a=b and c=d e=f', 'a=b and (c=d) e=f', 'a=b (c=d)', 'a=b\0 and c=d', '\0'])(
    '%j is refused, of which InfluxDB forgets a part',
    (text) => {
      expect(() => parseDeletePredicate(text)).toThrow(expect.objectContaining({ code: 'invalid' }));
    },
  );

  it.each(['_field=x', '"_field"="x"', 'a=b and (_field=x)', '_field!=x'])('%j is not implemented', (text) => {
    expect(() => parseDeletePredicate(text)).toThrow(
      expect.objectContaining({ code: 'not implemented', message: 'delete by field is not supported' }),
    );
  });

  it('nests 100 deep, and has 1,000 rules', () => {
    const nested = (depth: number) => parseDeletePredicate(`${'('.repeat(depth)}a=b${')'.repeat(depth)}`);
    expect(rulesOf(nested(100))).toEqual(['a=b']);
    expect(() => nested(101)).toThrow('nested more than 100 levels');
    expect(() => nested(100_000)).toThrow('nested more than 100 levels');
    const rules = (count: number) => parseDeletePredicate(Array.from({ length: count }, (_, i) => `t${i}=x`).join(' and '));
    expect(rulesOf(rules(1_000))).toHaveLength(1_000);
    expect(() => rules(1_001)).toThrow('more than 1000 rules');
  });
});
