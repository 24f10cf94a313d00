import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNewAuthorization } from './authorizations.js';
import { decodeJsonObject, findMember, parseFirstValue } from './json.js';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const decode = (value: unknown) => decodeJsonObject(bytes(JSON.stringify(value)));

/** The same name with each letter in one case or the other. */
const anyCase = (name: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((ups) => name.replace(/./g, (letter, at: number) => (ups[at] === true ? letter.toUpperCase() : letter.toLowerCase())));

describe('names of members', () => {
  it('match in any case', () => {
    fc.assert(
      fc.property(anyCase('retentionPeriodSeconds'), fc.string(), (name, value) => {
        expect(decode({ other: 1, [name]: value }).string('retentionPeriodSeconds')).toBe(value);
      }),
    );
  });

  it('match exactly where both stand, whichever comes first', () => {
    fc.assert(
      fc.property(anyCase('status'), fc.boolean(), (name, isFirst) => {
        fc.pre(name !== 'status');
        const members: [string, string][] = [
          ['status', 'exact'],
          [name, 'other'],
        ];
        expect(decode(Object.fromEntries(isFirst ? members : members.reverse())).string('status')).toBe('exact');
      }),
    );
  });

  it('count the last time where none is exact, and where one stands twice', () => {
    expect(decode({ Status: 'one', STATUS: 'two' }).string('status')).toBe('two');
    expect(decodeJsonObject(bytes('{"status":"one","status":"two"}')).string('status')).toBe('two');
  });

  it('match as they do in Go, where two signs beyond ASCII are letters', () => {
    expect(findMember({ '\u017ftatus': 1 }, 'status')).toBe(1);
    expect(findMember({ toKen: 1 }, 'token')).toBe(1);
    expect(findMember({ paßword: 1 }, 'password')).toBeUndefined();
    expect(findMember({ statu: 1, statuss: 2 }, 'status')).toBeUndefined();
  });

  it('are not those of every object', () => {
    expect(findMember({}, 'constructor')).toBeUndefined();
    expect(findMember(JSON.parse('{"__PROTO__": 1}') as Record<string, unknown>, '__proto__')).toBe(1);
  });

  it.each([null, undefined])('mean nothing with %s', (value) => {
    const json = decode({ Name: value, List: value, Id: value, Flag: value, Part: value });
    expect([json.string('name'), json.strings('list'), json.id('id'), json.boolean('flag'), json.object('part')]).toEqual(
      Array(5).fill(undefined),
    );
  });

  it('of a map stay as they are', () => {
    expect(decode({ Key: 'a', KEY: 'b', key: 'c' }).entriesOfStrings()).toEqual([
      ['Key', 'a'],
      ['KEY', 'b'],
      ['key', 'c'],
    ]);
  });
});

describe('text behind an object', () => {
  it('is not read', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (object, behind) => {
        const text = ` ${JSON.stringify(object)}`;
        expect(parseFirstValue(text + behind)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each(['', '{', '{"a":"}', '{"a":1', 'x{}', '[]x', '"a', '{"a":}x', '{]}', '\ufeff{}'])('saves no %j', (text) => {
    expect(() => decodeJsonObject(bytes(text))).toThrow(/invalid json structure/);
  });

  it('takes time in proportion', () => {
    const length = 1024 * 1024;
    const startedAtMs = performance.now();
    for (const text of [`{"${'\\"'.repeat(length / 2)}`, '{'.repeat(length), `{${'"'.repeat(length)}`, `{}${'{"'.repeat(length / 2)}`])
      parseFirstValue(text);
    expect(performance.now() - startedAtMs).toBeLessThan(5000);
  });
});

describe('a permission', () => {
  const ORG = '00000000000000a1';
  const ID = '00000000000000b1';
  const body = (permission: unknown): Uint8Array => bytes(JSON.stringify({ orgID: ORG, permissions: [permission] }));
  const permissionOf = (permission: unknown) => decodeNewAuthorization(body(permission)).permissions[0];

  it('means the same in whatever case its members are written', () => {
    const names = fc.tuple(anyCase('action'), anyCase('resource'), anyCase('type'), anyCase('id'), anyCase('orgID'));
    fc.assert(
      fc.property(names, ([action, resource, type, id, orgID]) => {
        const permission = { [action]: 'read', [resource]: { [type]: 'buckets', [id]: ID, [orgID]: ORG } };
        expect(permissionOf(permission)).toEqual({ action: 'read', resource: { type: 'buckets', id: ID, orgID: ORG } });
      }),
    );
  });

  it('has no member that nobody knows, in whatever case', () => {
    const known = ['action', 'resource', 'type', 'id', 'orgid', 'name', 'org'];
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.boolean(), fc.jsonValue(), (name, isInResource, value) => {
        fc.pre(!known.includes(name.toLowerCase()) && name !== '__proto__' && !/[\u017f\u212a]/.test(name));
        const resource = { type: 'buckets', orgID: ORG, ...(isInResource ? { [name]: value } : {}) };
        const permission = { action: 'read', resource, ...(isInResource ? {} : { [name]: value }) };
        expect(() => permissionOf(permission)).toThrow(isInResource ? /permissions\[0\]\.resource\..* is unknown/s : /is unknown/);
      }),
    );
  });

  it.each([
    ['a member of the other', { action: 'read', type: 'buckets', resource: { type: 'buckets' } }],
    ['one of the authorization', { action: 'read', orgID: ORG, resource: { type: 'buckets' } }],
    ['a null', { action: 'read', resource: { type: 'buckets', bucketID: null } }],
    ['the name of every object', JSON.parse('{"action":"read","resource":{"type":"buckets","__proto__":{"id":"x"}}}')],
  ])('does not take %s', (_, permission) => {
    expect(() => permissionOf(permission)).toThrow(/is unknown/);
  });

  it('may be sent back as it was answered', () => {
    const answered = { action: 'read', resource: { type: 'buckets', id: ID, orgID: ORG, name: 'data', org: 'acme' } };
    expect(permissionOf(answered)).toEqual({ action: 'read', resource: answered.resource });
  });
});
