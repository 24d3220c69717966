import { deepStrictEqual } from 'node:assert/strict';
import { type Test, test } from 'tap';
import { type Decision, Rejection, type RejectionCode } from '../../core/rejection.ts';

/** One aggregate, as its specs drive it. */
export interface Decider<S, C, E> {
  readonly initial: S;
  readonly evolve: (state: S, event: E) => S;
  readonly decide: (command: C, state: S) => Decision<E>;
}

/** What happened before, in a spec. */
export interface Given<S, C, E> {
  when(command: C): Outcome<E>;
  /** The events fold to this state. */
  gives(state: S): void;
}

/** What was decided; each method fails the spec unless it was this. */
export interface Outcome<E> {
  then(...events: readonly E[]): void;
  thenNothing(): void;
  thenRejected(code: RejectionCode, subject: string): void;
}

/** A test that is one sentence and one expression. */
export function rule(sentence: string, check: (t: Test) => void | Promise<void>): void {
  void test(sentence, async (t) => check(t));
}

/** The words `given(...events).when(command).then(...events)` for one decider. */
export function givenOf<S, C, E>({
  initial,
  evolve,
  decide,
}: Decider<S, C, E>): (...past: readonly E[]) => Given<S, C, E> {
  return (...past) => {
    const state = past.reduce<S>((before, event) => evolve(before, event), initial);
    return {
      when: (command) => {
        const before = structuredClone(state);
        const decision = decide(command, state);
        deepStrictEqual(state, before, 'to decide leaves the state as it is');
        return outcome(decision);
      },
      gives: (expected) => deepStrictEqual(state, expected),
    };
  };
}

const outcome = <E>(decision: Decision<E>): Outcome<E> => ({
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the specs; nobody awaits it
  then: (...events) => deepStrictEqual(decision, events),
  thenNothing: () => deepStrictEqual(decision, []),
  thenRejected: (code, subject) => deepStrictEqual(decision, new Rejection(code, subject)),
});
