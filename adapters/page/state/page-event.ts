import type { ErrorCode } from '../../../core/error-catalogue.ts';
import type { ClientEvent } from '../../websocket-client/client-event.ts';
import type { ClientState } from '../../websocket-client/client-state.ts';
import type { OkOf } from '../../websocket/server-frames.ts';
import type { PastPage } from './history.ts';
import type { Failed, Outgoing } from './outgoing.ts';
import type { ListedRoom, PageState, Place } from './page-state.ts';
import type { TalkKey } from './talk.ts';

/** All that changes what the page shows. */
export type PageEvent = Connected | Asked | Sent | Read;

type Connected =
  /** `fresh`: what comes online now was logged in, not gone on with. */
  | { readonly type: 'linked'; readonly state: ClientState; readonly fresh: boolean }
  | { readonly type: 'heard'; readonly event: ClientEvent }
  /** A session of this user's is about to be gone on with. */
  | { readonly type: 'resuming'; readonly user: string }
  | { readonly type: 'entering'; readonly user: string }
  /** Nothing of the user stays; the server may not know yet. */
  | { readonly type: 'loggedOut' }
  | {
      readonly type: 'notEntered';
      readonly code: ErrorCode | undefined;
      readonly words: string;
    }
  /** Another tab of this browser says that it is logged in, or no more. */
  | { readonly type: 'otherTab'; readonly user: string | undefined }
  /** It was given the session. */
  | { readonly type: 'handedOver' }
  /** A person wants to go on here, with their password. */
  | { readonly type: 'returning' };

type Asked =
  | { readonly type: 'opened'; readonly place: Place }
  | { readonly type: 'panelOpened'; readonly panel: PageState['panel'] }
  | { readonly type: 'watched'; readonly watching: boolean }
  | { readonly type: 'roomJoined'; readonly room: OkOf<'join'> }
  | { readonly type: 'roomLeft'; readonly room: string }
  | { readonly type: 'membersListed'; readonly room: string; readonly members: readonly string[] }
  | { readonly type: 'directStarted'; readonly peer: string }
  | { readonly type: 'directsAsked' }
  | { readonly type: 'directsListed'; readonly directs: OkOf<'conversations'>['conversations'] }
  | { readonly type: 'followChanged'; readonly user: string; readonly follows: boolean }
  | { readonly type: 'roomsListed'; readonly rooms: readonly ListedRoom[] }
  | { readonly type: 'noticed'; readonly words: string }
  | { readonly type: 'noticeClosed'; readonly id: number };

type Sent = { readonly key: TalkKey } & (
  | { readonly type: 'sending'; readonly outgoing: Outgoing }
  | { readonly type: 'resending'; readonly id: string }
  | { readonly type: 'stored'; readonly id: string; readonly place: number }
  | {
      readonly type: 'notStored';
      readonly id: string;
      readonly failed: Failed;
    }
  | { readonly type: 'discarded'; readonly id: string }
);

/** History: what is older than all that is loaded, or what lies in a gap. */
type Read = { readonly key: TalkKey; readonly gap: number | undefined } & (
  | { readonly type: 'historyAsked' }
  | ({ readonly type: 'historyRead' } & PastPage)
  | { readonly type: 'historyFailed' }
);
