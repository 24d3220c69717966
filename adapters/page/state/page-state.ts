import type { ErrorCode } from '../../../core/error-catalogue.ts';
import type { ClientState, LossReason } from '../../websocket-client/client-state.ts';
import type { Talk, TalkKey } from './talk.ts';

/** All that the page shows. What is being typed is kept apart (session/drafts.ts). */
export interface PageState {
  readonly link: Link;
  readonly server: string | undefined;
  readonly registration: 'open' | 'closed';
  /** Who is logged in, also while the connection is lost. */
  readonly me: string | undefined;
  readonly entry: EntryForm;
  readonly talks: ReadonlyMap<TalkKey, Talk>;
  /** Whether past conversations were asked for, since the login. */
  readonly areDirectsAsked: boolean;
  readonly following: ReadonlySet<string>;
  /** By rising time. */
  readonly followed: readonly FollowedMessage[];
  readonly followedUnread: number;
  readonly open: Place;
  readonly panel: 'members' | 'search' | undefined;
  /** Whether a person sees the newest of what is open: the page is in front, scrolled to the end. */
  readonly watching: boolean;
  /** Rooms that somebody is in, as they were listed last. */
  readonly directory: readonly ListedRoom[] | undefined;
  /** Where something that was asked for did not happen. */
  readonly notices: readonly Notice[];
}

/**
 * What the connection is about. `isStoreAway`: the server that it leads to is out of touch with what
 * keeps the chat; `handedOver`: another tab of this browser goes on with the session.
 */
export type Link =
  | Exclude<ClientState, { status: 'online' } | { status: 'greeting' }>
  | { readonly status: 'online'; readonly isStoreAway: boolean }
  | { readonly status: 'greeting' | 'handedOver' };

export type Place =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'followed' }
  /** `at`: the message to go to, and how often this was asked for. */
  | {
      readonly kind: 'talk';
      readonly key: TalkKey;
      readonly at?: { readonly place: number; readonly asked: number };
    };

/** Logging in, or registering. */
export interface EntryForm {
  readonly busy: boolean;
  readonly refusal: { readonly code: ErrorCode | undefined; readonly words: string } | undefined;
  /** Another tab of this browser that is logged in, and as whom. */
  readonly otherTab: string | undefined;
  /** Why a session that was there is over, or was put aside. */
  readonly ended: LossReason | 'Closed' | undefined;
  /** The last who was logged in here. */
  readonly user: string;
}

export interface FollowedMessage {
  readonly room: string;
  readonly name: string;
  readonly epoch: string;
  readonly place: number;
  readonly at: number;
  readonly user: string;
  readonly text: string;
}

export interface ListedRoom {
  readonly room: string;
  readonly name: string;
  readonly members: number;
}

export interface Notice {
  readonly id: number;
  readonly words: string;
}

export const initialState: PageState = {
  link: { status: 'connecting' },
  server: undefined,
  registration: 'closed',
  me: undefined,
  entry: { busy: false, refusal: undefined, otherTab: undefined, ended: undefined, user: '' },
  talks: new Map(),
  areDirectsAsked: false,
  following: new Set(),
  followed: [],
  followedUnread: 0,
  open: { kind: 'nothing' },
  panel: undefined,
  watching: false,
  directory: undefined,
  notices: [],
};

/** Whether all is well: what is said now is stored, and what is stored is shown. */
export const isWell = (link: Link): boolean => link.status === 'online' && !link.isStoreAway;

/** The talk that is open, if one is. */
export function openTalk({ open, talks }: PageState): Talk | undefined {
  return open.kind === 'talk' ? talks.get(open.key) : undefined;
}

/** Whether somebody sees the end of this talk. */
export function isWatched({ watching, open }: PageState, key: TalkKey): boolean {
  return watching && open.kind === 'talk' && open.key === key;
}

/** Whether somebody is in one of the rooms that one is in oneself. */
export function isHere({ talks }: PageState, user: string): boolean {
  for (const talk of talks.values())
    if (talk.kind === 'room' && talk.members.has(user)) return true;
  return false;
}

/** How many messages wait to be seen. */
export function unreadOf({ talks }: PageState): number {
  let sum = 0;
  for (const { unread } of talks.values()) sum += unread;
  return sum;
}

/** With one talk as `change` leaves it; the same state where there is no such talk. */
export function withTalk(state: PageState, key: TalkKey, change: (talk: Talk) => Talk): PageState {
  const talk = state.talks.get(key);
  if (talk === undefined) return state;
  const changed = change(talk);
  return changed === talk ? state : { ...state, talks: new Map(state.talks).set(key, changed) };
}
