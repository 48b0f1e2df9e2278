import type { Member } from './member.ts';
import { secretOf, type SecretTable } from './secrets.ts';

/** What a port asks of those who connect. */
export type Login = { readonly user: string; readonly password: string };

/** The login of a member's port; null when it lets everybody in. */
export const loginOf = (member: Member, port: string, secrets: SecretTable | null): Login | null => {
  const login = member.ports[port]?.login ?? null;
  return login && { user: login.user, password: secretOf(member, login.secret, secrets) };
};

/** The URL with the login before its host, as RFC 3986 has it and clients of NATS read it. */
export const urlWithLogin = (url: string, login: Login | null): string =>
  login === null ? url : url.replace('://', `://${login.user}:${login.password}@`);
