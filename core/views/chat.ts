import type { Recorded } from '../event-store.ts';
import { emptyFollowers, evolveFollowers, type FollowersView } from './followers.ts';
import { emptyRooms, evolveRooms, type RoomsView } from './rooms.ts';
import { emptySessions, evolveSessions, type SessionsView } from './sessions.ts';
import { evolveRetentions, type RetentionsView } from './retentions.ts';
import { evolveServers, type ServersView } from './servers.ts';

/** All that a chat server shows of the log, and that a replay folds: one state, one fold. */
export interface ChatView {
  readonly sessions: SessionsView;
  readonly rooms: RoomsView;
  readonly followers: FollowersView;
  readonly servers: ServersView;
  readonly retentions: RetentionsView;
  /** The epoch in force, by partition. */
  readonly epochs: Map<number, string>;
}

export const emptyChat = (): ChatView => ({
  sessions: emptySessions(),
  rooms: emptyRooms(),
  followers: emptyFollowers(),
  servers: new Map(),
  retentions: new Map(),
  epochs: new Map(),
});

export function evolveChat(view: ChatView, recorded: Recorded): ChatView {
  const { event, partition } = recorded;
  evolveRooms(view.rooms, recorded);
  // Nine records in ten are messages, and they change nothing else.
  if (event.type === 'MessagePosted') return view;
  if (event.type === 'EpochStarted') view.epochs.set(partition, event.data.epoch);
  evolveSessions(view.sessions, recorded);
  evolveFollowers(view.followers, recorded);
  evolveServers(view.servers, recorded);
  evolveRetentions(view.retentions, recorded);
  return view;
}
