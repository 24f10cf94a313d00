/** Package `testing` and packages written in Flux: their options, their errors, and what they cost. */
import { describe, expect, it } from 'vitest';
import { columnOf, environmentWith, failureOf, tablesOf, valueOf } from '../../../../test/support/flux.js';

const IMPORTS = 'import "array"\nimport "testing"\nimport "experimental"\n';
const A = 'array.from(rows: [{a: 1, b: 2.0}, {a: 2, b: 3.0}])';
const B = 'array.from(rows: [{a: 1, b: 2.0000000001}, {a: 3, b: 3.0}])';

describe('testing.diff', () => {
  it('has no rows where tables are equal, floats nearly so', async () => {
    expect(await columnOf(`${IMPORTS} testing.diff(got: ${A}, want: ${A})`, '_diff')).toEqual([]);
  });

  it('shows rows that are missing and added, with those around them', async () => {
    const script = `${IMPORTS} testing.diff(got: ${B}, want: ${A})`;
    expect(await columnOf(script, '_diff')).toEqual([null, '-', '+']);
    expect(await columnOf(script, 'a')).toEqual([1n, 2n, 3n]);
  });

  it('is a result of its own, under a name that tests look for', async () => {
    const tables = await tablesOf(`${IMPORTS} testing.diff(got: ${B}, want: ${A})`, await environmentWith(''));
    expect(tables).toHaveLength(1);
    expect(await failureOf(`${IMPORTS} testing.diff(got: ${B}, want: ${A})\n ${A} |> yield(name: "errorOutput")`)).toMatch(
      /found more than one call to yield\(\) with the name "errorOutput"/,
    );
  });

  it('finds a column of another type', async () => {
    const script = `import "csv"\n${IMPORTS} of = (type) => csv.from(csv: "#datatype,string,long," + type + "\n#group,false,false,false\n#default,_result,,\n,result,table,a\n,,0,1\n")
      experimental.diff(got: of(type: "string"), want: of(type: "long"))`;
    expect(await failureOf(script)).toMatch(/column "a" has different types int != string/);
  });
});

describe('assertions', () => {
  it.each([
    [`${A} |> filter(fn: (r) => r.a > 9) |> testing.assertEmpty()`, undefined],
    [`${A} |> testing.assertEmpty()`, /found 1 tables that were not empty/],
    [`${A} |> testing.assertEquals(name: "x", want: ${A})`, undefined],
    [`${A} |> testing.assertEquals(name: "x", want: ${B})`, /test x: tables not equal/],
    [`${A} |> testing.assertEquals(name: "x", want: ${A} |> group(columns: ["a"]))`, /test x: unequal group key sets/],
    ['testing.shouldError(fn: () => "abc", want: /x/)', /shouldError expected an error/],
  ])('%s', async (statement, expected) => {
    const failure = await failureOf(IMPORTS + statement);
    if (expected === undefined) expect(failure).toBeUndefined();
    else expect(failure).toMatch(expected);
  });

  it('say nothing where an error is the one that was wanted', async () => {
    expect(await columnOf(`${IMPORTS} testing.shouldError(fn: () => die(msg: "so it is"), want: /so it is$/)`, 'v')).toEqual([]);
    expect(await columnOf(`${IMPORTS} testing.shouldError(fn: () => die(msg: "so it is"), want: /other$/)`, 'v')).toHaveLength(1);
  });
});

describe('experimental.catch', () => {
  it('has the value, or the error', async () => {
    expect(await valueOf('experimental.catch(fn: () => 1).value', ['experimental'])).toBe(1n);
    expect(await valueOf('experimental.catch(fn: () => die(msg: "no")).msg', ['experimental'])).toMatch(/no$/);
  });
});

describe('a package written in Flux', () => {
  it('sees the options that the script sets', async () => {
    const script = `${IMPORTS} option testing.load = (tables=<-) => tables |> limit(n: 1)\n ${A} |> testing.load()`;
    expect(await columnOf(script, 'a')).toEqual([1n]);
  });

  it('says where in the script a call of it failed, not where in itself', async () => {
    expect(await failureOf(`import "testing"\ntesting.shouldError(fn: () => 1, want: /x/)`)).toMatch(
      /^error calling function "shouldError" @2:1-2:44: shouldError expected an error$/,
    );
  });
});
