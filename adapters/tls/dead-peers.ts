import ipaddr from 'ipaddr.js';

import type { Peer } from '../strangers.ts';

/**
 * Data that was not acknowledged for so long is on its way to nobody: the peer's machine or network
 * is gone. TCP by itself gives up after a quarter of an hour, and while it tries it asks no more
 * whether anybody is there.
 */
export const unacknowledgedMsMax = 60_000;

/**
 * Finds connections whose data the other side does not acknowledge, in the kernel's tables
 * (`/proc/net/tcp` and `tcp6` of Linux, proc(5)): since when each one sends the same again.
 */
export class DeadPeers {
  readonly #since = new Map<string, number>();

  /**
   * The peers of a local port that have acknowledged nothing for `unacknowledgedMsMax`, by
   * {@link nameInTable}. To be called every few seconds with the tables as they are; `now` in
   * milliseconds on a clock that does not run backwards.
   */
  look(tables: string, port: number, now: number): readonly string[] {
    const resending = new Set(resendingPeers(tables, port));
    for (const name of this.#since.keys()) if (!resending.has(name)) this.#since.delete(name);
    for (const name of resending) if (!this.#since.has(name)) this.#since.set(name, now);
    return [...this.#since]
      .filter(([, at]) => now - at >= unacknowledgedMsMax)
      .map(([name]) => name);
  }
}

/** What a peer is called here, however its address is written. */
export function nameInTable({ remoteAddress = '', remotePort }: Peer): string {
  const [plain = ''] = remoteAddress.split('%');
  const address = ipaddr.isValid(plain) ? ipaddr.process(plain).toNormalizedString() : plain;
  return `${address} ${remotePort}`;
}

function* resendingPeers(tables: string, port: number): Generator<string> {
  for (const row of tables.split('\n')) {
    // Its number, local and remote address, state, queues, timer, how often it was sent again.
    const [, local, remote, , , , resent = '0'] = row.trim().split(/\s+/);
    if (local === undefined || remote === undefined || Number.parseInt(resent, 16) === 0) continue;
    if (Number.parseInt(local.split(':')[1] ?? '', 16) !== port) continue;
    const [address = '', remotePort = ''] = remote.split(':');
    yield nameInTable({
      remoteAddress: ipaddr.fromByteArray([...addressBytes(address)]).toString(),
      remotePort: Number.parseInt(remotePort, 16),
    });
  }
}

/** Words of four bytes, each written as a number of this machine, whose lowest byte comes first. */
function addressBytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex').swap32();
}
