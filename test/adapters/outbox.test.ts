import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { test } from 'tap';

import { Outbox, outboxBytesMax, outboxStallMsMax } from '../../adapters/outbox.ts';
import { duplexPair } from '../support/duplex-pair.ts';
import { until } from '../support/until.ts';

const line = (text: string): Buffer => Buffer.from(`${text}\n`);
/** Soon, and after what is read in this turn. */
const withinMs = 50;
/** So many bytes in one line. */
const lineOf = (bytes: number): Buffer => Buffer.alloc(bytes, 'x').fill('\n', bytes - 1);

await test('what is pushed between two flushes leaves in one write, in order', async (t) => {
  const { outbox, reader } = setting();
  outbox.push(line('one'));
  outbox.push(line('two'));
  t.equal(reader.readableLength, 0);
  outbox.flush();
  outbox.flush();
  outbox.push(line('three'));
  outbox.flush();
  t.same(await chunksOf(reader, 2), ['one\ntwo\n', 'three\n']);
});

await test('the same lines for many clients are joined once, and come out right', async (t) => {
  const shared = [line('one'), line('two'), line('three')];
  for (const lines of [shared, shared, shared.slice(1), [...shared].toReversed(), shared]) {
    const { outbox, reader } = setting();
    for (const one of lines) outbox.push(one);
    outbox.flush();
    t.same(await chunksOf(reader, 1), [Buffer.concat(lines).toString()]);
  }
});

await test('a client that keeps up is sent any amount at once, and every byte', async (t) => {
  const { outbox, reader, told } = setting();
  const sent: Buffer[] = [];
  for (let number = 0; number < 4; number++) {
    const many = Array.from({ length: 1_000 }, (_, index) =>
      line(`${number} ${index} `.repeat(200)),
    );
    for (const one of many) outbox.push(one);
    sent.push(...many);
    outbox.flush();
    const received = await bytesOf(reader, Buffer.concat(many).length);
    t.equal(received.equals(Buffer.concat(many)), true);
  }
  t.same(told.slow, 0);
});

await test('a client is blocked until it has taken what it was sent', async (t) => {
  const { outbox, reader, told } = setting();
  t.equal(outbox.isBlocked, false);
  outbox.push(lineOf(500_000));
  outbox.flush();
  t.equal(outbox.isBlocked, true);
  t.equal(told.drained, 0);
  await bytesOf(reader, 500_000);
  await until(() => told.drained === 1, { what: 'the outbox to drain', withinMs: 5_000 });
  t.equal(outbox.isBlocked, false);
});

await test('one byte past the limit a client that does not read is too slow', async (t) => {
  const { outbox, told, reader } = setting();
  const first = 200_000;
  outbox.push(lineOf(first));
  outbox.flush();
  outbox.push(lineOf(outboxBytesMax));
  outbox.flush();
  t.equal(told.slow, 0, 'the limit is what may wait on top of what it was sent at once');
  outbox.push(line(''));
  outbox.flush();
  t.equal(told.slow, 1);
  outbox.push(line('the reason'));
  outbox.end();
  const received = await allOf(reader);
  t.match(received.subarray(-11).toString(), /the reason\n$/);
  t.equal(received.length, first + 11, 'what it had not begun to take was dropped, whole lines');
});

await test('small lines that nobody takes come to the same limit', async (t) => {
  const { outbox, told } = setting();
  const one = line('x'.repeat(99));
  let pushed = 0;
  while (told.slow === 0 && pushed < 2 * outboxBytesMax) {
    outbox.push(one);
    outbox.flush();
    pushed += one.length;
  }
  t.equal(told.slow, 1);
  t.ok(pushed > outboxBytesMax && pushed < outboxBytesMax + 200_000, String(pushed));
});

await test('a client that takes nothing for too long is told to the owner, once', async (t) => {
  const { outbox, told } = setting();
  outbox.checkStalled(0);
  outbox.checkStalled(outboxStallMsMax + 1);
  t.equal(told.slow, 0, 'nothing waits for it');
  outbox.push(lineOf(300_000));
  outbox.flush();
  outbox.checkStalled(2 * outboxStallMsMax + 1);
  t.equal(told.slow, 0, 'it could still be taking it');
  outbox.checkStalled(2 * outboxStallMsMax + 2);
  outbox.checkStalled(9 * outboxStallMsMax);
  t.equal(told.slow, 1);
});

await test('a client that takes a little now and then is not stalled', async (t) => {
  const { outbox, told, reader } = setting();
  outbox.push(lineOf(600_000));
  outbox.flush();
  let now = 0;
  for (let taken = 0; taken < 400_000; taken += 100_000) {
    outbox.checkStalled(now);
    now += outboxStallMsMax;
    outbox.checkStalled(now);
    await bytesOf(reader, 100_000);
  }
  t.equal(told.slow, 0);
});

await test('a client that has to take what waits is too slow if it has not, whatever came since', async (t) => {
  const [taking, leaving] = [setting(), setting()];
  for (const { outbox } of [taking, leaving]) {
    outbox.push(lineOf(300_000));
    outbox.flush();
    outbox.takeWithin(withinMs);
  }
  await bytesOf(taking.reader, 300_000);
  taking.outbox.push(lineOf(300_000));
  taking.outbox.flush();
  await until(() => leaving.told.slow === 1, { what: 'the time to be over', withinMs: 5_000 });
  t.equal(taking.told.slow, 0, 'it has taken all that waited then');
  t.equal(taking.outbox.isBlocked, true);
});

await test('the end comes after everything, however much it is', async (t) => {
  const { outbox, reader } = setting();
  outbox.push(lineOf(3_000_000));
  outbox.flush();
  outbox.push(line('last'));
  outbox.end();
  const received = await allOf(reader);
  t.equal(received.length, 3_000_005);
  t.equal(received.subarray(-5).toString(), 'last\n');
});

await test('what is sent to a client that has gone goes nowhere', async (t) => {
  const { outbox, reader, told, socket } = setting();
  outbox.push(lineOf(300_000));
  outbox.flush();
  reader.destroy();
  if (!socket.closed) await once(socket, 'close');
  outbox.push(line('nobody'));
  outbox.flush();
  outbox.end();
  t.same(told, { slow: 0, drained: 0 });
});

function setting() {
  const [socket, reader] = duplexPair();
  const told = { slow: 0, drained: 0 };
  const outbox = new Outbox(socket, {
    onSlow: () => (told.slow += 1),
    onDrained: () => (told.drained += 1),
  });
  socket.on('error', () => {});
  return { socket, reader, told, outbox };
}

async function chunksOf(reader: Duplex, howMany: number): Promise<string[]> {
  const chunks: string[] = [];
  while (chunks.length < howMany) {
    const [chunk] = (await once(reader, 'data')) as [Buffer];
    chunks.push(chunk.toString());
  }
  reader.pause();
  return chunks;
}

/** Reads on until so many bytes have come, and no further than the chunk in which they end. */
async function bytesOf(reader: Duplex, howMany: number): Promise<Buffer> {
  const received: Buffer[] = [];
  let bytes = 0;
  while (bytes < howMany) {
    const chunk = reader.read() as Buffer | null;
    if (chunk === null) await once(reader, 'readable');
    else {
      received.push(chunk);
      bytes += chunk.length;
    }
  }
  return Buffer.concat(received);
}

async function allOf(reader: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of reader) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
