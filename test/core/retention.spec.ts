import {
  decideRetention,
  evolveRetention,
  initialRetention,
  type RetentionCommand,
  type RetentionEvent,
} from '../../core/retention.ts';
import { givenOf, rule } from '../support/given.ts';

const given = givenOf({
  initial: initialRetention,
  evolve: evolveRetention,
  decide: decideRetention,
});

const room = 'lobby';
const keep = (days: number | undefined): RetentionCommand => ({ type: 'SetRetention', room, days });
const kept = (days?: number): RetentionEvent => ({
  type: 'RetentionSet',
  data: days === undefined ? { room } : { room, days },
});

rule('a room keeps what is said for so many days', () => given().when(keep(90)).then(kept(90)));
rule('the number of days is changed', () => given(kept(90)).when(keep(30)).then(kept(30)));
rule('a room that keeps for ever again says so', () =>
  given(kept(90)).when(keep(undefined)).then(kept()),
);
rule('what is so already is not said again', () => {
  given(kept(90)).when(keep(90)).thenNothing();
  given().when(keep(undefined)).thenNothing();
  given(kept(90), kept()).when(keep(undefined)).thenNothing();
});
