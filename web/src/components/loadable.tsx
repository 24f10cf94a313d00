/** A page whose script comes only when somebody asks for it; while the server is away it is asked for again until it is there. */
import { useQuery } from '@tanstack/react-query';
import type { ComponentType } from 'react';
import { Waiting } from './loading.js';
import { ErrorMessage } from './message.js';

const RETRY_MS = 2000;

export function loadable(name: string, load: () => Promise<ComponentType>): ComponentType {
  return function Loadable() {
    const script = useQuery({
      queryKey: ['script', name],
      // A component is a function, which a query would take for something else.
      queryFn: async () => ({ Component: await load() }),
      staleTime: Infinity,
      gcTime: Infinity,
      retry: false,
      structuralSharing: false,
      refetchInterval: ({ state }) => (state.data === undefined ? RETRY_MS : false),
    });
    if (script.data !== undefined) return <script.data.Component />;
    if (script.error === null) return <Waiting what="Loading …" />;
    return <ErrorMessage error="The server does not answer. This page loads as soon as it does." />;
  };
}
