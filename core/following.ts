import { subscriptionsMax } from './limits.ts';
import { type Decision, Rejection, unreachable } from './rejection.ts';

export interface UserSubscribed {
  readonly type: 'UserSubscribed';
  /** `user` follows `target`. */
  readonly data: { readonly user: string; readonly target: string };
}

export interface UserUnsubscribed {
  readonly type: 'UserUnsubscribed';
  readonly data: { readonly user: string; readonly target: string };
}

export type FollowingEvent = UserSubscribed | UserUnsubscribed;

/** Whom one user follows. It belongs to the account, not to a session. */
export type Following = ReadonlySet<string>;

export type FollowingCommand =
  | {
      readonly type: 'Subscribe';
      readonly user: string;
      readonly target: string;
      /** Whether `target` is an account. */
      readonly known: boolean;
    }
  | { readonly type: 'Unsubscribe'; readonly user: string; readonly target: string };

export const initialFollowing: Following = new Set();

export function evolveFollowing(state: Following, event: FollowingEvent): Following {
  const next = new Set(state);
  switch (event.type) {
    case 'UserSubscribed':
      return next.add(event.data.target);
    case 'UserUnsubscribed':
      next.delete(event.data.target);
      return next;
    default:
      return unreachable(event);
  }
}

export function decideFollowing(
  command: FollowingCommand,
  state: Following,
): Decision<FollowingEvent> {
  const { type, user, target } = command;
  switch (type) {
    case 'Subscribe':
      if (target === user) return new Rejection('CannotSubscribeToSelf', target);
      if (state.has(target)) return new Rejection('AlreadySubscribed', target);
      if (!command.known) return new Rejection('NoSuchUser', target);
      if (state.size >= subscriptionsMax) return new Rejection('TooManySubscriptions', target);
      return [{ type: 'UserSubscribed', data: { user, target } }];
    case 'Unsubscribe':
      if (!state.has(target)) return new Rejection('NotSubscribed', target);
      return [{ type: 'UserUnsubscribed', data: { user, target } }];
    default:
      return unreachable(type);
  }
}
