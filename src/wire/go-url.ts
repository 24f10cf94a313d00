/** What Go's net/url refuses to parse, in its words: InfluxDB checks URLs with it, and takes all others. */
import { quoteGo } from '../domain/go-quote.js';

/** Why a text is no URL; undefined for one that can be parsed. */
export function problemOfUrl(text: string): string | undefined {
  const hash = text.indexOf('#');
  const url = hash < 0 ? text : text.slice(0, hash);
  const reason = problemOf(url) ?? (hash < 0 ? undefined : problemOfEscapes(text.slice(hash + 1)));
  return reason === undefined ? undefined : `parse ${quoteGo(text)}: ${reason}`;
}

function problemOf(url: string): string | undefined {
  if (/[\x00-\x1f\x7f]/.test(url)) return 'net/url: invalid control character in URL';
  if (url === '*') return undefined;
  if (url.startsWith(':')) return 'missing protocol scheme';
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(url)?.[0] ?? '';
  const [rest = ''] = url.slice(scheme.length).split('?', 1);
  if (!rest.startsWith('/')) {
    if (scheme !== '') return undefined;
    const [segment = ''] = rest.split('/', 1);
    return segment.includes(':') ? 'first path segment in URL cannot contain colon' : problemOfEscapes(rest);
  }
  if (!rest.startsWith('//') || (scheme === '' && rest.startsWith('///'))) return problemOfEscapes(rest);
  const end = rest.indexOf('/', 2);
  const authority = end < 0 ? rest.slice(2) : rest.slice(2, end);
  return problemOfAuthority(authority) ?? problemOfEscapes(end < 0 ? '' : rest.slice(end));
}

function problemOfAuthority(authority: string): string | undefined {
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const user = at < 0 ? '' : authority.slice(0, at);
  return problemOfHost(host) ?? (/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user) ? problemOfEscapes(user) : 'net/url: invalid userinfo');
}

function problemOfHost(host: string): string | undefined {
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']');
    if (close < 0) return "missing ']' in host";
    return problemOfPort(host.slice(close + 1));
  }
  const colon = host.lastIndexOf(':');
  if (colon >= 0) {
    const problem = problemOfPort(host.slice(colon));
    if (problem !== undefined) return problem;
  }
  const escaped = /%(?![0-9A-Fa-f]{2})(.{0,2})/su.exec(host);
  if (escaped !== null) return `invalid URL escape ${quoteGo(escaped[0])}`;
  const ascii = /%(?!25|[89A-Fa-f])../.exec(host);
  if (ascii !== null) return `invalid URL escape ${quoteGo(ascii[0])}`;
  const odd = /[\x20"\\^`{|}]/.exec(host);
  return odd === null ? undefined : `invalid character ${quoteGo(odd[0])} in host name`;
}

const problemOfPort = (port: string): string | undefined =>
  /^(:\d*)?$/.test(port) ? undefined : `invalid port ${quoteGo(port)} after host`;

function problemOfEscapes(text: string): string | undefined {
  const escaped = /%(?![0-9A-Fa-f]{2}).{0,2}/su.exec(text);
  return escaped === null ? undefined : `invalid URL escape ${quoteGo(escaped[0])}`;
}
