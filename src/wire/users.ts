/** Users and members as InfluxDB's API shows them. */
import type { Role, User } from '../domain/user.js';
import { decodeJsonObject } from './json.js';

export const userPath = (id: string): string => `/api/v2/users/${id}`;

export const encodeUser = ({ id, name, oauthID, status }: User) => ({
  links: { self: userPath(id) },
  id,
  name,
  ...(oauthID === undefined ? {} : { oauthID }),
  status,
});

export const encodeUsers = (users: readonly User[]) => ({ links: { self: '/api/v2/users' }, users: users.map(encodeUser) });

/** @param hasLogs whether to link the user's log, as InfluxDB does below some kinds of resources */
export function encodeMember(user: User, role: Role, hasLogs = false) {
  const { links, ...encoded } = encodeUser(user);
  return { role, ...encoded, links: hasLogs ? { ...links, logs: `${links.self}/logs` } : links };
}

export const encodeMembers = (path: string, users: readonly User[], role: Role, hasLogs = false) => ({
  links: { self: path },
  users: users.map((user) => encodeMember(user, role, hasLogs)),
});

/** The id that a body would like the user to have is ignored: InfluxDB takes it. */
export function decodeNewUser(body: Uint8Array): { name: string; status: string | undefined; oauthID: string | undefined } {
  const json = decodeJsonObject(body);
  return { name: json.string('name') ?? '', status: json.string('status'), oauthID: json.string('oauthID') || undefined };
}

export function decodeUserChange(body: Uint8Array): { name: string | undefined; status: string | undefined } {
  const json = decodeJsonObject(body);
  return { name: json.string('name'), status: json.string('status') };
}

export const decodePassword = (body: Uint8Array): string => decodeJsonObject(body).string('password') ?? '';
