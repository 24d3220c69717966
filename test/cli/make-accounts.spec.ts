import { ok, rejects } from 'node:assert/strict';
import { test } from 'tap';

import { makeAccounts } from '../../cli/make-accounts.ts';
import { PlainFailure } from '../../cli/plain-failure.ts';
import { toolActor } from '../../cli/tool-run.ts';
import { unavailable } from '../support/faulty-stores.ts';
import { startHarness } from '../support/chat-harness.ts';

void test('an import that the store breaks off says where, and how many accounts there are', async () => {
  await using chat = await startHarness({ servers: 1 });
  const before = chat.records('AccountRegistered').length;
  const accounts = Array.from({ length: 40 }, (_, place) => ({
    user: `user${place}`,
    password: 'password1',
    line: place + 1,
  }));
  chat.store(0).arrange((append) => append(), 'AccountRegistered', 10);
  chat.store(0).arrange(unavailable, 'AccountRegistered', Infinity);
  const made = makeAccounts(chat.server(0), toolActor('user-tool'), accounts, 'users.csv');
  await rejects(made, (error: Error) => {
    ok(error instanceof PlainFailure);
    ok(/^users\.csv, line \d+: Not stored: /.test(error.message), error.message);
    ok(/\nAdded 10 of 40 accounts; import the file again for the rest/.test(error.message));
    return true;
  });
  chat.store(0).mend();
  await chat.settled();
  ok(chat.records('AccountRegistered').length === before + 10);
});
