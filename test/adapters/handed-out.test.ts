import { test } from 'tap';

import { HandedOut } from '../../adapters/handed-out.ts';
import type { Writer } from '../../core/event-store.ts';
import { areLetGo } from '../support/garbage.ts';
import { gate } from '../support/gate.ts';

/** Counts its closings, each of which ends when it is told to. */
class CountedWriter implements Writer {
  closings = 0;
  readonly #mayClose: Promise<void>;

  constructor(mayClose: Promise<void> = Promise.resolve()) {
    this.#mayClose = mayClose;
  }

  async append(): ReturnType<Writer['append']> {
    return { status: 'unknown' };
  }

  async close(): Promise<void> {
    this.closings += 1;
    await this.#mayClose;
  }
}

await test('all that is open is closed with the store, and each once', async (t) => {
  const handedOut = new HandedOut();
  const [first, second] = [new CountedWriter(), new CountedWriter()];
  handedOut.writer(first);
  const other = handedOut.writer(second);
  await handedOut.close();
  await other.close();
  t.same([first.closings, second.closings], [1, 1]);
});

await test('a store that closes waits for what is being closed already', async (t) => {
  const handedOut = new HandedOut();
  const mayClose = gate();
  const slow = new CountedWriter(mayClose.opened);
  const order: string[] = [];
  const writer = handedOut.writer(slow);
  const closed = writer.close().then(() => order.push('writer'));
  const allClosed = handedOut.close().then(() => order.push('store'));
  mayClose.open();
  await Promise.all([closed, allClosed]);
  t.same(order, ['writer', 'store']);
  t.equal(slow.closings, 1);
});

await test('what is handed out by a closed store is closed', async (t) => {
  const handedOut = new HandedOut();
  await handedOut.close();
  const late = new CountedWriter();
  handedOut.writer(late);
  t.equal(late.closings, 1);
});

await test('what was closed is let go of', async (t) => {
  const handedOut = new HandedOut();
  const closed = async (): Promise<WeakRef<object>> => {
    const writer = new CountedWriter();
    await handedOut.writer(writer).close();
    return new WeakRef(writer);
  };
  await areLetGo([await closed(), await closed()], 'the writers');
  await t.resolves(handedOut.close());
});
