/** What is wrong with a template: each fault names the object, the way to the field, and the reason (InfluxDB's shape). */

/** A fault within an object. */
export interface Fault {
  readonly field: string;
  readonly reason?: string;
  /** Of an element of a list. */
  readonly index?: number | undefined;
  readonly nested?: readonly Fault[];
}

/** As it is told: fields and indexes belong together, from the object on. */
export interface TemplateError {
  readonly kind: string;
  readonly fields: readonly string[];
  readonly idxs: readonly (number | null)[];
  readonly reason: string;
}

export const inSpec = (...faults: readonly Fault[]): readonly Fault[] => (faults.length === 0 ? [] : [{ field: 'spec', nested: faults }]);
export const inMetadata = (...faults: readonly Fault[]): readonly Fault[] => [{ field: 'metadata', nested: faults }];

/** @param index of the object in the template */
export function flatten(kind: string, index: number, faults: readonly Fault[]): TemplateError[] {
  const walk = (fault: Fault, fields: readonly string[], idxs: readonly (number | null)[]): TemplateError[] => {
    const [nextFields, nextIdxs] = [
      [...fields, fault.field],
      [...idxs, fault.index ?? null],
    ];
    if (fault.nested === undefined || fault.nested.length === 0) {
      return [{ kind, fields: nextFields, idxs: nextIdxs, reason: fault.reason ?? '' }];
    }
    return fault.nested.flatMap((each) => walk(each, nextFields, nextIdxs));
  };
  return faults.flatMap((fault) => walk(fault, ['root'], [index]));
}

/** In the order of the objects, each once. */
export function sortErrors(errors: readonly TemplateError[]): TemplateError[] {
  const seen = new Set<string>();
  const unique = errors.filter((error) => {
    const key = JSON.stringify(error);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return unique.sort((a, b) => (a.idxs[0] ?? 0) - (b.idxs[0] ?? 0));
}

/** As InfluxDB writes one in a line: `kind=Task field=root[3].spec.every reason="..."`. */
export function formatError({ kind, fields, idxs, reason }: TemplateError): string {
  const path = fields.map((field, at) => {
    const index = idxs[at] ?? null;
    return index === null ? field : `${field}[${index}]`;
  });
  return `kind=${kind} field=${path.join('.')} reason=${JSON.stringify(reason)}`;
}
