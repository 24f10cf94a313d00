/** Databases and retention policies by their names, as far as the caller may read them. */
import type { InfluxqlEnvironment, ReadableMapping } from '../environment.js';
import { invalid } from '../../../domain/errors.js';
import type { Measurement, Select } from '../syntax/ast.js';

/** What a request says of where statements look that do not say it themselves; empty for nothing. */
export interface Defaults {
  readonly database: string;
  readonly retentionPolicy: string;
}

export const databaseRequired = (): Error => invalid('database name required');

/** Finds mappings, each database once. */
export class Targets {
  private readonly environment: InfluxqlEnvironment;
  private readonly defaults: Defaults;
  private readonly known = new Map<string, readonly ReadableMapping[]>();

  constructor(environment: InfluxqlEnvironment, defaults: Defaults) {
    this.environment = environment;
    this.defaults = defaults;
  }

  async mappingsOf(database: string): Promise<readonly ReadableMapping[]> {
    let mappings = this.known.get(database);
    if (mappings === undefined) {
      mappings = await this.environment.listMappings(database);
      this.known.set(database, mappings);
    }
    return mappings;
  }

  /**
   * Looks up every database that a statement reads, before anything else is checked.
   *
   * @throws DomainError `invalid`, in InfluxDB's words, for a database that the caller cannot read
   */
  async loadSelect({ sources }: Select): Promise<void> {
    for (const source of sources) await (source.kind === 'subquery' ? this.loadSelect(source.statement) : this.load(source));
  }

  async load(measurement: Measurement): Promise<void> {
    if (measurement.name === '' && measurement.pattern === undefined) throw invalid('invalid measurement');
    const database = this.databaseOf(measurement);
    if (database === '') throw databaseRequired();
    const mappings = await this.mappingsOf(database);
    if (mappings.length === 0) throw invalid(`database not found: ${database}`);
    if (this.policyOf(measurement, mappings) === undefined) throw invalid(`default retention policy not set for: ${database}`);
  }

  /**
   * The mapping of a measurement whose database has been looked up.
   *
   * @throws DomainError `invalid`
   */
  find(measurement: Measurement): ReadableMapping {
    const mappings = this.known.get(this.databaseOf(measurement)) ?? [];
    const policy = this.policyOf(measurement, mappings) ?? '';
    const mapping = mappings.find(({ retentionPolicy }) => retentionPolicy === policy);
    if (mapping === undefined) throw invalid(`retention policy not found: ${policy}`);
    return mapping;
  }

  databaseOf({ database }: { readonly database: string }): string {
    return database === '' ? this.defaults.database : database;
  }

  private policyOf({ retentionPolicy }: Measurement, mappings: readonly ReadableMapping[]): string | undefined {
    if (retentionPolicy !== '') return retentionPolicy;
    if (this.defaults.retentionPolicy !== '') return this.defaults.retentionPolicy;
    return mappings.find(({ isDefault }) => isDefault)?.retentionPolicy;
  }
}
