/** What all ways to create a token share: a description, a sentence about what it can do, a failure that loses nothing, the one showing. */
import { Button, TextInput } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useId, useMemo, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import type { Permission } from '../../../src/domain/permission.js';
import { tokenKindOf } from '../../../src/domain/token-kind.js';
import { createToken, KIND_NAMES } from '../api/authorizations.js';
import { bucketsQuery, isUserBucket } from '../api/resources.js';
import { telegrafsQuery } from '../api/telegrafs.js';
import { LISTED_TYPES, thingsQuery } from '../api/things.js';
import { useKept, type Kept } from '../components/kept.js';
import { ErrorMessage, Remark } from '../components/message.js';
import { Page, Panel } from '../components/page.js';
import { shownText } from '../components/shown-text.js';
import { useAction } from '../components/use-action.js';
import { useZone } from '../components/zone.js';
import { addressesOf } from '../layout/addresses.js';
import { usePlace, useSession } from '../session/session.js';
import { describeInSentences, type NameOf } from './describe.js';
import { expiryProblem, expiryToSend, NO_EXPIRY, type ExpiryChoice } from './expiry.js';
import { ExpiryField } from './expiry-field.js';
import { FormatField, type FormatChoice } from './format-field.js';
import styles from './generate-form.module.css';
import { limitsToSend, NO_LIMITS, type LimitsChoice } from './limits.js';
import { EMPTY_DRAFT, type Draft } from './permission-draft.js';
import { useWhyNoTokens } from './generate-menu.js';
import { useShowSecret } from './secret-dialog.js';
import { useForgetTokens } from './token-parts.js';

/** The form's limit for a description: the server has none, and a longer one would not fit in the list. */
const DESCRIPTION_LENGTH_MAX = 500;

/** What is filled in; kept while one looks at another page. */
export type TokenForm = Kept<{
  readonly description: string;
  readonly draft: Draft;
  readonly expiry: ExpiryChoice;
  readonly format: FormatChoice;
  readonly limits: LimitsChoice;
}>;

export function useTokenForm(name: string, description = '', draft: Draft = EMPTY_DRAFT, limits: LimitsChoice = NO_LIMITS): TokenForm {
  const { orgID } = usePlace();
  return useKept(`token ${orgID} ${name}`, { description, draft, expiry: NO_EXPIRY, format: undefined as FormatChoice, limits });
}

export interface GenerateFormProps {
  readonly title: string;
  readonly hint: ReactNode;
  readonly permissions: readonly Permission[];
  readonly form: TokenForm;
  /** What is to be done first while there are no permissions. */
  readonly nothingChosen: string;
  /** Why it cannot be created at all, as far as that is known before. */
  readonly refusal?: string | undefined;
  readonly children?: ReactNode;
}

/** The names of what can be chosen one by one. */
export function useNames(): NameOf {
  const { orgID, organization } = usePlace();
  const { me } = useSession();
  const buckets = useQuery(bucketsQuery(orgID));
  // Asked for by the one form that lets them be chosen.
  const telegrafs = useQuery({ ...telegrafsQuery(orgID), enabled: false });
  const others = useQueries({
    queries: LISTED_TYPES.map((type) => ({ ...thingsQuery(orgID, type), enabled: false })),
    combine: (results) => results.flatMap(({ data }) => data ?? []),
  });
  return useMemo(() => {
    const names = new Map(
      [...(buckets.data ?? []), ...(telegrafs.data ?? []), ...others, organization, me].map(({ id, name }) => [id, shownText(name)]),
    );
    return (_type, id) => names.get(id);
  }, [buckets.data, telegrafs.data, others, organization, me]);
}

export function GenerateForm(props: GenerateFormProps) {
  const { title, hint, permissions, form, nothingChosen, refusal, children } = props;
  const { orgID, organization } = usePlace();
  const { me } = useSession();
  const [, navigate] = useLocation();
  const { description, expiry, format, limits } = form.value;
  const [isMissing, setMissing] = useState(false);
  const [expiryMistake, setExpiryMistake] = useState<string | undefined>(undefined);
  const zone = useZone();
  const showSecret = useShowSecret();
  const forget = useForgetTokens();
  const nameOf = useNames();
  const buckets = useQuery(bucketsQuery(orgID));
  const why = useWhyNoTokens() ?? refusal;
  const sentence = describeInSentences(permissions, orgID, nameOf, me.id);
  const sentenceId = useId();

  const action = useAction(async () => {
    const { authorization, secret } = await createToken({
      orgID,
      description: description.trim(),
      permissions,
      ...expiryToSend(expiry, zone),
      ...limitsToSend(limits),
      ...(format === undefined ? {} : { tokenFormat: format }),
    });
    const kind = KIND_NAMES[tokenKindOf(authorization.permissions, authorization.orgID)];
    showSecret({
      title: `Your ${kind} API token`,
      sentence: sentence ?? '',
      secret,
      permissions: authorization.permissions,
      org: organization.name,
      bucketName: (id) => buckets.data?.find((bucket) => bucket.id === id)?.name,
      anyBucket: buckets.data?.find(isUserBucket)?.name,
      fileName: fileNameOf(description, organization.name),
    });
    form.clear();
    navigate(addressesOf(orgID).tokens);
    await forget();
  });

  return (
    <Page title={title} tab={title} place={organization.name} hint={hint}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          const mistake = expiryProblem(expiry, zone, Date.now());
          setMissing(permissions.length === 0);
          setExpiryMistake(mistake);
          if (permissions.length > 0 && why === undefined && mistake === undefined) void action.run();
        }}
      >
        {why !== undefined && <Remark tone="warning">{why}</Remark>}
        {form.isBack && (
          <Remark>
            You started this earlier. What you entered is still here.{' '}
            <Button size="compact-xs" variant="default" onClick={form.clear}>
              Start over
            </Button>
          </Remark>
        )}
        <Panel>
          <TextInput
            label="Description"
            description="What it is for and where you use it"
            placeholder="telegraf on web-1"
            maxLength={DESCRIPTION_LENGTH_MAX}
            value={description}
            onChange={(event) => {
              form.set({ ...form.value, description: event.currentTarget.value });
            }}
            autoComplete="off"
            autoFocus
          />
          <ExpiryField
            choice={expiry}
            problem={expiryMistake}
            lifetimeMax={organization.tokenLifetimeMax}
            isExempt={tokenKindOf(permissions, orgID) === 'operator'}
            onChange={(next) => {
              setExpiryMistake(undefined);
              form.set({ ...form.value, expiry: next });
            }}
          />
          <FormatField
            choice={format}
            onChange={(next) => {
              form.set({ ...form.value, format: next });
            }}
          />
        </Panel>
        {children}
        <div className={styles.foot}>
          <div className={styles.sentence} aria-live="polite" id={sentenceId}>
            {sentence ?? nothingChosen}
          </div>
          {isMissing && permissions.length === 0 && <ErrorMessage error={nothingChosen} />}
          <ErrorMessage error={action.error} />
          <div className={styles.actions}>
            <Button
              variant="default"
              onClick={() => {
                form.clear();
                navigate(addressesOf(orgID).tokens);
              }}
            >
              Cancel
            </Button>
            <Button type="submit" loading={action.pending} disabled={why !== undefined} aria-describedby={sentenceId}>
              Create token
            </Button>
          </div>
        </div>
      </form>
    </Page>
  );
}

/** Letters and digits alone, as every file system takes them. */
function fileNameOf(description: string, org: string): string {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '');
  return plain(description).slice(0, 60) || plain(org) || 'sluice';
}
