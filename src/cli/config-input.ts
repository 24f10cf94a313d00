/** What `config create` and `config set` take of a connection. */
import { readTokenFile, parseHost } from './session.js';
import { text, toggle } from './flags.js';

/** What the token flags mean here: the token to keep, not the one to ask with; the environment has no say. */
export const connectionFlags = {
  token: text('token to store; stays in the shell history, --token-file does not', { short: 't' }),
  'token-file': text('file with the token to store; - prompts for it', { value: 'path' }),
  'username-password': text('user:password to sign in with instead of a token; with user alone, prompts each time', {
    short: 'p',
    value: 'user[:password]',
  }),
  org: text('default organization', { short: 'o', value: 'name' }),
  active: toggle('make it the active connection', { short: 'a' }),
};

export interface CredentialValues {
  readonly token: string | undefined;
  readonly 'token-file': string | undefined;
  readonly 'username-password': string | undefined;
}

/** The members of a configuration that they set: one, or none. */
export async function readCredentialMembers(values: CredentialValues): Promise<{ token?: string; cookie?: string }> {
  const { token, 'token-file': file, 'username-password': pair } = values;
  if (token !== undefined && file !== undefined) throw new Error('give --token or --token-file, not both');
  if ((token ?? file) !== undefined && pair !== undefined) {
    throw new Error('cannot specify `--token` and `--username-password` together, please choose one');
  }
  if (pair !== undefined) return { cookie: Buffer.from(pair).toString('base64'), token: '' };
  if (file !== undefined || token === '-')
    return { token: file === undefined || file === '-' ? await askToken() : readTokenFile(file), cookie: '' };
  return token === undefined ? {} : { token, cookie: '' };
}

async function askToken(): Promise<string> {
  const { askSecret } = await import('./prompt.js');
  return askSecret('Token:').trim();
}

/** As it is kept: the address as it was given. @throws Error for what is none */
export function checkHostUrl(url: string): string {
  parseHost(url);
  return url;
}
