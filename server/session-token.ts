import { hashOf, type HeldSession, type SessionIdentity } from './held-session.ts';

/** What a client shows to go on with a session: whose, which, and its secret. */
export const tokenOf = ({ user, session, secret = '' }: HeldSession): string =>
  `${user}.${session}.${secret}`;

export interface ParsedToken extends SessionIdentity {
  readonly secret: string;
  /** As the log has it. */
  readonly resume: string;
}

/** Undefined for what is no token; whether it is the right one, the log says. */
export function parseToken(token: string): ParsedToken | undefined {
  const [, user, session, secret] =
    /^([a-z0-9_-]{1,64})\.([\w-]{1,64})\.([\w-]{1,64})$/.exec(token) ?? [];
  if (user === undefined || session === undefined || secret === undefined) return undefined;
  return { user, session, secret, resume: hashOf(secret) };
}
