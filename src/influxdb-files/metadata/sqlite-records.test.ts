import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { bytesInMemory, openFile } from '../byte-source.js';
import { JsonRecord } from './json-record.js';
import { SqlMetadata, timeIn } from './sqlite-records.js';

const FIXTURE = join(import.meta.dirname, '../../../test/fixtures/influxdb-2.9.1/plain/influxd.sqlite');

describe("InfluxDB's SQLite file", () => {
  it('has nothing where nobody made a notebook', () => {
    const sql = new SqlMetadata(openFile(FIXTURE));
    expect([sql.rows('notebooks'), sql.count('remotes')]).toEqual([[], 0]);
    sql.close();
  });

  it('is read row by row, also where it was written with a write-ahead log', () => {
    const database = new Sqlite(':memory:');
    database.exec("CREATE TABLE notebooks (id TEXT, name TEXT); INSERT INTO notebooks VALUES ('b', 'two'), ('a', NULL)");
    const bytes = database.serialize();
    bytes[18] = bytes[19] = 2;
    const sql = new SqlMetadata(bytesInMemory('influxd.sqlite', bytes));
    expect(sql.rows('notebooks').map((row) => [row.text('id'), row.optionalText('name')])).toEqual([
      ['a', undefined],
      ['b', 'two'],
    ]);
    expect([sql.count('notebooks'), sql.count('streams')]).toEqual([2, 0]);
    sql.close();
  });

  it('is refused by name where it is none', () => {
    expect(() => new SqlMetadata(bytesInMemory('x.sqlite', Buffer.from('hello')))).toThrow('x.sqlite: is no SQLite file');
    const damaged = Buffer.from(`SQLite format 3\0${'x'.repeat(5000)}`);
    expect(() => new SqlMetadata(bytesInMemory('x.sqlite', damaged))).toThrow('x.sqlite: is damaged');
  });

  it.each([
    ['2026-11-28 09:28:43.485404076+00:00', '2026-11-28T09:28:43.485404076Z'],
    ['2026-11-20T10:00:00+01:00', '2026-11-20T10:00:00+01:00'],
    ['2026-11-20 10:00:00', '2026-11-20T10:00:00Z'],
    ["datetime('now')", undefined],
    [null, undefined],
  ])('%s is a time', (written, time) => {
    expect(timeIn(new JsonRecord({ at: written }), 'at')).toBe(time);
  });

  it('has no other times', () => {
    expect(() => timeIn(new JsonRecord({ at: 'yesterday' }), 'at')).toThrow('its at is no time');
  });
});
