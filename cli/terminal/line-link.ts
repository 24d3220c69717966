import { once } from 'node:events';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';

import { cleanText } from '../../core/text.ts';
import type { Address } from './address.ts';
import { connectFailure } from './connect-failure.ts';
import type { Trust } from './trust.ts';

/** From the first packet to the end of the handshake. */
const connectMsMax = 10_000;
/** A chat server greets at once. */
const greetingMsMax = 10_000;
/** When nothing has come for so long, TCP asks whether the server is still there. */
const keepAliveMs = 30_000;
/** A chat line has 4,096 bytes at most; what is far beyond that comes from no chat server. */
const lineCharactersMax = 65_536;

/** One connection to a chat server, line by line. */
export interface LineLink {
  /** Sends a line; the line end is added. */
  send(line: string): void;
  /** Ends the connection; `closed` follows. */
  close(): void;
}

export interface LineListener {
  /** A line of the server, without its end and without control characters. */
  line(text: string): void;
  /** The connection has ended, by whichever side; the last call. `why` is empty if unknown. */
  closed(why: string): void;
}

/** Opens the byte stream for a link, or fails with a {@link ConnectFailure}. */
export type Dial = () => Promise<Duplex>;

/** Speaks lines over a byte stream. */
export function openLineLink(stream: Duplex, listener: LineListener): LineLink {
  const utf8 = new TextDecoder('utf-8');
  let held = '';
  let why = '';
  const giveUp = (reason: string): void => {
    why = reason;
    stream.destroy();
  };
  const timer = setTimeout(() => giveUp('It does not greet as a chat server does.'), greetingMsMax);
  stream.on('data', (chunk: Buffer) => {
    const lines = (held + utf8.decode(chunk, { stream: true })).split('\n');
    held = lines.pop() ?? '';
    if (lines.length > 0) clearTimeout(timer);
    for (const line of lines) listener.line(cleanText(line, { lines: false }));
    if (held.length > lineCharactersMax) giveUp('It sent a line without an end.');
  });
  // `close` follows both.
  stream.on('end', () => stream.end());
  stream.on('error', (error) => (why ||= error.message));
  stream.once('close', () => {
    clearTimeout(timer);
    listener.closed(why);
  });
  return {
    send: (line) => void (stream.writable && stream.write(`${line}\n`)),
    close: () => stream.destroy(),
  };
}

/**
 * Connects over TLS, and verifies the server's certificate.
 * @throws {ConnectFailure}
 */
export async function dialTls(address: Address, trust: Trust): Promise<Duplex> {
  const { host, port } = address;
  const socket = connect({
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(trust.authorities === undefined ? {} : { ca: trust.authorities }),
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(connectMsMax) });
  } catch (error) {
    socket.destroy();
    throw connectFailure(error, address, trust);
  }
  return socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
}
