/** Paths and targets of requests, and their normal form. */

/** Paths that require credentials before any answer (InfluxDB's platform handler); all others are pages. */
export const isApiPath = (path: string): boolean => path.startsWith('/api/v2') || path.startsWith('/private/') || path.startsWith('/v1');

/** Rounds of decoding after which a path is taken as it is. */
const DECODINGS_MAX = 8;

/** The normal form of a path: fully decoded, lower case, without empty segments and dots. */
export function meantPath(path: string): string {
  let decoded = path;
  for (let round = 0; round < DECODINGS_MAX && decoded.includes('%'); round++) {
    decoded = decoded.replace(/%[0-9a-f]{2}/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
  }
  const segments: string[] = [];
  // Blanks and control characters are left out.
  for (const part of decoded.replace(/[\u0000-\u0020\u007f-\u00a0]/g, '').split(/[/\\]/)) {
    const segment = part.replace(/[;?#].*$/s, '');
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return `/${segments.join('/')}`.toLowerCase();
}

export function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf('?');
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
}

export function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}

/** A target in absolute form, as proxies send it, means the same as its path (RFC 9112, 3.2.2). */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(target)?.[1];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
