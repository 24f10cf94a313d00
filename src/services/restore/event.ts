/** Events of a restore, besides its response. */
import type { NarrowedAuthorization } from '../../auth/narrowed.js';
import type { Actor } from '../../domain/actor.js';
import type { Problem } from '../../influxdb-files/problem.js';

export type RestoreEvent =
  | { readonly kind: 'replaced'; readonly storeCopy: string; readonly seriesDirectory: string }
  | { readonly kind: 'left out'; readonly part: string; readonly problems: readonly Problem[] }
  | { readonly kind: 'narrowed'; readonly authorizations: readonly NarrowedAuthorization[]; readonly count: number }
  | { readonly kind: 'secrets stay sealed'; readonly count: number };

export type TellRestore = (actor: Actor, event: RestoreEvent) => void;
