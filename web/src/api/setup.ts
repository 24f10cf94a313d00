/** Whether the server waits for its first user. */
import { queryOptions } from '@tanstack/react-query';
import { getJson } from './http.js';

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => getJson<{ allowed: boolean }>('/api/v2/setup', signal),
  staleTime: 0,
});
