/** What the queries and changes of each noun work with. */
import type { Kysely } from 'kysely';
import type { Change, StoreDamage } from '../domain/store.js';
import type { Tables } from './tables.js';

export type Database = Kysely<Tables>;
/** Is told of every change that was made. */
export type RecordChange = (change: Change) => void;
/** Is told of records that cannot be read whole. */
export type TellDamage = (damage: StoreDamage) => void;
