import { deepStrictEqual } from 'node:assert/strict';
import { install } from '@sinonjs/fake-timers';
import { test } from 'tap';

import type { ClientLink, LinkOwner } from '../../../adapters/client-link.ts';
import { acknowledgedMsMax, LineLink, quietMs } from '../../../adapters/line/line-link.ts';
import { duplexPair } from '../../support/duplex-pair.ts';
import { until } from '../../support/until.ts';

const withinMs = 5_000;

void test('lines are given one by one, and no more once the owner pauses', async () => {
  const { client, link, owner } = setting();
  owner.pausesAfter = 2;
  client.write('one\ntwo\nthree\nfo');
  client.write('ur\nfive\n');
  client.end();
  await owner.heard('one', 'two');
  owner.pausesAfter = 4;
  link.resume();
  await owner.heard('one', 'two', 'three', 'four');
  owner.pausesAfter = Infinity;
  link.resume();
  await owner.heard('one', 'two', 'three', 'four', 'five', 'END');
});

void test('after it was closed a link gives nothing any more, and ends', async () => {
  const { client, link, owner } = setting();
  const received: Buffer[] = [];
  client.on('data', (chunk: Buffer) => received.push(chunk));
  owner.closesAfter = 1;
  client.write('one\ntwo\n');
  client.write('three\n');
  await owner.heard('one');
  link.send(Buffer.from('too late\n'));
  link.flush();
  link.resume();
  link.close();
  client.end();
  await owner.heard('one', 'CLOSED');
  deepStrictEqual(Buffer.concat(received).toString(), 'goodbye\n');
});

void test('a peer that does not let go is let go of', async () => {
  const { client, link, owner } = setting();
  link.close();
  await owner.heard('CLOSED');
  deepStrictEqual(client.writableEnded, false);
});

void test('a silence makes a line of what has come without an end', async () => {
  const { client, owner } = setting();
  client.write('one');
  client.write(' and');
  await owner.heard('one and');
  client.write('two');
  client.write('three');
  await owner.heard('one and', 'two', 'three');
});

void test('bytes that were there in time are no silence, however busy the process was', async () => {
  const { client, owner } = setting();
  const startedAt = performance.now();
  client.write('one');
  setTimeout(() => {
    // The timer for the silence is due, and the client's next bytes lie in the kernel.
    setImmediate(() => client.write(' and two\n'));
    while (performance.now() - startedAt < quietMs * 1.5);
  }, quietMs / 2);
  await owner.heard('one and two');
});

void test('the end of the client makes a line of what has come without an end', async () => {
  const { client, owner } = setting();
  client.end('one');
  await owner.heard('one', 'END');
});

void test('a client that vanishes is told once', async () => {
  const { client, owner } = setting();
  client.write('one\ntwo');
  client.destroy();
  await owner.heard('one', 'CLOSED');
});

void test('a client that says anything after it was sent something has it', async () => {
  const { client, link, owner } = setting();
  client.write('before\n');
  await owner.heard('before');
  send(link, 'shown\n');
  client.resume();
  await until(() => link.waitingBytes === 0, { what: 'the bytes to be taken', withinMs });
  await owner.heard('before');
  client.write('\n');
  await owner.heard('before', 'TAKEN', 'undefined');
  client.write('more\n');
  await owner.heard('before', 'TAKEN', 'undefined', 'more');
});

void test('a client that has yet to take what it was sent has not got it, whatever it says', async () => {
  const { client, link, owner } = setting();
  send(link, 'x'.repeat(200_000));
  client.write('one\n');
  await owner.heard('one');
  client.resume();
  await until(() => link.waitingBytes === 0, { what: 'the bytes to be taken', withinMs });
  client.write('two\n');
  await owner.heard('one', 'DRAINED', 'TAKEN', 'two');
});

void test('what a client that only listens was sent half an hour ago has come', async () => {
  const clock = install({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { client, link, owner } = setting();
    client.resume();
    send(link, 'shown\n');
    while (link.waitingBytes > 0) await new Promise(setImmediate);
    clock.tick(acknowledgedMsMax - 1);
    deepStrictEqual(owner.all, []);
    clock.tick(1);
    deepStrictEqual(owner.all, ['TAKEN']);
  } finally {
    clock.uninstall();
  }
});

/** …and asks whether it has come. */
function send(link: ClientLink, text: string): void {
  link.send(Buffer.from(text));
  link.confirm();
  link.flush();
}

class Owner implements LinkOwner {
  readonly #link: ClientLink;
  readonly #heard: string[] = [];
  pausesAfter = Infinity;
  closesAfter = Infinity;

  constructor(link: ClientLink) {
    this.#link = link;
  }

  get all(): readonly string[] {
    return this.#heard;
  }

  onInput(input: Parameters<LinkOwner['onInput']>[0]): void {
    const command = input.command('alice');
    this.#heard.push(command?.type === 'say' ? command.text : String(command?.type));
    if (this.#heard.length >= this.pausesAfter) this.#link.pause();
    if (this.#heard.length < this.closesAfter) return;
    this.#link.send(Buffer.from('goodbye\n'));
    this.#link.close('LoggedOut');
  }

  onEnd(): void {
    this.#heard.push('END');
  }

  onSlow(): void {
    this.#heard.push('SLOW');
  }

  onTaken(): void {
    this.#heard.push('TAKEN');
  }

  onDrained(): void {
    this.#heard.push('DRAINED');
  }

  onClosed(): void {
    this.#heard.push('CLOSED');
  }

  async heard(...lines: readonly string[]): Promise<void> {
    const enough = () => this.#heard.length >= lines.length;
    await until(enough, { what: lines.join(', '), withinMs });
    deepStrictEqual(this.#heard, lines);
  }
}

function setting() {
  const [client, socket] = duplexPair();
  client.on('error', () => {});
  const owners: Owner[] = [];
  const link = new LineLink(socket, '192.0.2.1', (made) => {
    const owner = new Owner(made);
    owners.push(owner);
    return owner;
  });
  const [owner] = owners;
  if (owner === undefined) throw new Error('a link makes its owner');
  return { client, link, owner };
}
