#!/usr/bin/env node
/**
 * Replays recorded conversations with a server and compares what it answers.
 *
 *   node replay.mjs --target target.json cases/            compare
 *   node replay.mjs --target target.json --record cases/   fill in what the target answers
 *   options: --only TEXT (case names), --quiet, --report FILE (JSON summary), --jobs N,
 *            --keep FOLDER (leave the folders of the servers there, each with a file of the secrets that were used on it)
 *
 * A target says how to start the thing under test, with {dir} (a fresh folder), {port} and {project} (where replay.mjs is run) filled in:
 *   { "server": ["{project}/bin/sluiced", "--data-dir", "{dir}/data", "--http-bind-address", "127.0.0.1:{port}"],
 *     "admin":  ["{project}/bin/sluiced"], "adminPaths": ["--data-dir", "{dir}/data"],
 *     "cli":    ["{project}/bin/sluice"],
 *     "adminFlags": {"downgrade": ["--yes"]}, "dropFlags": ["--sqlite-path", "--bolt-path"] }
 * (adminFlags: added to an administration command; dropFlags: options of InfluxDB's with a value that this target does without.)
 *
 * The format of a case is in README.md beside this file.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtempSync, readFileSync, writeFileSync, readdirSync, statSync, rmSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, basename } from 'node:path';
import http from 'node:http';
import zlib from 'node:zlib';

const argv = process.argv.slice(2);
const option = (name) => { const i = argv.indexOf(name); return i < 0 ? undefined : argv.splice(i, 2)[1]; };
const flag = (name) => { const i = argv.indexOf(name); if (i < 0) return false; argv.splice(i, 1); return true; };
const target = JSON.parse(readFileSync(option('--target') ?? 'target.json', 'utf8'));
const only = option('--only'), report = option('--report'), keep = option('--keep'), jobs = Number(option('--jobs') ?? 1);
const record = flag('--record'), quiet = flag('--quiet');

const files = argv.flatMap((p) => statSync(p).isDirectory()
  ? readdirSync(p).filter((f) => f.endsWith('.json')).sort().map((f) => join(p, f)) : [p]);

const freePort = () => new Promise((resolve) => {
  const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)); });
});
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

/** Replaces ${NAME} in every string of a value. */
function fill(value, vars) {
  if (typeof value === 'string') return value.replace(/\$\{(\w+)\}/g, (m, n) => (n in vars ? vars[n] : m));
  if (Array.isArray(value)) return value.map((v) => fill(v, vars));
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [fill(k, vars), fill(v, vars)]));
  return value;
}

const dig = (value, path) => path.split('.').reduce((v, key) => {
  const find = /^\[(\w+)=(.*)\]$/.exec(key);
  if (find) return Array.isArray(v) ? v.find((e) => String(e?.[find[1]]) === find[2]) : undefined;
  return v?.[key];
}, value);

/** Replaces captured values by their names, and what differs on every run by a placeholder. */
function normal(text, vars) {
  const known = Object.entries(vars).filter(([, v]) => typeof v === 'string' && v.length >= 3).sort((a, b) => b[1].length - a[1].length);
  for (const [name, value] of known) if (!name.startsWith('_')) text = text.split(value).join('${' + name + '}');
  return text
    .replaceAll(vars._dir, '<dir>')
    .replaceAll(vars._host, '<host>')
    .replace(/\$influxdb2-sha(256|512)\$[A-Za-z0-9_-]+=*/g, '<hash-sha$1>')
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, (t) => (vars._keepTimes ? t : '<time>'))
    .replace(/(?<![\w.${-])[0-9a-f]{16}(?![\w}])/g, '<id>')
    .replace(/(?<![\w-])[A-Za-z0-9_-]{86}==/g, '<token>');
}

const normalJson = (value, vars) => JSON.parse(normal(JSON.stringify(value), vars));

function drop(value, paths = []) {
  for (const path of paths) {
    const keys = path.split('.'), last = keys.pop();
    const walk = (v, i) => {
      if (v == null) return;
      if (i === keys.length) { if (last === '*') { for (const k of Object.keys(v)) delete v[k]; } else delete v[last]; return; }
      if (keys[i] === '*') for (const k of Object.keys(v)) walk(v[k], i + 1); else walk(v[keys[i]], i + 1);
    };
    walk(value, 0);
  }
  return value;
}

const canonical = (v) => Array.isArray(v) ? `[${v.map(canonical).join(',')}]`
  : v && typeof v === 'object' ? `{${Object.keys(v).sort().map((k) => JSON.stringify(k) + ':' + canonical(v[k])).join(',')}}` : JSON.stringify(v);

function sortArrays(value, paths = []) {
  for (const path of paths) {
    const list = path === '' ? value : dig(value, path);
    if (Array.isArray(list)) list.sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
  }
  return value;
}

function difference(expected, actual, path = '') {
  if (canonical(expected) === canonical(actual)) return undefined;
  const both = (t) => (t(expected) && t(actual));
  if (both(Array.isArray)) {
    if (expected.length !== actual.length) return `${path || '.'}: ${expected.length} elements expected, got ${actual.length}`;
    for (let i = 0; i < expected.length; i++) { const d = difference(expected[i], actual[i], `${path}.${i}`); if (d) return d; }
  } else if (both((v) => v && typeof v === 'object' && !Array.isArray(v))) {
    for (const k of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      if (!(k in actual)) return `${path}.${k}: missing (expected ${JSON.stringify(expected[k]).slice(0, 200)})`;
      if (!(k in expected)) return `${path}.${k}: not expected (${JSON.stringify(actual[k]).slice(0, 200)})`;
      const d = difference(expected[k], actual[k], `${path}.${k}`); if (d) return d;
    }
  }
  return `${path || '.'}: expected ${JSON.stringify(expected)?.slice(0, 300)}, got ${JSON.stringify(actual)?.slice(0, 300)}`;
}

class Target {
  constructor(flags, env) { this.flags = flags ?? []; this.env = env ?? {}; this.secrets = new Set(); this.dir = mkdtempSync(join(keep ?? tmpdir(), 'replay-')); mkdirSync(join(this.dir, 'home')); }
  fill(list) { return list.map((a) => a.replaceAll('{project}', process.cwd()).replaceAll('{dir}', this.dir).replaceAll('{port}', String(this.port))); }
  environment(extra) { return { PATH: process.env.PATH, HOME: join(this.dir, 'home'), INFLUX_CONFIGS_PATH: join(this.dir, 'home', 'configs'), NO_COLOR: '1', ...this.env, ...extra }; }
  async start() {
    this.port ??= await freePort();
    const [cmd, ...args] = this.fill([...target.server, ...this.flags]);
    this.log = '';
    this.exited = undefined;
    this.child = spawn(cmd, args, { env: this.environment(), cwd: this.dir, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const s of [this.child.stdout, this.child.stderr]) s.on('data', (d) => { this.log = (this.log + d).slice(-20000); });
    this.child.on('exit', (code) => { this.exited = code ?? -1; });
    this.child.on('error', (e) => { this.exited = -1; this.log += e.message; });
    for (let i = 0; i < 300; i++) {
      if (this.exited !== undefined) return false;
      try { if ((await this.send({ method: 'GET', path: '/health' })).status === 200) return true; } catch { /* not up yet */ }
      await sleep(100);
    }
    return false;
  }
  async stop() {
    if (!this.child || this.exited !== undefined) return;
    this.child.kill('SIGTERM');
    for (let i = 0; i < 100 && this.exited === undefined; i++) await sleep(50);
    if (this.exited === undefined) this.child.kill('SIGKILL');
    while (this.exited === undefined) await sleep(20);
  }
  async restart(flags) { await this.stop(); if (flags) this.flags = flags; return this.start(); }
  send({ method, path, headers = {}, json, body, gzip }) {
    return new Promise((resolve, reject) => {
      let data = json !== undefined ? JSON.stringify(json) : body;
      if (data !== undefined) data = gzip ? zlib.gzipSync(data) : Buffer.from(data);
      const req = http.request({ host: '127.0.0.1', port: this.port, method, path, agent: false, timeout: 30000,
        headers: { ...(json !== undefined ? { 'content-type': 'application/json' } : {}), ...(gzip ? { 'content-encoding': 'gzip' } : {}),
          ...(data !== undefined ? { 'content-length': data.length } : {}), ...headers } }, (res) => {
        const chunks = [];
        res.on('data', (c) => chunks.push(c)).on('end', () => {
          let raw = Buffer.concat(chunks);
          if (res.headers['content-encoding'] === 'gzip') raw = zlib.gunzipSync(raw);
          this.note(json, raw.toString('utf8'), String(res.headers['set-cookie'] ?? ''));
          resolve({ status: res.statusCode, headers: res.headers, text: raw.toString('utf8') });
        });
      });
      req.on('error', reject).on('timeout', () => req.destroy(new Error('timeout')));
      req.end(data);
    });
  }
  /** Remembers what must be found nowhere afterwards. */
  note(sent, ...received) {
    for (const text of received) for (const [token] of text.matchAll(/(?<![\w-])[A-Za-z0-9_-]{86}==/g)) this.secrets.add(token);
    if (typeof sent?.password === 'string' && sent.password.length > 9) this.secrets.add(sent.password);
    if (typeof sent?.token === 'string' && sent.username !== undefined) this.secrets.add(sent.token);
  }
  run(step) {
    const base = step.run === 'cli' ? target.cli : target.admin;
    const wanted = step.args.filter((a, i) => step.run === 'cli' || !(target.dropFlags?.includes(a) || target.dropFlags?.includes(step.args[i - 1])));
    const extra = step.run === 'cli' ? [] : [...(target.adminFlags?.[step.args[0]] ?? []), ...(step.noPaths ? [] : target.adminPaths ?? [])];
    const [cmd, ...args] = this.fill([...base, ...wanted, ...extra]);
    return new Promise((resolve) => {
      const child = spawn(cmd, args, { cwd: this.dir, env: this.environment({ ...(step.run === 'cli' ? { INFLUX_HOST: `http://127.0.0.1:${this.port}` } : {}), ...step.env }), stdio: ['pipe', 'pipe', 'pipe'] });
      let out = '', err = '';
      child.stdout.on('data', (d) => { out += d; }); child.stderr.on('data', (d) => { err += d; });
      child.on('error', (e) => resolve({ code: -1, stdout: '', stderr: e.message }));
      child.on('close', (code) => resolve({ code, stdout: out, stderr: err }));
      child.stdin.on('error', () => {}).end(step.stdin ?? '');
      setTimeout(() => child.kill('SIGKILL'), 60000).unref();
    });
  }
}

/** A table as the command line prints it: cells split at tabs or two or more spaces, rows trimmed. */
const table = (text) => text.split('\n').map((l) => l.split(/\t+|\s{2,}/).map((c) => c.trim()).filter(Boolean).join(' | ')).filter(Boolean);

const HEADERS = ['content-type', 'x-platform-error-code', 'location', 'retry-after', 'www-authenticate', 'allow', 'x-influxdb-error'];

async function observe(t, step, vars) {
  if (step.wait) { await sleep(step.wait); return { seen: {} }; }
  if (step.restart !== undefined) return { seen: { started: await t.restart(Array.isArray(step.restart) ? fill(step.restart, vars) : undefined) } };
  if (step.stop) { await t.stop(); return { seen: {} }; }
  if (step.file) { writeFileSync(join(t.dir, step.file), fill(step.text, vars)); return { seen: {} }; }
  vars._keepTimes = step.keepTimes;
  if (step.run) {
    const r = await t.run({ ...fill(step, vars) });
    let parsed; if (step.parse === 'json') { try { parsed = JSON.parse(r.stdout); } catch { parsed = undefined; } }
    return { raw: r, parsed, seen: () => ({
      code: step.exactCode === false ? (r.code === 0 ? 'zero' : 'not zero') : r.code,
      ...(parsed !== undefined ? { json: sortArrays(drop(normalJson(parsed, vars), step.ignore), step.unordered) } : { stdout: table(normal(r.stdout, vars)) }),
      ...(step.stderr ? { stderr: table(normal(r.stderr, vars)) } : {}),
      ...(step.errors ? { errors: table(normal(r.stderr, vars)).filter((l) => l.startsWith('Error:')) } : {}) }) };
  }
  const res = await t.send(fill(step.request, vars));
  let json; try { json = JSON.parse(res.text); } catch { json = undefined; }
  if (json !== null && typeof json !== 'object') json = undefined;
  return { raw: res, parsed: json, seen: () => {
    const headers = Object.fromEntries(HEADERS.filter((h) => h in res.headers && !(step.ignoreHeaders ?? []).includes(h)).map((h) => [h, normal(res.headers[h], vars)]));
    if (step.bodyIgnored) return { status: res.status, headers };
    if (json !== undefined) return { status: res.status, headers, json: sortArrays(drop(normalJson(json, vars), step.ignore), step.unordered) };
    const lines = normal(res.text, vars).replaceAll('\r\n', '\n').split('\n');
    return { status: res.status, headers, text: step.sortLines ? lines.sort() : lines };
  } };
}

/** Hashing is switched off in some cases, and in one a v1 authorization has the name of a token. */
const mayBePlain = (doc, secrets) => /use.hashed.tokens/i.test(JSON.stringify(doc))
  || doc.steps.some(({ request }) => request?.path?.startsWith('/private/legacy') && secrets.has(request.json?.token));

async function runCase(file) {
  const doc = JSON.parse(readFileSync(file, 'utf8'));
  const t = new Target(doc.flags, doc.env), failures = [];
  let checked = 0;
  const vars = { ...doc.vars, _dir: t.dir };
  try {
    const up = await t.start();
    vars._host = `127.0.0.1:${t.port}`;
    if (!up) { failures.push({ step: 'start', why: `did not start: ${t.log.slice(-400)}` }); }
    for (const [i, step] of doc.steps.entries()) {
      if (!up) { if (step.expect) checked++; continue; }
      const name = `${i + 1} ${step.name ?? step.request?.method + ' ' + step.request?.path ?? ''}`;
      let got;
      try { got = await observe(t, step, vars); } catch (e) { failures.push({ step: name, why: `no answer: ${e.message}` }); checked++; continue; }
      for (const [v, from] of Object.entries(step.capture ?? {})) {
        const source = typeof from === 'string' ? dig(got.parsed, from)
          : from.header ? got.raw.headers[from.header]?.toString().match(new RegExp(from.match ?? '(.*)', 's'))?.[1]
          : (got.raw.text ?? got.raw.stdout).match(new RegExp(from.match, 's'))?.[1];
        if (source === undefined || source === null) failures.push({ step: name, why: `nothing to capture as ${v}` }); else vars[v] = String(source);
      }
      const seen = typeof got.seen === 'function' ? got.seen() : got.seen;
      if (record) { if (!step.unchecked) step.expect = seen; else delete step.expect; continue; }
      if (step.expect === undefined) continue;
      checked++;
      const d = difference(step.expect, seen);
      if (d) failures.push({ step: name, why: d });
    }
  } finally { await t.stop(); if (keep) writeFileSync(join(t.dir, 'secrets.json'), JSON.stringify({ mayBePlain: mayBePlain(doc, t.secrets), secrets: [...t.secrets] })); else rmSync(t.dir, { recursive: true, force: true }); }
  if (record) writeFileSync(file, JSON.stringify(doc, null, 1) + '\n');
  return { name: basename(file, '.json'), checked, failures };
}

const queue = files.filter((f) => !only || f.includes(only)), results = [];
await Promise.all(Array.from({ length: jobs }, async () => {
  for (let f = queue.shift(); f; f = queue.shift()) {
    const r = await runCase(f); results.push(r);
    if (!quiet) { console.log(`${r.failures.length ? 'FAIL' : 'ok  '} ${r.name}: ${r.checked - new Set(r.failures.map((x) => x.step)).size}/${r.checked}`); for (const x of r.failures) console.log(`       ${x.step}\n         ${x.why}`); }
  }
}));
const checked = results.reduce((n, r) => n + r.checked, 0), failed = results.reduce((n, r) => n + new Set(r.failures.map((x) => x.step)).size, 0);
if (report) writeFileSync(report, JSON.stringify(results, null, 1));
console.log(record ? `recorded ${results.length} cases${failed ? `, ${failed} problems` : ''}` : `${checked - failed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
