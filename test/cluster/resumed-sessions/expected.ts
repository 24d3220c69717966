import { type LogRecord, readRecord } from '../../checker/log-event.ts';
import type { RawRecord } from '../../checker/log-dump.ts';
import { add, type Heard } from './heard.ts';

/**
 * What a log has each user hear, whose sessions are open to its end. Partitions have no order among
 * one another: who is here and whom they follow holds for all that is said.
 */
export function expectedOf(records: Iterable<RawRecord>): ReadonlyMap<string, Heard> {
  const story = new Story();
  const read = [...records].map(readRecord);
  for (const record of read) if (!isSaid(record)) story.tell(record);
  for (const record of read) if (isSaid(record)) story.tell(record);
  return story.heard;
}

const isSaid = ({ stream }: LogRecord): boolean => /^(room|direct):/.test(stream);

/** Who is where, and follows whom, at a place of the log. */
class Story {
  readonly heard = new Map<string, Heard>();
  /** The users in each room. */
  readonly #members = new Map<string, Set<string>>();
  readonly #following = new Map<string, Set<string>>();

  tell(record: LogRecord): void {
    const { event } = record;
    switch (event.type) {
      case 'SessionOpened':
        this.heard.set(event.user, new Map());
        break;
      case 'RoomJoined':
        this.#membersOf(event.room).add(event.user);
        this.#toMembers(event.room, `${record.revision}`);
        break;
      case 'RoomLeft':
        this.#toMembers(event.room, `${record.revision}`);
        this.#membersOf(event.room).delete(event.user);
        break;
      case 'MessagePosted':
        this.#posted(event.room, event.user, `${record.revision} ${event.user}: ${event.text}`);
        break;
      case 'UserSubscribed':
        entry(this.#following, event.user).add(event.target);
        break;
      case 'UserUnsubscribed':
        entry(this.#following, event.user).delete(event.target);
        break;
      case 'other':
        this.#other(record);
        break;
      default:
    }
  }

  #posted(room: string, author: string, what: string): void {
    this.#toMembers(room, what);
    const members = this.#membersOf(room);
    for (const [user, heard] of this.heard)
      if (!members.has(user) && this.#following.get(user)?.has(author))
        add(heard, `followed ${room}`, what);
  }

  #other({ meta, body, revision }: LogRecord): void {
    const { type, data } = JSON.parse(meta) as { type: string; data: Record<string, string> };
    if (type !== 'DirectMessagePosted') return;
    const { from = '', to = '' } = data;
    // The first byte tells the form of the body.
    const text = Buffer.from(body ?? '').toString('utf8', 1);
    for (const [user, peer] of [
      [from, to],
      [to, from],
    ] as const) {
      const heard = this.heard.get(user);
      if (heard !== undefined) add(heard, `direct ${peer}`, `${revision} ${from}: ${text}`);
    }
  }

  #toMembers(room: string, what: string): void {
    for (const user of this.#membersOf(room)) {
      const heard = this.heard.get(user);
      if (heard !== undefined) add(heard, `room ${room}`, what);
    }
  }

  #membersOf(room: string): Set<string> {
    return entry(this.#members, room);
  }
}

function entry(sets: Map<string, Set<string>>, key: string): Set<string> {
  const set = sets.get(key) ?? new Set<string>();
  sets.set(key, set);
  return set;
}
