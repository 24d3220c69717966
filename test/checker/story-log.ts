import { hash } from 'node:crypto';
import type { RawRecord } from './log-dump.ts';

/** A clock that no two events share. */
export class StoryClock {
  now = 1_700_000_000_000;

  tick(): number {
    return (this.now += 1);
  }
}

/** The log of a story: sound by itself, whatever is appended. Tests spoil its records. */
export class StoryLog {
  readonly records: RawRecord[] = [];
  readonly #clock: StoryClock;
  readonly #revisions = new Map<string, number>();

  constructor(clock: StoryClock) {
    this.#clock = clock;
  }

  revision(stream: string): number {
    return this.#revisions.get(stream) ?? 0;
  }

  append(
    stream: string,
    event: { readonly type: string; readonly data: object },
    text?: string,
  ): RawRecord {
    const position = this.records.length + 1;
    const revision = this.revision(stream) + 1;
    this.#revisions.set(stream, revision);
    const body = text === undefined ? undefined : Buffer.from(`\0${text}`);
    const meta = JSON.stringify({
      id: `id-${position}`,
      type: event.type,
      v: 1,
      actor: { server: 'tool', incarnation: 0 },
      cause: `cause-${position}`,
      data: event.data,
      ...(body === undefined ? {} : { body: hash('sha256', body, 'base64url') }),
    });
    const bytes = body === undefined ? {} : { body };
    const at = this.#clock.tick();
    const record = { partition: 0, position, stream, revision, at, meta, ...bytes };
    this.records.push(record);
    return record;
  }

  /** The last record with this text. */
  withText(text: string): RawRecord {
    const record = this.records.findLast(({ body }) => body?.toString() === `\0${text}`);
    if (record === undefined) throw new Error(`the log has no "${text}"`);
    return record;
  }

  /** The last record of this type. */
  ofType(type: string): RawRecord {
    const record = this.records.findLast(({ meta }) => meta.includes(`"type":"${type}"`));
    if (record === undefined) throw new Error(`the log has no ${type}`);
    return record;
  }

  /** Puts something else into the place of a record: its index, from the end if negative. */
  spoil(index: number, change: (record: RawRecord) => Partial<RawRecord>): void {
    const record = this.records.at(index);
    if (record === undefined) throw new Error(`the log has no record ${index}`);
    this.records.splice(index, 1, { ...record, ...change(record) });
  }
}
