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

export type AccountEvent =
  | AccountRegistered
  | PasswordChanged
  | AccountSuspended
  | AccountReinstated;

export type Account =
  | { readonly status: 'none' }
  | { readonly status: 'active'; readonly user: string; readonly credential: string }
  | { readonly status: 'suspended'; readonly user: string; readonly credential: string };

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
  | { readonly type: 'ReinstateAccount'; readonly user: string };

export const initialAccount: Account = { status: 'none' };

export function evolveAccount(state: Account, event: AccountEvent): Account {
  switch (event.type) {
    case 'AccountRegistered':
      return { status: 'active', user: event.data.user, credential: event.data.credential };
    case 'PasswordChanged':
      return state.status === 'none' ? state : { ...state, credential: event.data.credential };
    case 'AccountSuspended':
      return state.status === 'none' ? state : { ...state, status: 'suspended' };
    case 'AccountReinstated':
      return state.status === 'none' ? state : { ...state, status: 'active' };
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
  if (state.status === 'none') return new Rejection('NoSuchUser', user);
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
    default:
      return unreachable(type);
  }
}
