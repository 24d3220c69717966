import {
  decideFollowing,
  evolveFollowing,
  type FollowingCommand,
  type FollowingEvent,
  initialFollowing,
} from '../../core/following.ts';
import { subscriptionsMax } from '../../core/limits.ts';
import { givenOf, rule } from '../support/given.ts';

const given = givenOf({
  initial: initialFollowing,
  evolve: evolveFollowing,
  decide: decideFollowing,
});

const user = 'alice';
const subscribe = (target: string, known = true): FollowingCommand => ({
  type: 'Subscribe',
  user,
  target,
  known,
});
const unsubscribe = (target: string): FollowingCommand => ({ type: 'Unsubscribe', user, target });
const subscribed = (target: string): FollowingEvent => ({
  type: 'UserSubscribed',
  data: { user, target },
});
const unsubscribed = (target: string): FollowingEvent => ({
  type: 'UserUnsubscribed',
  data: { user, target },
});
const subscribedTo = (count: number): FollowingEvent[] =>
  Array.from({ length: count }, (_, index) => subscribed(`user-${index}`));
const full = subscribedTo(subscriptionsMax);

rule('a user subscribes to another', () => given().when(subscribe('bob')).then(subscribed('bob')));
rule('nobody subscribes to themselves', () =>
  given().when(subscribe(user)).thenRejected('CannotSubscribeToSelf', user),
);
rule('nobody subscribes twice', () =>
  given(subscribed('bob')).when(subscribe('bob')).thenRejected('AlreadySubscribed', 'bob'),
);
rule('nobody subscribes to a name that is no account', () =>
  given().when(subscribe('ghost', false)).thenRejected('NoSuchUser', 'ghost'),
);
rule('who has unsubscribed subscribes again', () =>
  given(subscribed('bob'), unsubscribed('bob')).when(subscribe('bob')).then(subscribed('bob')),
);
rule('the last subscription that the limit allows is made', () =>
  given(...subscribedTo(subscriptionsMax - 1))
    .when(subscribe('bob'))
    .then(subscribed('bob')),
);
rule('one subscription past the limit is refused', () =>
  given(...full)
    .when(subscribe('bob'))
    .thenRejected('TooManySubscriptions', 'bob'),
);
rule('at the limit a subscription makes room for another', () =>
  given(...full, unsubscribed('user-7'))
    .when(subscribe('bob'))
    .then(subscribed('bob')),
);
rule('at the limit a wrong name is still called wrong', () =>
  given(...full)
    .when(subscribe('ghost', false))
    .thenRejected('NoSuchUser', 'ghost'),
);

rule('a user unsubscribes', () =>
  given(subscribed('bob')).when(unsubscribe('bob')).then(unsubscribed('bob')),
);
rule('nobody unsubscribes from whom they do not follow', () =>
  given(subscribed('bob')).when(unsubscribe('carol')).thenRejected('NotSubscribed', 'carol'),
);
rule('nobody unsubscribes twice', () =>
  given(subscribed('bob'), unsubscribed('bob'))
    .when(unsubscribe('bob'))
    .thenRejected('NotSubscribed', 'bob'),
);

rule('without events a user follows nobody', () => given().gives(new Set()));
rule('subscriptions add up', () =>
  given(subscribed('bob'), subscribed('carol')).gives(new Set(['bob', 'carol'])),
);
rule('a subscription told twice counts once', () =>
  given(subscribed('bob'), subscribed('bob')).gives(new Set(['bob'])),
);
rule('an unsubscription takes one away', () =>
  given(subscribed('bob'), subscribed('carol'), unsubscribed('bob')).gives(new Set(['carol'])),
);
rule('an unsubscription of nothing changes nothing', () =>
  given(subscribed('bob'), unsubscribed('carol')).gives(new Set(['bob'])),
);
