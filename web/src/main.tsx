/** Where the pages begin. */
import './styles.js';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/http.js';
import { App } from './app.js';
import { AnnouncerProvider } from './components/announcer.js';
import { theme } from './theme.js';
import { SecretProvider } from './tokens/secret-dialog.js';
import { cleanAddress } from './tokens/token-search.js';
import './plain-locale.js';

cleanAddress();

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // The server may be on this very machine, which a browser without a network can still reach.
      networkMode: 'always',
      // What the server refused it will refuse again; what did not reach it may.
      retry: (failureCount, error) => failureCount < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
    },
  },
});

const colorSchemeManager = localStorageColorSchemeManager({ key: 'sluice-color-scheme' });
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place for its content');

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemeManager}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <QueryClientProvider client={client}>
        <AnnouncerProvider>
          <SecretProvider>
            <App />
          </SecretProvider>
        </AnnouncerProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
