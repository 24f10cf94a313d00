/** Which addresses a configuration opens: nothing that is not public, unless it is named. */
import { describe, expect, it } from 'vitest';
import { parseAllowedPlace } from '../domain/allowed-place.js';
import { AllowList } from './allow-list.js';

const listOf = (text: string): AllowList => new AllowList(text.split(',').flatMap(parseAllowedPlace));

const NOT_PUBLIC = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::2',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  '64:ff9b::7f00:1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd12::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
];
const METADATA = ['169.254.169.254', '169.254.170.2', '100.100.100.200', '168.63.129.16', 'fd00:ec2::254', '::ffff:a9fe:a9fe'];
const PUBLIC = ['1.1.1.1', '172.32.0.1', '100.128.0.1', '192.169.0.1', '223.255.255.255', '2606:4700::1111', '::ffff:1.1.1.1'];

describe('an allow list', () => {
  it('without places allows nothing and looks nothing up', () => {
    const list = new AllowList([]);
    expect(list.mayResolve('example.com', 443)).toBe(false);
    for (const address of [...PUBLIC, ...NOT_PUBLIC]) expect(list.judge('example.com', address, 443)).toBe('not named');
  });

  it('with all public networks still allows no other address', () => {
    const list = listOf('0.0.0.0/0,::/0');
    for (const address of PUBLIC) expect([address, list.judge(undefined, address, 80)]).toEqual([address, 'allowed']);
    for (const address of [...NOT_PUBLIC, ...METADATA])
      expect([address, list.judge(undefined, address, 80)]).toEqual([address, 'not named']);
  });

  it('with a host allows its public addresses, and others only with their network', () => {
    for (const address of PUBLIC) expect(listOf('example.com').judge('example.com', address, 80)).toBe('allowed');
    for (const address of [...NOT_PUBLIC, ...METADATA]) {
      expect([address, listOf('example.com').judge('example.com', address, 80)]).toEqual([address, 'special']);
    }
    expect(listOf('example.com,10.0.0.0/8').judge('example.com', '10.1.2.3', 80)).toBe('allowed');
    expect(listOf('example.com,10.0.0.0/7').judge('example.com', '10.1.2.3', 80)).toBe('special');
  });

  it('with a private network allows what is in it, under any name, but no metadata', () => {
    const list = listOf('10.0.0.0/8,169.254.0.0/16,fd00::/8,100.64.0.0/10');
    for (const address of ['10.1.2.3', '169.254.1.1', 'fd12::1', '100.64.0.1', '::ffff:10.1.2.3']) {
      expect([address, list.judge(undefined, address, 80)]).toEqual([address, 'allowed']);
    }
    expect(list.judge('any.name', '10.1.2.3', 80)).toBe('allowed');
    for (const address of METADATA) expect([address, list.judge(undefined, address, 80)]).toEqual([address, 'not named']);
    expect(list.judge(undefined, '11.1.2.3', 80)).toBe('not named');
  });

  it('opens a metadata address only by itself', () => {
    expect(listOf('169.254.169.254').judge(undefined, '169.254.169.254', 80)).toBe('allowed');
    expect(listOf('169.254.169.254/31').judge(undefined, '169.254.169.254', 80)).toBe('not named');
  });

  it('takes localhost as the loopback networks', () => {
    const list = listOf('localhost:8086');
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
      expect(list.judge('localhost', address, 8086)).toBe('allowed');
    expect(list.judge('localhost', '127.0.0.1', 80)).toBe('not named');
    expect(list.judge('localhost', '10.0.0.1', 8086)).toBe('not named');
  });

  it('compares whole names, suffixes at a dot, and ports', () => {
    const list = listOf('Example.com,*.example.org:443,münchen.example,1.1.1.1:53,[2606:4700::1111]:53');
    expect(list.judge('example.com', '1.1.1.1', 1)).toBe('allowed');
    for (const name of ['notexample.com', 'example.com.evil.org', 'a.example.com', 'example.org', 'evilexample.org']) {
      expect([name, list.judge(name, '8.8.8.8', 443)]).toEqual([name, 'not named']);
    }
    expect(list.judge('a.b.example.org', '8.8.8.8', 443)).toBe('allowed');
    expect(list.judge('a.example.org', '8.8.8.8', 80)).toBe('not named');
    expect(list.judge('xn--mnchen-3ya.example', '8.8.8.8', 80)).toBe('allowed');
    expect(list.judge(undefined, '1.1.1.1', 53)).toBe('allowed');
    expect(list.judge(undefined, '1.1.1.1', 54)).toBe('not named');
    expect(list.judge(undefined, '2606:4700::1111', 53)).toBe('allowed');
  });

  it('does not look up a name that no place could allow', () => {
    expect(listOf('example.com:443').mayResolve('example.com', 80)).toBe(false);
    expect(listOf('example.com').mayResolve('secret.example.org', 80)).toBe(false);
    expect(listOf('10.0.0.0/8:80').mayResolve('inside', 80)).toBe(true);
  });
});
