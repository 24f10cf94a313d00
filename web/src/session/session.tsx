/** The signed-in user, with permissions and organization: available to every page below. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { OrganizationId, UserId } from '../../../src/domain/id.js';
import type { Permission, PermissionSet } from '../../../src/domain/permission.js';
import { isNobody, onSessionEnded, send } from '../api/http.js';
import { meQuery, organizationsQuery, rightsQuery, type Organization, type User } from '../api/resources.js';
import { Loaded, Waiting } from '../components/loading.js';
import { ErrorMessage } from '../components/message.js';
import { SignInDialog } from './sign-in-dialog.js';

export interface Session {
  readonly me: User & { readonly id: UserId };
  readonly rights: PermissionSet;
  readonly organizations: readonly Organization[];
  readonly may: (permission: Permission) => boolean;
  readonly signOut: () => Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('a page for signed-in users outside of a session');
  return session;
}

export interface Place {
  readonly orgID: OrganizationId;
  readonly organization: Organization;
}

const PlaceContext = createContext<Place | undefined>(undefined);
export const PlaceProvider = PlaceContext;

/** The organization that the address names. */
export function usePlace(): Place {
  const place = useContext(PlaceContext);
  if (place === undefined) throw new Error('a page of an organization outside of one');
  return place;
}

/** Where to return to behind the sign-in: a path of these pages, and nothing that leads out of them. */
export const returnAddress = (text: string | null): string => (text !== null && /^\/(?![/\\])/.test(text) ? text : '/');

export function SessionGate({ children }: { readonly children: ReactNode }) {
  const me = useQuery(meQuery);
  const [location, navigate] = useLocation();
  const nobody = isNobody(me.error);

  useEffect(() => {
    if (!nobody || me.data !== undefined) return;
    const here = `${location}${window.location.search}`;
    navigate(here === '/' ? '/signin' : `/signin?returnTo=${encodeURIComponent(here)}`, { replace: true });
  }, [nobody, me.data, location, navigate]);

  if (me.data === undefined)
    return nobody ? null : (
      <Loaded query={me} what="Loading …">
        {() => null}
      </Loaded>
    );
  return (
    <SignedIn me={me.data} nobody={nobody}>
      {children}
    </SignedIn>
  );
}

function SignedIn({ me, nobody, children }: { readonly me: User; readonly nobody: boolean; readonly children: ReactNode }) {
  const client = useQueryClient();
  const [ended, setEnded] = useState(false);
  const rights = useQuery(rightsQuery);
  const organizations = useQuery(organizationsQuery);

  useEffect(
    () =>
      onSessionEnded(() => {
        setEnded(true);
      }),
    [],
  );

  const signOut = useCallback(async () => {
    await send('POST', '/api/v2/signout', { withoutSession: true }).catch((error: unknown) => {
      // A user who is not authenticated is already signed out.
      if (!isNobody(error)) throw error;
    });
    // A new document: nothing of what was seen stays in memory.
    window.location.assign('/signin');
  }, []);

  const session = useMemo((): Session | undefined => {
    if (rights.data === undefined || organizations.data === undefined) return undefined;
    const set = rights.data;
    return {
      me: me,
      rights: set,
      organizations: organizations.data,
      may: (permission) => set.covers(permission),
      signOut,
    };
  }, [me, rights.data, organizations.data, signOut]);

  return (
    <>
      {(ended || nobody) && (
        <SignInDialog
          userName={me.name}
          onSignedIn={() => {
            setEnded(false);
            void client.invalidateQueries();
          }}
        />
      )}
      {session === undefined ? (
        rights.error !== null || organizations.error !== null ? (
          <ErrorMessage error={rights.error ?? organizations.error} />
        ) : (
          <Waiting what="Loading …" />
        )
      ) : (
        <SessionContext value={session}>{children}</SessionContext>
      )}
    </>
  );
}
