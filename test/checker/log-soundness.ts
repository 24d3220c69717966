import type { Findings } from './finding.ts';
import type { LogEvent, LogRecord } from './log-event.ts';
import type { RawRecord } from './log-dump.ts';

/** What is known of one partition's log so far. */
interface Tail {
  position: number;
  at: number;
  epoch: string | undefined;
  readonly revisions: Map<string, number>;
  /** The highest incarnation of each server that has ended here. */
  readonly ended: Map<string, number>;
}

/**
 * The log by itself: positions and revisions are dense, `at` never falls, ids are unique, bodies
 * are what the metadata names, events lie in their own streams, epochs follow one another, and an
 * incarnation that has ended appends nothing more. Shown each record once, in each partition's
 * order.
 */
export class LogSoundness {
  readonly #findings: Findings;
  readonly #tails = new Map<number, Tail>();
  readonly #ids = new Set<string>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  see(record: LogRecord): void {
    const tail = this.#tailOf(record.partition);
    this.#checkPlace(tail, record);
    this.#checkEpoch(tail, record);
    this.#checkWriter(tail, record);
    if (this.#ids.has(record.id)) this.#add('idTwice', record, `the id ${record.id} comes again`);
    this.#ids.add(record.id);
    if (!record.bodyIsSound)
      this.#add(
        'badBody',
        record,
        'the body cannot be read, or is not the one that the metadata names',
      );
    const stream = streamOf(record.event);
    if (stream !== undefined && stream !== record.stream)
      this.#add('wrongStream', record, `${record.event.type} lies in ${record.stream}`);
  }

  /** A record whose metadata cannot be read: only its place is checked. */
  seeUnreadable(raw: RawRecord, why: unknown): void {
    this.#checkPlace(this.#tailOf(raw.partition), raw);
    this.#add('badRecord', raw, `the record cannot be read: ${String(why)}`);
  }

  #checkPlace(tail: Tail, { partition, position, stream, revision, at, link }: RawRecord): void {
    const place = { partition, position };
    if (position !== tail.position + 1)
      this.#add('positionHole', place, `position ${position} follows ${tail.position}`);
    tail.position = position;
    if (at < tail.at) this.#add('timeFalls', place, `time falls from ${tail.at} to ${at}`);
    tail.at = at;
    this.#checkRevision(tail, place, { stream, revision });
    if (link !== undefined) this.#checkRevision(tail, place, link);
  }

  #checkRevision(
    tail: Tail,
    place: { partition: number; position: number },
    { stream, revision }: { stream: string; revision: number },
  ): void {
    const last = tail.revisions.get(stream) ?? 0;
    if (revision !== last + 1)
      this.#add('revisionHole', place, `revision ${revision} of ${stream} follows ${last}`);
    tail.revisions.set(stream, revision);
  }

  #checkEpoch(tail: Tail, record: LogRecord): void {
    const { event } = record;
    const says = (what: string): void => this.#add('wrongEpoch', record, what);
    if (event.type !== 'EpochStarted') {
      if (tail.epoch === undefined) says('no epoch has started before this record');
      tail.epoch ??= '';
      return;
    }
    if (tail.epoch !== undefined && event.previous !== tail.epoch)
      says(`the epoch ${event.epoch} names ${event.previous} as the one before, not ${tail.epoch}`);
    tail.epoch = event.epoch;
  }

  #checkWriter(tail: Tail, record: LogRecord): void {
    const { actor, event } = record;
    const ended = tail.ended.get(actor.server) ?? 0;
    if (actor.incarnation > 0 && actor.incarnation <= ended)
      this.#add(
        'appendedAfterEnd',
        record,
        `${actor.server} appends as incarnation ${actor.incarnation}, which has ended`,
      );
    if (event.type !== 'ServerStopped' && event.type !== 'ServerLost') return;
    const before = tail.ended.get(event.server) ?? 0;
    tail.ended.set(event.server, Math.max(before, event.incarnation));
  }

  #add(
    kind: Parameters<Findings['add']>[0],
    { partition, position }: { readonly partition: number; readonly position: number },
    what: string,
  ): void {
    this.#findings.add(kind, { partition, position }, what);
  }

  #tailOf(partition: number): Tail {
    let tail = this.#tails.get(partition);
    if (tail === undefined) {
      tail = { position: 0, at: 0, epoch: undefined, revisions: new Map(), ended: new Map() };
      this.#tails.set(partition, tail);
    }
    return tail;
  }
}

/** The stream that an event belongs to, where its name follows from the event. */
function streamOf(event: LogEvent): string | undefined {
  switch (event.type) {
    case 'SessionOpened':
    case 'SessionClosed':
      return `session:${event.user}`;
    case 'RoomJoined':
    case 'RoomLeft':
    case 'MessagePosted':
      return `room:${event.room}`;
    case 'UserSubscribed':
    case 'UserUnsubscribed':
      return `following:${event.user}`;
    case 'ServerStarted':
    case 'ServerStopped':
    case 'ServerLost':
      return `server:${event.server}`;
    case 'EpochStarted':
      return 'epoch';
    case 'other':
      return undefined;
  }
}
