import {
  type AccountCommand,
  type AccountEvent,
  decideAccount,
  evolveAccount,
  initialAccount,
} from '../../core/account.ts';
import { givenOf, rule } from '../support/given.ts';

const given = givenOf({ initial: initialAccount, evolve: evolveAccount, decide: decideAccount });

const user = 'alice';
const registered: AccountEvent = { type: 'AccountRegistered', data: { user, credential: 'first' } };
const suspended: AccountEvent = { type: 'AccountSuspended', data: { user } };
const reinstated: AccountEvent = { type: 'AccountReinstated', data: { user } };
const register: AccountCommand = { type: 'RegisterAccount', user, credential: 'first' };
const suspend: AccountCommand = { type: 'SuspendAccount', user };
const reinstate: AccountCommand = { type: 'ReinstateAccount', user };

type Reason = Extract<AccountEvent, { type: 'PasswordChanged' }>['data']['reason'];
const change = (reason: Reason): AccountCommand => ({
  type: 'ChangePassword',
  user,
  credential: 'second',
  reason,
});
const changed = (reason: Reason): AccountEvent => ({
  type: 'PasswordChanged',
  data: { user, credential: 'second', reason },
});

rule('a free name becomes an account', () => given().when(register).then(registered));
rule('a taken name is refused', () =>
  given(registered).when(register).thenRejected('NameTaken', user),
);
rule('the name of a suspended account stays taken', () =>
  given(registered, suspended).when(register).thenRejected('NameTaken', user),
);

for (const reason of ['changed', 'reset', 'rehash'] as const)
  rule(`a password is replaced, and the event says why: ${reason}`, () =>
    given(registered).when(change(reason)).then(changed(reason)),
  );
rule('a suspended account’s password can be reset', () =>
  given(registered, suspended).when(change('reset')).then(changed('reset')),
);
const replacing = (reason: Reason, replaces: string): AccountCommand => ({
  type: 'ChangePassword',
  user,
  credential: 'second',
  reason,
  replaces,
});
rule('a password changes in place of the one that was checked', () =>
  given(registered).when(replacing('changed', 'first')).then(changed('changed')),
);
rule('a password that was changed meanwhile stays', () =>
  given(registered, changed('reset'))
    .when({ ...replacing('changed', 'first'), credential: 'third' } as AccountCommand)
    .thenRejected('PasswordChangedMeanwhile', user),
);
rule('a new hash of an old password comes too late', () =>
  given(registered, changed('changed')).when(replacing('rehash', 'first')).thenNothing(),
);
rule('nobody has no password to change', () =>
  given().when(change('reset')).thenRejected('NoSuchUser', user),
);

rule('an account is suspended', () => given(registered).when(suspend).then(suspended));
rule('a suspended account is suspended already', () =>
  given(registered, suspended).when(suspend).thenNothing(),
);
rule('nobody cannot be suspended', () => given().when(suspend).thenRejected('NoSuchUser', user));
rule('a suspended account is reinstated', () =>
  given(registered, suspended).when(reinstate).then(reinstated),
);
rule('an active account needs no reinstating', () =>
  given(registered).when(reinstate).thenNothing(),
);
const erase: AccountCommand = { type: 'EraseUser', user, unreached: ['a backup'] };
const erased: AccountEvent = { type: 'UserErased', data: { user, unreached: ['a backup'] } };
rule('an account is erased, suspended or not', () => {
  given(registered).when(erase).then(erased);
  given(registered, suspended).when(erase).then(erased);
});
rule('an erased account is erased already', () =>
  given(registered, erased).when(erase).thenNothing(),
);
rule('nobody cannot be erased', () => given().when(erase).thenRejected('NoSuchUser', user));
rule('the name of an erased account stays taken, and is nobody’s', () => {
  given(registered, erased).when(register).thenRejected('NameTaken', user);
  for (const command of [suspend, reinstate, change('reset')])
    given(registered, erased).when(command).thenRejected('AccountErased', user);
});
rule('an account stays erased', () =>
  given(registered, erased, suspended, reinstated, changed('reset')).gives({ status: 'erased' }),
);
rule('a reinstated account can be suspended again', () =>
  given(registered, suspended, reinstated).when(suspend).then(suspended),
);
rule('nobody cannot be reinstated', () => given().when(reinstate).thenRejected('NoSuchUser', user));

rule('without events there is no account', () => given().gives({ status: 'none' }));
rule('a registration makes an active account with its credential', () =>
  given(registered).gives({ status: 'active', user, credential: 'first' }),
);
rule('the last password counts', () =>
  given(registered, changed('changed')).gives({ status: 'active', user, credential: 'second' }),
);
rule('a new password does not lift a suspension', () =>
  given(registered, suspended, changed('reset')).gives({
    status: 'suspended',
    user,
    credential: 'second',
  }),
);
rule('a reinstated account has the password it had', () =>
  given(registered, suspended, reinstated).gives({ status: 'active', user, credential: 'first' }),
);
rule('what happens to nobody makes no account', () =>
  given(changed('reset'), suspended, reinstated).gives({ status: 'none' }),
);
