import { deepStrictEqual } from 'node:assert/strict';
import fc from 'fast-check';
import type { ChatEvent } from '../../../core/event.ts';
import {
  emptyFollowers,
  evolveFollowers,
  type FollowersView,
  rememberFollowing,
  forgetFollowing,
} from '../../../core/views/followers.ts';
import { rule } from '../../support/given.ts';
import { arbitraryEvent, recordOf } from '../arbitrary-events.ts';

type Step =
  | { readonly type: 'load'; readonly user: string; readonly targets: readonly string[] }
  | { readonly type: 'unload'; readonly user: string }
  | { readonly type: 'fold'; readonly event: ChatEvent };

const load = (user: string, ...targets: string[]): Step => ({ type: 'load', user, targets });
const unload = (user: string): Step => ({ type: 'unload', user });
const subscribed = (user: string, target: string): Step => ({
  type: 'fold',
  event: { type: 'UserSubscribed', data: { user, target } },
});
const unsubscribed = (user: string, target: string): Step => ({
  type: 'fold',
  event: { type: 'UserUnsubscribed', data: { user, target } },
});

function after(...steps: readonly Step[]): FollowersView {
  let view = emptyFollowers();
  for (const step of steps) {
    if (step.type === 'load')
      rememberFollowing(view, step.user, { targets: new Set(step.targets), revision: 0 });
    else if (step.type === 'unload') forgetFollowing(view, step.user);
    else view = evolveFollowers(view, recordOf(step.event));
  }
  return view;
}
const followersOf = (target: string, ...steps: Step[]): string[] =>
  [...(after(...steps).followers.get(target) ?? [])].toSorted();

rule('the followers of a user are the loaded users who follow them', () =>
  deepStrictEqual(
    followersOf('carol', load('alice', 'carol', 'bob'), load('bob', 'carol'), load('dave', 'bob')),
    ['alice', 'bob'],
  ),
);
rule('a loaded user’s subscription is followed along', () =>
  deepStrictEqual(followersOf('bob', load('alice'), subscribed('alice', 'bob')), ['alice']),
);
rule('a loaded user’s unsubscription is followed along', () =>
  deepStrictEqual(followersOf('bob', load('alice', 'bob'), unsubscribed('alice', 'bob')), []),
);
rule('a subscription counts once, however often it is told', () => {
  const twice = [load('alice'), subscribed('alice', 'bob'), subscribed('alice', 'bob')];
  deepStrictEqual(followersOf('bob', ...twice, unsubscribed('alice', 'bob')), []);
});
rule('the subscriptions of a user who was not loaded are passed by', () =>
  deepStrictEqual(
    after(subscribed('alice', 'bob'), unsubscribed('alice', 'bob')),
    emptyFollowers(),
  ),
);
rule('an unloaded user follows nobody here', () =>
  deepStrictEqual(after(load('alice', 'bob', 'carol'), unload('alice')), emptyFollowers()),
);
rule('an unloaded user takes nobody else’s subscription along', () =>
  deepStrictEqual(
    followersOf('carol', load('alice', 'carol'), load('bob', 'carol'), unload('alice')),
    ['bob'],
  ),
);
rule('unloading who was not loaded changes nothing', () =>
  deepStrictEqual(after(load('alice', 'bob'), unload('bob')), after(load('alice', 'bob'))),
);
rule('a user who is loaded again follows whom the later load names', () =>
  deepStrictEqual(
    after(load('alice', 'bob'), load('alice', 'carol')),
    after(load('alice', 'carol')),
  ),
);

const user = fc.constantFrom('alice', 'bob', 'carol');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(user, fc.uniqueArray(user)).map(([loaded, targets]) => load(loaded, ...targets)),
  user.map(unload),
  arbitraryEvent('UserSubscribed', 'UserUnsubscribed', 'SessionClosed').map((event): Step => ({
    type: 'fold',
    event,
  })),
);

/** Whom each loaded user follows, as `user target`. */
function searched(steps: readonly Step[]): { loaded: Set<string>; pairs: Set<string> } {
  const loaded = new Set<string>();
  let pairs = new Set<string>();
  for (const each of steps) {
    if (each.type !== 'fold') {
      pairs = new Set([...pairs].filter((pair) => !pair.startsWith(`${each.user} `)));
      loaded.delete(each.user);
      if (each.type === 'unload') continue;
      loaded.add(each.user);
      for (const target of each.targets) pairs.add(`${each.user} ${target}`);
      continue;
    }
    const { type, data } = each.event;
    if (type === 'UserSubscribed' && loaded.has(data.user))
      pairs.add(`${data.user} ${data.target}`);
    if (type === 'UserUnsubscribed') pairs.delete(`${data.user} ${data.target}`);
  }
  return { loaded, pairs };
}

rule('both directions tell what a search of the history finds', () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const view = after(...steps);
      const { loaded, pairs } = searched(steps);
      const forward = [...view.following].flatMap(([follower, { targets }]) =>
        [...targets].map((target) => `${follower} ${target}`),
      );
      const backward = [...view.followers].flatMap(([target, followers]) =>
        [...followers].map((follower) => `${follower} ${target}`),
      );
      deepStrictEqual(new Set(view.following.keys()), loaded);
      deepStrictEqual(forward.toSorted(), [...pairs].toSorted());
      deepStrictEqual(backward.toSorted(), [...pairs].toSorted());
      deepStrictEqual(
        [...view.followers.values()].filter(({ size }) => size === 0),
        [],
      );
    }),
  ),
);
