import { Compile } from 'typebox/compile';
import type { TSchema } from 'typebox';

import { type ClientFrame, clientFrames } from './client-frames.ts';

/** What came over the wire: a frame, or why it is none, with its id where it has one. */
export type ReadFrame =
  | { readonly kind: 'frame'; readonly frame: ClientFrame }
  | {
      readonly kind: 'fault';
      readonly code: 'NotJson' | 'BadFrame' | 'UnknownFrame';
      readonly subject: string;
      readonly id?: string;
    };

const checks = new Map(
  Object.entries(clientFrames).map(([type, schema]) => [type, Compile<TSchema>(schema)]),
);

/** Reads one text message. */
export function readFrame(text: string): ReadFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'fault', code: 'NotJson', subject: '' };
  }
  const { type, id } = fieldsOf(value);
  const named = typeof id === 'string' && id.length > 0 && id.length <= 64 ? { id } : {};
  const check = typeof type === 'string' ? checks.get(type) : undefined;
  if (check === undefined) {
    const subject = typeof type === 'string' ? type.slice(0, 60) : '';
    return { kind: 'fault', code: 'UnknownFrame', subject, ...named };
  }
  if (check.Check(value)) return { kind: 'frame', frame: value as ClientFrame };
  const [first] = check.Errors(value);
  const where = first === undefined ? '' : `${first.instancePath} ${first.message}`.trim();
  return { kind: 'fault', code: 'BadFrame', subject: where.slice(0, 200), ...named };
}

function fieldsOf(value: unknown): { readonly type?: unknown; readonly id?: unknown } {
  return typeof value === 'object' && value !== null ? value : {};
}
