import type { WriteStream } from 'node:tty';
import picocolors from 'picocolors';

export type Colours = ReturnType<typeof picocolors.createColors>;

/**
 * Functions that colour text for this stream: none do where NO_COLOR is set, nor, unless
 * FORCE_COLOR is set, where the stream is no terminal.
 */
export function colours(stream: Pick<WriteStream, 'isTTY'>): Colours {
  const forced = Boolean(process.env['FORCE_COLOR']);
  return picocolors.createColors(picocolors.isColorSupported && (stream.isTTY || forced));
}
