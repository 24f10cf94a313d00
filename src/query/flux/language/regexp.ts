/** Regular expressions in RE2's syntax and with RE2's promise: time linear in the text, whatever the pattern. */
import { RE2JS } from 're2js';
import { fluxError } from './errors.js';

export class Regexp {
  readonly source: string;
  private readonly compiled: RE2JS;

  /** @throws DomainError `invalid` for a pattern that RE2 does not take */
  constructor(source: string) {
    this.source = source;
    try {
      this.compiled = RE2JS.compile(source);
    } catch (error) {
      throw fluxError(
        `error parsing regexp: ${error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : 'invalid pattern'}`,
      );
    }
  }

  /** Steps that a letter of a text takes at the most. */
  get size(): number {
    return this.compiled.programSize();
  }

  test(text: string): boolean {
    return this.compiled.test(text);
  }

  /** The first match, or undefined. */
  find(text: string): string | undefined {
    const matcher = this.compiled.matcher(text);
    return matcher.find() ? (matcher.group() ?? undefined) : undefined;
  }

  /** Start and end of the first match in UTF-16 units, or undefined. */
  findIndex(text: string): readonly [number, number] | undefined {
    const matcher = this.compiled.matcher(text);
    return matcher.find() ? [matcher.start(), matcher.end()] : undefined;
  }

  /** Replaces every match; `$1`, `${name}` and `$$` in the replacement are expanded as Go does. */
  replaceAll(text: string, replacement: string): string {
    let result = '';
    let last = 0;
    for (const matcher of this.matches(text)) {
      result += text.slice(last, matcher.start()) + expand(replacement, matcher);
      last = matcher.end();
    }
    return result + text.slice(last);
  }

  /** What lies between matches; `limit` pieces at most where it is not negative. */
  split(text: string, limit: number): string[] {
    if (limit === 0) return [];
    if (this.source !== '' && text === '') return [''];
    const parts: string[] = [];
    let last = 0;
    let lastStart = 0;
    for (const matcher of this.matches(text)) {
      if (parts.length === limit - 1) break;
      lastStart = matcher.start();
      if (matcher.end() !== 0) parts.push(text.slice(last, lastStart));
      last = matcher.end();
    }
    if (lastStart !== text.length) parts.push(text.slice(last));
    return parts;
  }

  /** All matches, one after the other. An empty one right behind another is none, as in Go. */
  private *matches(text: string): Iterable<ReturnType<RE2JS['matcher']>> {
    const matcher = this.compiled.matcher(text);
    let end = -1;
    while (matcher.find()) {
      if (matcher.start() === matcher.end() && matcher.start() === end) continue;
      end = matcher.end();
      yield matcher;
    }
  }
}

interface Groups {
  group(group?: string | number): string | null;
  groupCount(): number;
  getNamedGroups(): Record<string, string | null>;
}

/** Go's template: the longest name of word characters after `$`; a name that is no group is empty. */
function expand(template: string, groups: Groups): string {
  return template.replace(/\$(?:\$|(\w+)|\{(\w+)\})/g, (_match, bare: string | undefined, braced: string | undefined) => {
    const name = bare ?? braced;
    if (name === undefined) return '$';
    if (/^\d+$/.test(name)) return Number(name) <= groups.groupCount() ? (groups.group(Number(name)) ?? '') : '';
    return groups.getNamedGroups()[name] ?? '';
  });
}

/** Escapes what a pattern would not take literally. */
export const quoteMeta = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
