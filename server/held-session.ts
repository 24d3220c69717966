import { hash, randomBytes } from 'node:crypto';

import type { Actor, AppendOutcome, Commit } from '../core/event-store.ts';
import type { SessionOpened } from '../core/session.ts';
import { type Appender, commitOf, type Part, type ReadOutcome } from './appender.ts';
import type { Chat } from './chat.ts';
import { ConversationMarks } from './conversation-marks.ts';
import { HistoryReads } from './history-reads.ts';
import type { LoadedKeptRooms } from './loaded-kept-rooms.ts';
import { randomId } from './random-id.ts';
import { ReadMarks } from './read-marks.ts';
import { RoomMarks } from './room-marks.ts';

const over: AppendOutcome = { status: 'fenced' };
/** As hard to guess as a key. */
const secretBytes = 32;

/** What identifies a session. */
export interface SessionIdentity {
  readonly user: string;
  readonly session: string;
  /** The secret with which its client can go on with it, if it can. */
  readonly secret?: string;
}

/** The identity of a session that is about to be opened. */
export const newIdentity = (user: string, isResumable: boolean): SessionIdentity => ({
  user,
  session: randomId(),
  ...(isResumable && { secret: newSecret() }),
});

const newSecret = (): string => randomBytes(secretBytes).toString('base64url');

/**
 * A session of this server, as its client's commands append for it. They do so through the
 * incarnation that opened it: what outlives that one is refused by the store. Once the client has
 * gone nothing more is appended by a command that was still at work.
 */
export class HeldSession {
  readonly user: string;
  readonly session: string;
  readonly actor: Actor;
  readonly marks: ReadMarks;
  readonly roomMarks: RoomMarks;
  readonly conversationMarks: ConversationMarks;
  readonly reads: HistoryReads;
  /** From which place on each room's events are shown, by room, where that is not from its join. */
  readonly shownFrom = new Map<string, number>();
  /** The rooms that its account keeps, as they were read last. */
  keptRooms: LoadedKeptRooms | undefined;
  /** Rooms that its account keeps only now: what was said in them before is no news. */
  readonly newlyKept = new Set<string>();
  /** Of the commit that was appended last: the answers to older ones come too late. */
  cause = '';
  /** Whether the view shows in which rooms the session is: a move's fate may be unknown. */
  isPlaced = true;
  readonly #appender: Appender;
  #secret: string | undefined;
  /** By their hashes: secrets that take the place of the present one when the log says so. */
  readonly #nextSecrets = new Map<string, string>();
  readonly #underWay = new Set<Promise<ReadOutcome>>();
  #isOver = false;

  constructor(chat: Chat, identity: SessionIdentity) {
    const { options, incarnation, appender } = chat;
    const { user, session, secret } = identity;
    this.user = user;
    this.session = session;
    this.#secret = secret;
    this.actor = { user, session, server: options.name, incarnation };
    this.#appender = appender;
    // How far somebody has read is written down also after they have gone.
    const append = (part: Part): Promise<ReadOutcome> => appender.append(this.actor, [part]);
    this.marks = new ReadMarks({ reader: user, saysWhatIsRead: this.isResumable }, append);
    this.roomMarks = new RoomMarks(chat, user, append);
    this.conversationMarks = new ConversationMarks(user, append);
    this.reads = new HistoryReads({ user, session }, (...parts) =>
      appender.append(this.actor, parts),
    );
  }

  get secret(): string | undefined {
    return this.#secret;
  }

  /** Whether its client may come back to it. */
  get isResumable(): boolean {
    return this.#secret !== undefined;
  }

  /** Makes another secret for it, which counts from `renew` on. Answers its hash. */
  nextSecret(): string {
    const secret = newSecret();
    const resume = hashOf(secret);
    this.#nextSecrets.set(resume, secret);
    return resume;
  }

  /** The log has this hash for it now. False for one that was not made for it here. */
  renew(resume: string): boolean {
    const secret = this.#nextSecrets.get(resume);
    if (secret === undefined) return false;
    this.#nextSecrets.clear();
    this.#secret = secret;
    return true;
  }

  /** As its events name it. */
  get data(): SessionOpened['data'] {
    const { user, session, secret, actor } = this;
    const { server, incarnation } = actor;
    const resume = secret === undefined ? {} : { resume: hashOf(secret) };
    return { user, session, server, incarnation, ...resume };
  }

  /** One commit for each partition, in the order of the parts; see {@link Appender}. */
  append(...parts: readonly Part[]): Promise<ReadOutcome> {
    this.cause = randomId();
    return this.#followed(() => this.#appender.appendInTurn(this.actor, parts, this.cause));
  }

  /** The same, under a cause that the caller knows. */
  appendAs(cause: string, ...parts: readonly Part[]): Promise<ReadOutcome> {
    return this.#followed(() => this.#appender.append(this.actor, parts, cause));
  }

  /** One commit, which the client has its own number for. */
  appendOnce(part: Part, sequence: number | undefined): Promise<ReadOutcome> {
    const commit = this.#commit(part, sequence);
    this.cause = commit.parts[0]?.events[0]?.cause ?? '';
    return this.#followed(() => this.#appender.appendCommit(commit));
  }

  /** Hands one event over and answers its id at once, and its outcome as soon as the store does. */
  hand(part: Part, sequence: number | undefined): { id: string; outcome: Promise<AppendOutcome> } {
    const commit = this.#commit(part, sequence);
    const id = commit.parts[0]?.events[0]?.id ?? '';
    return { id, outcome: this.#isOver ? Promise.resolve(over) : this.#appender.hand(commit) };
  }

  /** Resolves when the log knows what its user has read, or cannot be told. */
  async marked(): Promise<void> {
    const { marks, roomMarks, conversationMarks, reads } = this;
    const all = [marks, roomMarks, conversationMarks, reads];
    await Promise.all(all.map((each) => each.settled()));
  }

  /** The log was set back. */
  forget(): void {
    this.marks.forget();
    this.roomMarks.forget();
    this.conversationMarks.forget();
    this.keptRooms = undefined;
    this.shownFrom.clear();
  }

  /** Its client has gone. Resolves when what is under way has been folded, or is given up. */
  async letGo(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled(this.#underWay);
  }

  #commit(part: Part, sequence: number | undefined): Commit {
    const commit = commitOf(this.actor, [part]);
    const { session } = this;
    return sequence === undefined ? commit : { ...commit, once: { session, sequence } };
  }

  #followed(append: () => Promise<ReadOutcome>): Promise<ReadOutcome> {
    if (this.#isOver) return Promise.resolve(over);
    const outcome = append();
    this.#underWay.add(outcome);
    return outcome.finally(() => this.#underWay.delete(outcome));
  }
}

/** What the log holds of a session's secret: it is random, so its hash tells nothing. */
export const hashOf = (secret: string): string => hash('sha256', secret, 'base64url');
