/** The plugins that a Telegraf configuration can start from; they are the same for everyone who is signed in. */
import { listPlugins } from '../../kinds/telegrafs/plugins.js';
import { json, type Route } from '../route.js';

export const telegrafPluginRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v2/telegraf/plugins',
    access: 'actor',
    otherMethods: 'json',
    needs: 'signed in',
    handle: (_, { query }) => json(200, listPlugins(query.get('type') ?? '')),
  },
];
