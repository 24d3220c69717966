import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'tap';

import { afterRefusedResume } from '../../../adapters/websocket-client/session-end.ts';

const after = (code: string, retryAfterMs?: number) =>
  afterRefusedResume({
    type: 'error',
    code,
    message: '',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

void test('a resume that is refused for now is tried again, whatever the reason is called', async () => {
  const passing = ['OutcomeUnknown', 'InternalError', 'ServerStopping', 'OutOfReach'];
  deepStrictEqual(
    passing.map((code) => after(code)),
    passing.map(() => 'resume'),
  );
  deepStrictEqual(after('OfALaterServer', 1_000), 'resume');
});

void test('a resume that is refused for good asks for a login, or for none', async () => {
  const codes = ['SessionOver', 'SessionEnded', 'InvalidCursor', 'OfALaterServer'];
  deepStrictEqual(
    codes.map((code) => after(code)),
    codes.map(() => 'logIn'),
  );
  const forPeople = ['AccountSuspended', 'AccountErased', 'TakenOver'];
  deepStrictEqual(
    forPeople.map((code) => after(code)),
    forPeople.map(() => 'stayAway'),
  );
});
