import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areWithin, checkNetworks, isInNetworks } from './networks.js';

describe('the networks of a token', () => {
  it.each([
    ['10.1.2.3', ['10.0.0.0/8'], true],
    ['11.1.2.3', ['10.0.0.0/8'], false],
    ['::ffff:10.1.2.3', ['10.0.0.0/8'], true],
    ['::ffff:a01:203', ['10.0.0.0/8'], true],
    ['10.1.2.3', ['::ffff:10.0.0.0/104'], true],
    ['11.1.2.3', ['::ffff:10.0.0.0/104'], false],
    ['10.1.2.3', ['10.200.0.1/8'], true],
    ['192.0.2.7', ['192.0.2.7'], true],
    ['192.0.2.8', ['192.0.2.7'], false],
    ['2001:db8:1::1', ['2001:db8::/32'], true],
    ['2001:DB8:0001:0::1', ['2001:db8:1::/48'], true],
    ['2001:db9::1', ['2001:db8::/32'], false],
    ['fe80::1%eth0', ['fe80::/10'], true],
    ['127.0.0.1', ['::1'], false],
    ['10.0.0.1', ['192.168.0.0/16', '10.0.0.0/30'], true],
    ['', ['0.0.0.0/0', '::/0'], false],
    ['unknown', ['0.0.0.0/0', '::/0'], false],
    ['10.0.0.1, 1.2.3.4', ['0.0.0.0/0'], false],
  ])('%s in %j: %s', (address, cidrs, expected) => {
    expect(isInNetworks(address, cidrs)).toBe(expected);
  });

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/-1',
    '10.0.0.0/8 ',
    '::/129',
    '::ffff:10.0.0.0/95',
    'fe80::1%eth0/64',
    'localhost',
    '/8',
    '1.2.3.4/',
    '010.0.0.1',
  ])('refuses %j', (text) => {
    expect(() => {
      checkNetworks([text]);
    }).toThrow(/cidrs must hold networks/);
  });

  it('lie within others only if each of their addresses does', () => {
    const byte = fc.integer({ min: 0, max: 3 });
    const network = fc.tuple(byte, byte, fc.integer({ min: 6, max: 16 })).map(([a, b, bits]) => `${a}.${b}.0.0/${bits}`);
    fc.assert(
      fc.property(
        fc.array(network, { minLength: 1, maxLength: 3 }),
        fc.array(network, { minLength: 1, maxLength: 3 }),
        byte,
        byte,
        (inner, outer, a, b) => {
          const address = `${a}.${b}.0.1`;
          if (areWithin(inner, outer) && isInNetworks(address, inner)) expect(isInNetworks(address, outer)).toBe(true);
        },
      ),
    );
    expect(areWithin(['10.1.0.0/16', '::ffff:10.2.0.0/112'], ['10.0.0.0/8'])).toBe(true);
    expect(areWithin(['10.0.0.0/7'], ['10.0.0.0/8'])).toBe(false);
    expect(areWithin(['2001:db8:1::/48'], ['2001:db8::/32'])).toBe(true);
    expect(areWithin(['::/0'], ['10.0.0.0/8'])).toBe(false);
  });
});
