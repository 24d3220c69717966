import { type Decision, Rejection, unreachable } from './rejection.ts';

export interface DirectMessagePosted {
  readonly type: 'DirectMessagePosted';
  readonly data: { readonly from: string; readonly to: string };
  readonly text: string;
}

/** `reader` was shown everything in their inbox (of this partition) up to and with `through`. */
export interface ReadMarked {
  readonly type: 'ReadMarked';
  readonly data: {
    readonly reader: string;
    readonly peer: string;
    /** A revision of the reader's inbox stream. */
    readonly through: number;
    /** It has only come to their client, which says itself what they read: {@link ConversationRead}. */
    readonly delivered?: true;
  };
}

/** `reader` has read the conversation with `peer` up to and with the message of number `through`. */
export interface ConversationRead {
  readonly type: 'ConversationRead';
  readonly data: { readonly reader: string; readonly peer: string; readonly through: number };
}

export type DirectEvent = DirectMessagePosted | ReadMarked | ConversationRead;

/** How far each of the two has been shown their messages, as revisions of their inboxes. */
export interface Conversation {
  readonly readThrough: ReadonlyMap<string, number>;
}

export type DirectCommand =
  | {
      readonly type: 'PostDirectMessage';
      readonly from: string;
      readonly to: string;
      /** Whether `to` is an account. */
      readonly known: boolean;
      readonly text: string;
    }
  | ({ readonly type: 'MarkRead' } & ReadMarked['data']);

export const initialConversation: Conversation = { readThrough: new Map() };

export function evolveDirect(state: Conversation, event: DirectEvent): Conversation {
  switch (event.type) {
    case 'DirectMessagePosted':
    case 'ConversationRead':
      return state;
    case 'ReadMarked': {
      const { reader, through } = event.data;
      const furthest = Math.max(through, state.readThrough.get(reader) ?? 0);
      return { readThrough: new Map(state.readThrough).set(reader, furthest) };
    }
    default:
      return unreachable(event);
  }
}

export function decideDirect(command: DirectCommand, state: Conversation): Decision<DirectEvent> {
  switch (command.type) {
    case 'PostDirectMessage': {
      const { from, to, known, text } = command;
      if (to === from) return new Rejection('CannotMessageSelf', to);
      if (!known) return new Rejection('NoSuchUser', to);
      return [{ type: 'DirectMessagePosted', data: { from, to }, text }];
    }
    case 'MarkRead': {
      const { type: _, ...data } = command;
      if ((state.readThrough.get(data.reader) ?? 0) >= data.through) return [];
      return [{ type: 'ReadMarked', data }];
    }
    default:
      return unreachable(command);
  }
}
