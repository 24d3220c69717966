import { NdjsonWriter, readNdjson } from './ndjson.ts';

/** Where and when: the connection, counted from 1 in its history, and milliseconds since 1970. */
interface Stamp {
  readonly connection: number;
  readonly at: number;
}

/**
 * What one client did and saw, as it saw it. `message` counts what a connection has sent. Rooms
 * are as they were typed or shown; texts are unique among all histories of a run.
 *
 * A message that was invoked and never answered is as good as `unknown`.
 */
export type HistoryEvent = Stamp &
  (
    | { readonly kind: 'opened'; readonly port: number }
    | { readonly kind: 'login'; readonly user: string; readonly takeover: boolean }
    /** `session` names the session of the log, where the tester knows more than a client does. */
    | {
        readonly kind: 'welcome';
        readonly user: string;
        readonly room: string;
        readonly session?: string;
      }
    /**
     * The connection is from before the log was set back, in a session of this user: of what it
     * did only what it said counts.
     */
    | { readonly kind: 'earlier'; readonly user: string }
    /** A message was sent, to the room that the client believes to be in. */
    | {
        readonly kind: 'invoke';
        readonly message: number;
        readonly room: string;
        readonly text: string;
      }
    | {
        readonly kind: 'ok';
        readonly message: number;
        readonly room: string;
        readonly epoch: string;
        readonly number: number;
      }
    /** Refused: it was not stored and will not be. */
    | { readonly kind: 'error'; readonly message: number; readonly text: string }
    /** Nobody knows: the answer said so, or the connection broke before there was one. */
    | { readonly kind: 'unknown'; readonly message: number; readonly text: string }
    /** Received: a message of the room, in the room's name. */
    | {
        readonly kind: 'message';
        readonly room: string;
        readonly user: string;
        readonly text: string;
      }
    /** Received: a message of a followed user, in another room. */
    | { readonly kind: 'subbed'; readonly user: string; readonly text: string }
    | { readonly kind: 'direct'; readonly user: string; readonly text: string }
    | { readonly kind: 'entered' | 'left'; readonly room: string; readonly user: string }
    | { readonly kind: 'joined'; readonly room: string }
    | { readonly kind: 'goodbye' }
    /** A receipt that answers nothing. */
    | { readonly kind: 'stray'; readonly line: string }
    /** Any other line. */
    | { readonly kind: 'line'; readonly line: string }
    /**
     * `complete`: the tester promises that the client had waited until all that was ever posted
     * must have reached it, so that anything it lacks was lost.
     */
    | { readonly kind: 'closed'; readonly reason: string; readonly complete: boolean }
  );

/** Where a client writes its history. */
export interface HistorySink {
  /** The number of a connection that is being opened: 1, 2, 3, … */
  nextConnection(): number;
  add(event: HistoryEvent): void;
}

/** What the checker reads: one client's events, in order. */
export interface ClientHistory {
  /** Names the client in findings. */
  readonly client: string;
  readonly events: Iterable<HistoryEvent> | AsyncIterable<HistoryEvent>;
}

/** A history in memory: for runs of thousands of events, not of millions. */
export class HistoryList implements HistorySink, ClientHistory {
  readonly client: string;
  readonly events: HistoryEvent[] = [];
  #connections = 0;

  constructor(client: string) {
    this.client = client;
  }

  nextConnection(): number {
    return ++this.#connections;
  }

  add(event: HistoryEvent): void {
    this.events.push(event);
  }
}

/** A history in a file, one event a line; after `close` it can be read. */
export class HistoryFile implements HistorySink, ClientHistory {
  readonly client: string;
  readonly path: string;
  readonly #writer: NdjsonWriter;
  #connections = 0;

  constructor(client: string, path: string) {
    this.client = client;
    this.path = path;
    this.#writer = new NdjsonWriter(path);
  }

  get events(): Iterable<HistoryEvent> {
    return readHistory(this.path);
  }

  nextConnection(): number {
    return ++this.#connections;
  }

  add(event: HistoryEvent): void {
    this.#writer.write(event);
  }

  close(): void {
    this.#writer.close();
  }
}

/** The events of a file that a `HistoryFile` wrote. */
export const readHistory = (path: string): Iterable<HistoryEvent> =>
  readNdjson(path) as Iterable<HistoryEvent>;
