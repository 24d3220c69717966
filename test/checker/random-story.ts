import fc from 'fast-check';
import { Story } from './story.ts';

const users = ['alice', 'bob', 'carol', 'dave'];
const rooms = ['lobby', 'attic', 'cellar'];

/** One step of a story: what is done, by which user, with what. */
type Step = readonly [action: keyof typeof actions, user: number, choice: number];

/** One of a list, by any number. */
export const one = <T>(list: readonly [T, ...T[]] | readonly T[], choice: number): T => {
  const value = list[choice % list.length];
  if (value === undefined) throw new Error('an empty list');
  return value;
};

let texts = 0;
const text = (): string => `text-${++texts}`;

/** What a user who is here does, or others do to them; nothing of it is a fault. */
const actions = {
  say: (story, user) => story.say(user, text()),
  sayUnknown: (story, user) => story.say(user, text(), { answer: 'unknown' }),
  sayInVain: (story, user, choice) =>
    story.say(user, text(), { stored: 0, answer: one(['error', 'unknown', 'none'], choice) }),
  sayAndBreak: (story, user) => {
    if (story.client(user).isDeaf) return;
    const late = text();
    story.say(user, late, { stored: 0, answer: 'none' });
    story.client(user).hangUp();
    story.land(user, late);
  },
  join: (story, user, choice) => story.join(user, one(rooms, choice)),
  follow: (story, user, choice) => story.follow(user, one(users, choice)),
  unfollow: (story, user, choice) => story.unfollow(user, one(users, choice)),
  logout: (story, user) => story.logout(user),
  hangUp: (story, user) => story.client(user).hangUp(),
  disconnect: (story, user) => story.disconnect(user),
  takeOver: (story, user, choice) =>
    story.login(user, { on: one(['one', 'two'], choice), takeover: true }),
  sweep: (story) => story.sweep(),
  endServer: (story, _user, choice) => {
    const name = one(['one', 'two'], choice);
    story.end(name, one(['ServerLost', 'ServerStopped'], choice >> 1));
    if (choice % 3 > 0) story.start(name);
  },
} satisfies Record<string, (story: Story, user: string, choice: number) => void>;

const often = ['say', 'say', 'say', 'say', 'say', 'join', 'join', 'follow'] as const;
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom(...often, ...(Object.keys(actions) as (keyof typeof actions)[])),
  fc.nat(users.length - 1),
  fc.nat(60),
);

/** A story without a fault: whoever is not here logs in first. */
export function tell(steps: readonly Step[]): Story {
  const story = new Story();
  story.start('two');
  for (const user of users) story.login(user);
  for (const [action, number, choice] of steps) {
    const user = one(users, number);
    if (story.servers.size === 0) story.start('one');
    if (!story.isHere(user)) story.login(user, { on: one([...story.servers.keys()], choice) });
    actions[action](story, user, choice);
  }
  return story;
}

/** Random stories without a fault: {@link tell} tells them. */
export const stories = fc.array(step, { maxLength: 80 });
