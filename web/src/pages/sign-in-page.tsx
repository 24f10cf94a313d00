/** Sign-in; a server that is not set up yet redirects to setup. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { setupQuery } from '../api/setup.js';
import { Loaded } from '../components/loading.js';
import { Stack } from '../components/page.js';
import { Entrance } from '../layout/entrance.js';
import { returnAddress } from '../session/session.js';
import { SignInForm } from '../session/sign-in-form.js';

export function SignInPage() {
  const client = useQueryClient();
  const setup = useQuery(setupQuery);
  const [, navigate] = useLocation();
  const allowed = setup.data?.allowed === true;

  useEffect(() => {
    document.title = 'Sign in · Sluice';
  }, []);
  useEffect(() => {
    if (allowed) navigate('/onboarding/0', { replace: true });
  }, [allowed, navigate]);

  return (
    <Entrance>
      <Loaded query={setup} what="Loading …">
        {() =>
          !allowed && (
            <Stack>
              <h1 style={{ margin: 0 }}>Sign in</h1>
              <SignInForm
                onSignedIn={() => {
                  client.clear();
                  navigate(returnAddress(new URLSearchParams(location.search).get('returnTo')), { replace: true });
                }}
              />
            </Stack>
          )
        }
      </Loaded>
    </Entrance>
  );
}
