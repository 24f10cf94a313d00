/** Telegraf configurations that the server keeps. */
import { resourceCalls } from './resources.js';

export interface TelegrafJson {
  readonly id: string;
  readonly orgID: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly config?: string | undefined;
}

export interface TelegrafBody {
  readonly orgID: string;
  readonly name: string;
  readonly description: string;
  readonly config: string;
}

export const telegrafs = resourceCalls<TelegrafJson, TelegrafBody, TelegrafBody, { readonly orgID?: string | undefined }>({
  path: '/api/v2/telegrafs',
  list: { name: 'configurations' },
});
