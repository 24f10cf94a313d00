/** Bind addresses read as Go writes them. */
import { describe, expect, it } from 'vitest';
import { parseBindAddress } from './bind-address.js';

describe('parseBindAddress', () => {
  it.each([
    [':8086', '', 8086],
    ['127.0.0.1:0', '127.0.0.1', 0],
    ['[::1]:8086', '::1', 8086],
    ['[::]:65535', '::', 65535],
    ['[fe80::1%eth0]:80', 'fe80::1%eth0', 80],
    ['localhost:8086', 'localhost', 8086],
    ['db-1.example.org:80', 'db-1.example.org', 80],
  ])('%s', (text, host, port) => {
    expect(parseBindAddress(text)).toEqual({ host, port });
  });

  it.each([
    ['', /no port/],
    ['8086', /no port/],
    ['localhost', /no port/],
    ['[::1]', /no port/],
    [':', /must end in a port/],
    [':http', /must end in a port/],
    [':-1', /must end in a port/],
    [':65536', /must end in a port/],
    ['::1:8086', /too many colons/],
    ['[127.0.0.1]:80', /IPv6/],
    ['[localhost]:80', /IPv6/],
    ['http://localhost:8086', /too many colons/],
    ['a/b:80', /without a scheme/],
  ])('refuses %j', (text, reason) => {
    expect(() => parseBindAddress(text)).toThrow(reason);
  });
});
