/** Signing in with name and password. */
import { call, readText } from './call.js';
import type { Send } from './request.js';

/**
 * @returns the cookie that opens the session, as it is sent: `name=value`
 * @throws ApiError for a wrong name or password
 */
export async function signIn(send: Send, userName: string, password: string): Promise<string> {
  const basic = Buffer.from(`${userName}:${password}`).toString('base64');
  const response = await call(send, { method: 'POST', path: '/api/v2/signin', headers: { authorization: `Basic ${basic}` } });
  await readText(response.body);
  const cookie = /(?:^|; )([\w-]*influxdb[\w-]*=[^;]+)/.exec(response.headers['set-cookie'] ?? '')?.[1];
  if (cookie === undefined) throw new Error('the server gave no session cookie');
  return cookie;
}

export async function signOut(send: Send): Promise<void> {
  await readText((await call(send, { method: 'POST', path: '/api/v2/signout' })).body);
}
