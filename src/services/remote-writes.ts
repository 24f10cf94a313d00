/** Writes to the bucket of a replication on its other server, through the gate for outgoing connections. */
import { openRemoteToken } from '../auth/sealed-remote.js';
import type { Sealer } from '../auth/sealer.js';
import type { Outgoing } from '../domain/outgoing.js';
import type { RemoteAnswer, Replication } from '../domain/replication.js';
import type { Store } from '../domain/store.js';
import { remoteKind, type Remote } from '../kinds/remotes.js';

/** InfluxDB's (replications/remotewrite). */
const TIMEOUT_MS = 120_000;
const ANSWER_BYTES_MAX = 64 * 1024;
/** Characters of what the other server says. */
const MESSAGE_LENGTH_MAX = 500;
const WRITTEN = 204;
const RETRY_LATER = [429, 503];

export interface RemoteWriteDependencies {
  readonly store: Pick<Store, 'resources'>;
  readonly sealer: Sealer;
  readonly outgoing: Outgoing;
}

export type Target = Pick<Replication, 'remoteBucketID' | 'remoteBucketName'>;

/** @param gzipped line protocol with times in nanoseconds; empty: tries whether it could be written */
export type RemoteWrite = (remote: Remote, target: Target, gzipped: Uint8Array, signal: AbortSignal | undefined) => Promise<RemoteAnswer>;

export type RemoteWrites = ReturnType<typeof createRemoteWrites>;

export const createRemoteWrites = ({ store, sealer, outgoing }: RemoteWriteDependencies) => {
  const write: RemoteWrite = async (remote, target, gzipped, signal) => {
    const token = openRemoteToken(sealer, remote)?.reveal() ?? '';
    try {
      const { status, headers, body } = await outgoing.send({
        url: addressOf(remote, target),
        method: 'POST',
        headers: {
          authorization: `Token ${token}`,
          'content-type': 'text/plain; charset=utf-8',
          'user-agent': 'sluice-replication',
          ...(gzipped.length === 0 ? {} : { 'content-encoding': 'gzip' }),
        },
        body: gzipped,
        timeoutMs: TIMEOUT_MS,
        responseBytesMax: ANSWER_BYTES_MAX,
        allowInsecureTls: remote.allowInsecureTLS,
        user: `replications of ${remote.orgID}`,
        signal,
      });
      if (status === WRITTEN) return { status, message: '', retryAfterMs: undefined };
      // What comes back may hold what was sent.
      const said = token === '' ? messageIn(body) : messageIn(body).replaceAll(token, '[secret]');
      const message = `invalid response code ${status}, must be ${WRITTEN}${said === '' ? '' : `: ${said}`}`;
      return { status, message, retryAfterMs: RETRY_LATER.includes(status) ? millisecondsIn(headers['retry-after']) : undefined };
    } catch (error) {
      return { status: 0, message: error instanceof Error ? error.message : String(error), retryAfterMs: undefined };
    }
  };

  return {
    write,

    /** The same, for what a replication says now. */
    async send(replication: Replication, gzipped: Uint8Array, signal: AbortSignal): Promise<RemoteAnswer> {
      const remote = await store.resources(remoteKind).find(replication.remoteID);
      if (remote?.orgID !== replication.orgID) {
        return { status: 0, message: `remote "${replication.remoteID}" not found`, retryAfterMs: undefined };
      }
      return write(remote, replication, gzipped, signal);
    },
  };
};

function addressOf({ remoteURL, remoteOrgID }: Remote, { remoteBucketID, remoteBucketName }: Target): string {
  const query = new URLSearchParams({ bucket: remoteBucketID ?? remoteBucketName, precision: 'ns' });
  if (remoteOrgID !== undefined) query.set('org', remoteOrgID);
  const base = remoteURL.replace(/[?#].*$/s, '').replace(/\/+$/, '');
  return `${base}/api/v2/write?${query.toString()}`;
}

function messageIn(body: Uint8Array): string {
  try {
    const { message } = JSON.parse(Buffer.from(body).toString('utf8')) as { readonly message?: unknown };
    return typeof message === 'string' ? message.slice(0, MESSAGE_LENGTH_MAX) : '';
  } catch {
    return '';
  }
}

function millisecondsIn(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
}
