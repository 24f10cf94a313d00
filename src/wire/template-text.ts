/** The text of a template, YAML or JSON, as a list of objects. YAML has one object in each document, or a list of them. */
import { LineCounter, parseAllDocuments, stringify } from 'yaml';
import { DomainError, invalid } from '../domain/errors.js';

/** Bytes of a text that is read; the largest community templates have a quarter of it. */
export const TEMPLATE_BYTES_MAX = 1024 * 1024;
/** Expanded uses of anchors, so that a short text cannot become an endless one. */
const ALIASES_MAX = 100;

/**
 * JSON is YAML, too, and is read as JSON where it can be.
 *
 * @throws DomainError `invalid` naming the line, and no part of the text
 */
export function parseTemplateText(text: string): unknown[] {
  if (text.length > TEMPLATE_BYTES_MAX) throw invalid(`the text of a template may have ${TEMPLATE_BYTES_MAX} characters`);
  return parseDocuments(text).flatMap((each) => (Array.isArray(each) ? (each as unknown[]) : each === null ? [] : [each]));
}

/** The one value of a text: of a request that comes as YAML. @throws DomainError `invalid` */
export const parseYamlValue = (text: string): unknown => parseDocuments(text)[0];

function parseDocuments(text: string): unknown[] {
  if (/^\s*[[{]/.test(text)) {
    try {
      return [JSON.parse(text) as unknown];
    } catch {
      // YAML has lists and maps in brackets as well.
    }
  }
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, { merge: true, lineCounter: lines, prettyErrors: false, logLevel: 'error' });
    if (!Array.isArray(documents)) return [];
    return documents.map((document) => {
      const [error] = document.errors;
      if (error !== undefined) throw invalid(`yaml: line ${lines.linePos(error.pos[0]).line}: ${reasonOf(error)}`);
      // An anchor can be used within itself: that is no tree.
      return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: ALIASES_MAX }) ?? null)) as unknown;
    });
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw invalid('yaml: it is nested too deeply, uses anchors too often, or names one that is not there', { cause });
  }
}

/** In the words of the library that InfluxDB uses, where it has some. */
const REASONS: Readonly<Record<string, string>> = {
  BAD_INDENT: 'the indentation is wrong',
  DUPLICATE_KEY: 'a key is there twice',
  MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
  TAB_AS_INDENT: 'found character that cannot start any token',
  UNEXPECTED_TOKEN: 'found what is not expected there',
};

function reasonOf({ code, message }: { readonly code: string; readonly message: string }): string {
  const bracket = /end with a ([\]}])/.exec(message)?.[1];
  if (bracket !== undefined) return `did not find expected ',' or '${bracket}'`;
  return REASONS[code] ?? `it is no YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
}

/** Objects as YAML, one in each document. */
export const formatTemplate = (objects: readonly object[]): string =>
  objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
