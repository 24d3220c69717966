import type { EventType } from '../../core/event.ts';
import type { Recorded } from '../../core/event-store.ts';
import { cleanText } from '../../core/text.ts';
import type { Colours } from '../colours.ts';
import { textWidth } from '../terminal/display-width.ts';
import { type CommitContext, noCommit } from './commits.ts';
import { instantText } from './instant.ts';
import { tell, type Told } from './story.ts';

/** Writes records, each as whole lines, or nothing. */
export interface RecordFormat {
  /** What stands before the first record; `isPlain`: whether people's own words follow. */
  heading(isPlain: boolean): string;
  /** `commit`: what is known of the commit that the record is of. */
  record(recorded: Recorded, commit?: CommitContext): string;
}

/** An erasure does not reach what was written elsewhere. */
export const plainTextNotice =
  'People’s own words in plain text: an erasure does not reach this copy.';

/** One line of JSON a record, as the log has it. */
export const ndjsonFormat: RecordFormat = {
  heading: () => '',
  // One plain literal: copied together of parts it takes half as long again.
  record({ partition, position, stream, revision, link, at, id, actor, cause, event }) {
    const time = new Date(at).toISOString();
    const { type, data } = event;
    const text = 'text' in event ? event.text : undefined;
    const line = {
      time,
      at,
      partition,
      position,
      stream,
      revision,
      id,
      actor,
      cause,
      link,
      type,
      data,
      text,
    };
    return `${JSON.stringify(line)}\n`;
  },
};

const csvColumns = 'time,partition,position,stream,revision,type,user,room,server,text';

/** RFC 4180, a line a record, behind a line of names. Rooms are called by the canonical forms. */
export const csvFormat: RecordFormat = {
  heading: (isPlain) => `${isPlain ? `# ${plainTextNotice}\r\n` : ''}${csvColumns}\r\n`,
  record(recorded) {
    const { event, at, partition, position, stream, revision, actor } = recorded;
    const data: Readonly<Record<string, unknown>> = { ...event.data };
    const time = new Date(at).toISOString();
    const user = [data['user'], data['from'], data['reader']].find(isName) ?? actor.user;
    const placed = [time, partition, position, stream, revision, event.type];
    const cells = [
      ...placed,
      user,
      data['room'],
      data['server'] ?? actor.server,
      csvText(recorded),
    ];
    return `${cells.map(csvCell).join(',')}\r\n`;
  },
};

/** Where an epoch begins is a number under a name that direct messages have for their authors. */
const isName = (value: unknown): boolean => typeof value === 'string';

/** What no other column tells is told in the words of the history. */
const toldInWords: ReadonlySet<string> = new Set<EventType>([
  'AuditRead',
  'CheckpointSigned',
  'EpochStarted',
  'LogTrimmed',
  'SigningKeyPublished',
  'UserErased',
]);

function csvText(recorded: Recorded): string | undefined {
  const { event } = recorded;
  if (toldInWords.has(event.type)) return tell(recorded, noCommit, 1)?.words;
  return 'text' in event ? event.text : undefined;
}

/** What a spreadsheet would take for a formula is made a text by an apostrophe before it. */
function csvCell(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export interface TextOptions {
  readonly paint: Colours;
  readonly partitions: number;
  /** Whether each line begins with the record's place in the log. */
  readonly positions: boolean;
  /** How a room is called, by its canonical form. */
  readonly roomName: (room: string) => string;
}

const roomColumns = 8;
const positionColumns = 8;

/** For people: time, room, and what happened. */
export class TextFormat implements RecordFormat {
  readonly #options: TextOptions;
  readonly #columns = new Map<string, string>();
  #second = Number.NaN;
  #time = '';

  constructor(options: TextOptions) {
    this.#options = options;
  }

  heading(isPlain: boolean): string {
    return isPlain ? `${this.#options.paint.dim(`# ${plainTextNotice}`)}\n` : '';
  }

  record(recorded: Recorded, commit = noCommit): string {
    const told = tell(recorded, commit, this.#options.partitions);
    return told === undefined ? '' : this.#lines(recorded, told);
  }

  /** A text of several lines has its beginning on each of them. */
  #lines(recorded: Recorded, told: Told): string {
    const { paint } = this.#options;
    const { user = '', between = '', words, tone } = told;
    const start = this.#start(recorded, told);
    const paintLine = (line: string): string => {
      const plain = shown(`${between}${line}`);
      if (tone === 'said') return `${paint.bold(shown(user))}${plain}`;
      return tone === 'ended' ? paint.yellow(plain) : paint.dim(`${shown(user)}${plain}`);
    };
    return words
      .split('\n')
      .map((line) => `${start}${paintLine(line)}\n`)
      .join('');
  }

  #start({ at, partition, position }: Recorded, { room }: Told): string {
    const { paint, positions, partitions, roomName } = this.#options;
    const place = partitions === 1 ? String(position) : `${partition}:${position}`;
    const where = this.#columnOf(room === undefined ? '·' : roomName(room));
    const placed = positions ? `${paint.dim(place.padStart(positionColumns))}  ` : '';
    return `${placed}${this.#timeOf(at)}  ${where}  `;
  }

  /** Many records are of one second. */
  #timeOf(at: number): string {
    const second = Math.floor(at / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#time = this.#options.paint.dim(instantText(at));
    }
    return this.#time;
  }

  /** …and of few rooms. */
  #columnOf(name: string): string {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const where = shown(name);
    const padding = ' '.repeat(Math.max(roomColumns - textWidth(where), 0));
    const column = `${this.#options.paint.cyan(where)}${padding}`;
    this.#columns.set(name, column);
    return column;
  }
}

/** Whoever wrote the log, it does nothing to a terminal. Most texts need no cleaning. */
const shown = (text: string): string =>
  controls.test(text) ? cleanText(text, { lines: false }) : text;

const controls = /[\u0000-\u001f\u007f-\u009f]/;
