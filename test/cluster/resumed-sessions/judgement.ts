import { type LogRecord, readRecord } from '../../checker/log-event.ts';
import type { RawRecord } from '../../checker/log-dump.ts';
import { expectedOf } from './expected.ts';
import type { Heard } from './heard.ts';

/** What was said, and where it is stored by the answer. */
export interface Said {
  readonly text: string;
  readonly room: string;
  readonly number: number;
}

/** What a client noted. */
export interface Witness {
  readonly user: string;
  readonly heard: Heard;
  readonly said: readonly Said[];
}

/** A sentence for whatever is not as the log has it; none is as it should be. */
export function findings(
  records: readonly RawRecord[],
  witnesses: readonly Witness[],
): readonly string[] {
  const expected = expectedOf(records);
  return [
    ...witnesses.flatMap(({ user, heard }) =>
      differences(user, heard, expected.get(user) ?? new Map<string, string[]>()),
    ),
    ...misplaced(records.map(readRecord), witnesses),
    ...storedTwice(records.map(readRecord)),
  ];
}

/** One for each stream of which a user did not hear what the log has, once and in order. */
function differences(user: string, heard: Heard, expected: Heard): readonly string[] {
  const streams = new Set([...heard.keys(), ...expected.keys()]);
  return [...streams].flatMap((stream) => {
    const [is, ought] = [heard.get(stream) ?? [], expected.get(stream) ?? []];
    const length = Math.max(is.length, ought.length);
    for (let place = 0; place < length; place += 1) {
      if (is[place] === ought[place]) continue;
      const counts = `${is.length} of ${ought.length}`;
      return `${user} heard of ${stream} (${counts}) “${is[place]}” instead of “${ought[place]}”`;
    }
    return [];
  });
}

function misplaced(
  records: readonly LogRecord[],
  witnesses: readonly Witness[],
): readonly string[] {
  const places = new Map<string, string>();
  for (const { stream, revision, event } of records)
    if (event.type === 'MessagePosted') places.set(`${stream} ${revision}`, event.text);
  return witnesses.flatMap(({ said }) =>
    said
      .filter(({ room, number, text }) => places.get(`room:${room} ${number}`) !== text)
      .map(({ room, number, text }) => `“${text}” is not at ${number} of ${room}`),
  );
}

/** Every text is of its own. */
function storedTwice(records: readonly LogRecord[]): readonly string[] {
  const seen = new Set<string>();
  return records.flatMap(({ event, body }) => {
    const text = event.type === 'MessagePosted' || event.type === 'other' ? body?.toString() : '';
    if (text === undefined || text === '' || !seen.has(text)) {
      seen.add(text ?? '');
      return [];
    }
    return `“${text}” is stored twice`;
  });
}
