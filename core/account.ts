import { type Decision, Rejection, unreachable } from './rejection.ts';

export interface AccountRegistered {
  readonly type: 'AccountRegistered';
  /** `credential` names the password's hash, which is kept beside the log. */
  readonly data: { readonly user: string; readonly credential: string };
}

export interface PasswordChanged {
  readonly type: 'PasswordChanged';
  readonly data: {
    readonly user: string;
    readonly credential: string;
    /** `rehash`: the same password under stronger parameters. */
    readonly reason: 'changed' | 'reset' | 'rehash';
  };
}

export interface AccountSuspended {
  readonly type: 'AccountSuspended';
  readonly data: { readonly user: string };
}

export interface AccountReinstated {
  readonly type: 'AccountReinstated';
  readonly data: { readonly user: string };
}

/** The account is closed for ever, and the key of all that its user wrote is destroyed. */
export interface UserErased {
  readonly type: 'UserErased';
  readonly data: {
    readonly user: string;
    /** What the erasure cannot reach, in words for people: backups, replicas, what was exported. */
    readonly unreached: readonly string[];
  };
}

export type AccountEvent =
  | AccountRegistered
  | PasswordChanged
  | AccountSuspended
  | AccountReinstated
  | UserErased;

export type Account = { readonly status: 'none' } | KnownAccount | { readonly status: 'erased' };

/** An account that somebody has. */
export interface KnownAccount {
  readonly status: 'active' | 'suspended';
  readonly user: string;
  readonly credential: string;
}

export type AccountCommand =
  | { readonly type: 'RegisterAccount'; readonly user: string; readonly credential: string }
  | {
      readonly type: 'ChangePassword';
      readonly user: string;
      readonly credential: string;
      readonly reason: PasswordChanged['data']['reason'];
      /** The credential that the old password was checked against; an operator checks none. */
      readonly replaces?: string;
    }
  | { readonly type: 'SuspendAccount'; readonly user: string }
  | { readonly type: 'ReinstateAccount'; readonly user: string }
  | ({ readonly type: 'EraseUser' } & UserErased['data']);

export const initialAccount: Account = { status: 'none' };

/** Whether somebody has the account: it was made, and not erased. */
export const isKnown = (account: Account): account is KnownAccount =>
  account.status === 'active' || account.status === 'suspended';

export function evolveAccount(state: Account, event: AccountEvent): Account {
  switch (event.type) {
    case 'AccountRegistered':
      return { status: 'active', user: event.data.user, credential: event.data.credential };
    case 'PasswordChanged':
      return isKnown(state) ? { ...state, credential: event.data.credential } : state;
    case 'AccountSuspended':
      return isKnown(state) ? { ...state, status: 'suspended' } : state;
    case 'AccountReinstated':
      return isKnown(state) ? { ...state, status: 'active' } : state;
    case 'UserErased':
      return { status: 'erased' };
    default:
      return unreachable(event);
  }
}

export function decideAccount(command: AccountCommand, state: Account): Decision<AccountEvent> {
  const { type, user } = command;
  if (type === 'RegisterAccount') {
    if (state.status !== 'none') return new Rejection('NameTaken', user);
    return [{ type: 'AccountRegistered', data: { user, credential: command.credential } }];
  }
  // Asked again after a half-done erasure, the rest of it is still to be done.
  if (type === 'EraseUser' && state.status === 'erased') return [];
  if (state.status === 'erased') return new Rejection('AccountErased', user);
  if (!isKnown(state)) return new Rejection('NoSuchUser', user);
  switch (type) {
    case 'ChangePassword': {
      const { credential, reason, replaces } = command;
      if (replaces !== undefined && replaces !== state.credential) {
        // Another change came first: a rehash would bring the old password back.
        return reason === 'rehash' ? [] : new Rejection('PasswordChangedMeanwhile', user);
      }
      return [{ type: 'PasswordChanged', data: { user, credential, reason } }];
    }
    case 'SuspendAccount':
      return state.status === 'suspended' ? [] : [{ type: 'AccountSuspended', data: { user } }];
    case 'ReinstateAccount':
      return state.status === 'active' ? [] : [{ type: 'AccountReinstated', data: { user } }];
    case 'EraseUser':
      return [{ type: 'UserErased', data: { user, unreached: command.unreached } }];
    default:
      return unreachable(type);
  }
}
