import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { bytesInMemory, openFile } from '../byte-source.js';
import { countSqliteLeftovers } from './sqlite-leftovers.js';

const FIXTURE = join(import.meta.dirname, '../../../test/fixtures/influxdb-2.9.1/plain/influxd.sqlite');

describe("what InfluxDB's SQLite file holds", () => {
  it('is nothing in a store where nobody made a notebook', () => {
    expect(countSqliteLeftovers(openFile(FIXTURE))).toEqual([]);
  });

  it('is counted, also where the file was written with a write-ahead log', () => {
    const database = new Sqlite(':memory:');
    database.exec(
      "CREATE TABLE notebooks (id TEXT); INSERT INTO notebooks VALUES ('a'), ('b'); CREATE TABLE remotes (id TEXT); INSERT INTO remotes VALUES ('c')",
    );
    const bytes = database.serialize();
    bytes[18] = bytes[19] = 2;
    expect(countSqliteLeftovers(bytesInMemory('influxd.sqlite', bytes))).toEqual([
      { kind: 'notebooks', count: 2 },
      { kind: 'remote connections', count: 1 },
    ]);
  });

  it('is refused by name where it is none', () => {
    expect(() => countSqliteLeftovers(bytesInMemory('x.sqlite', Buffer.from('hello')))).toThrow('x.sqlite: is no SQLite file');
    expect(() => countSqliteLeftovers(bytesInMemory('x.sqlite', Buffer.from(`SQLite format 3\0${'x'.repeat(5000)}`)))).toThrow(
      'x.sqlite: is damaged',
    );
  });
});
