/** API Tokens: all that may be seen of them, searched, filtered, sorted and paged by the server, as the address says. */
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import { tokensQuery, type TokenSearch } from '../api/authorizations.js';
import { SearchIcon } from '../components/icons.js';
import { Loaded } from '../components/loading.js';
import { ErrorMessage, Remark } from '../components/message.js';
import { Page, Stack } from '../components/page.js';
import { usePlace } from '../session/session.js';
import { FoundTokenDialog } from '../tokens/found-token.js';
import { CreateTokenMenu, useWhyNoTokens } from '../tokens/generate-menu.js';
import { SignedInAccess } from '../tokens/signed-in-access.js';
import { Filters, Kinds } from '../tokens/token-filters.js';
import { readSearch, writeSearch } from '../tokens/token-search.js';
import { useTokenSight } from '../tokens/token-sight.js';
import { TOKEN_COLUMNS, TokenTable } from '../tokens/token-table.js';
import { tokenIn } from '../tokens/token-text.js';
import { wordOne } from '../tokens/words.js';

export function TokensPage() {
  const { orgID, organization } = usePlace();
  const [location, navigate] = useLocation();
  const search = readSearch(useSearch());
  const tokens = useQuery(tokensQuery(orgID, search));
  const why = useWhyNoTokens();
  const sight = useTokenSight();
  const pasted = useRef<string | undefined>(undefined);
  const [finding, setFinding] = useState(false);
  const takePasted = useCallback(() => {
    const text = pasted.current;
    pasted.current = undefined;
    return text;
  }, []);

  const show = (change: Partial<TokenSearch>, replace = false): void => {
    navigate(`${location}${writeSearch({ ...search, page: 1, ...change })}`, { replace });
  };

  return (
    <Page
      title="API Tokens"
      place={organization.name}
      hint="Programs use these to read and write. Each is shown once, when you create it."
      actions={
        <>
          <Button
            variant="default"
            leftSection={<SearchIcon />}
            onClick={() => {
              setFinding(true);
            }}
          >
            Found a token?
          </Button>
          <CreateTokenMenu />
        </>
      }
    >
      <div style={{ marginBottom: 12 }}>
        <Stack>
          {sight === 'own' && <Remark>You can see only your own tokens. Others may have tokens here, too.</Remark>}
          {sight === 'none' && <Remark>You can’t see the API tokens of {organization.name}.</Remark>}
          {why !== undefined && <Remark>{why}</Remark>}
          {search.bucketID !== '' && <SignedInAccess bucketID={search.bucketID} action={search.action} />}
          {search.resourceType !== undefined && (
            <Remark>
              Only tokens that can {search.action ?? 'read or write'} the {wordOne(search.resourceType)} {search.resourceID}.
            </Remark>
          )}
        </Stack>
      </div>
      <Kinds search={search} tokens={tokens.data} show={show} />
      <Filters
        search={search}
        tokens={tokens.data}
        show={show}
        columns={TOKEN_COLUMNS}
        onToken={(text) => {
          pasted.current = tokenIn(text);
          setFinding(true);
        }}
      />
      {tokens.data !== undefined && <ErrorMessage error={tokens.error} />}
      <Loaded query={tokens} what="Loading tokens …">
        {(data) => <TokenTable tokens={data} search={search} busy={tokens.isPlaceholderData} show={show} />}
      </Loaded>
      {finding && (
        <FoundTokenDialog
          takePasted={takePasted}
          onClose={() => {
            setFinding(false);
          }}
        />
      )}
    </Page>
  );
}
