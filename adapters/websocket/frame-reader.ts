import { Compile } from 'typebox/compile';
import type { TSchema } from 'typebox';

import { type ClientFrame, clientFrames, type ClientFrameType } from './client-frames.ts';

/** What came over the wire: a frame, or why it is none. */
export type ReadFrame = { readonly kind: 'frame'; readonly frame: ClientFrame } | Unread;

/** No frame; with its id and its type where it has them. */
export interface Unread {
  readonly kind: 'fault';
  readonly code: 'NotJson' | 'BadFrame' | 'UnknownFrame';
  readonly subject: string;
  readonly id?: string;
  readonly type?: ClientFrameType;
}

const checks = new Map(
  Object.entries(clientFrames).map(([type, schema]) => [
    type as ClientFrameType,
    Compile<TSchema>(schema),
  ]),
);

/** Reads one text message. */
export function readFrame(text: string): ReadFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'fault', code: 'NotJson', subject: '' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'fault', code: 'BadFrame', subject: 'it is no JSON object.' };
  const { type, id }: { readonly type?: unknown; readonly id?: unknown } = value;
  const named = typeof id === 'string' && id.length > 0 && id.length <= 64 ? { id } : {};
  if (typeof type !== 'string' || type === '')
    return { kind: 'fault', code: 'BadFrame', subject: 'it has no type.', ...named };
  const check = checks.get(type as ClientFrameType);
  if (check === undefined)
    return { kind: 'fault', code: 'UnknownFrame', subject: type.slice(0, 60), ...named };
  if (check.Check(value)) return { kind: 'frame', frame: value as ClientFrame };
  const known = type as ClientFrameType;
  const strange = Object.keys(value).find(
    (property) => !Object.hasOwn(clientFrames[known].properties, property),
  );
  const [first] = check.Errors(value);
  const where = first === undefined ? '' : `${first.instancePath} ${first.message}`.trim();
  const subject = strange === undefined ? where : `${known} has no ${strange}`;
  return { kind: 'fault', code: 'BadFrame', subject: subject.slice(0, 200), type: known, ...named };
}
