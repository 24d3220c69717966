import { appendFileSync } from 'node:fs';
import { env } from 'node:process';

/**
 * How often each repeated test repeats itself: the one place where these numbers stand.
 *
 * `asked` is what the project promises and `npm run test:full` runs; `reduced` is for `npm test`,
 * which has to end in minutes; `quick` for `npm run test:quick`. A test reads its number with
 * {@link count} and tells with {@link reportCount} how many it really did.
 */
export const counts = {
  /** 20 logins of one user at the same moment, spread over two servers; one wins each round. */
  simultaneousLogins: { asked: 200, reduced: 10, quick: 2, unit: 'rounds of 20 logins' },
  /** Logout on one server and login on the other, back to back, never refused. */
  logoutThenLogin: { asked: 1_000, reduced: 50, quick: 5, unit: 'moves' },
  /** Two registrations of one name at the same moment: one account, with its winner's password. */
  simultaneousRegistrations: { asked: 100, reduced: 5, quick: 1, unit: 'rounds of 2' },
  /** Lines sent at once to a server that is then stopped or told to: most of them are under way. */
  linesUnderWay: { asked: 5_000, reduced: 5_000, quick: 5_000, unit: 'lines' },
  /** The scripts of Redis forgotten before an append, a lease and a read. */
  scriptsFlushed: { asked: 5, reduced: 5, quick: 1, unit: 'rounds' },
  /** Redis killed (kill -9) under writers, and started again. */
  redisKills: { asked: 3, reduced: 3, quick: 1, unit: 'kills' },
  /** Answers of Redis dropped for a while, in one run of many clients. */
  answersDropped: { asked: 8, reduced: 8, quick: 2, unit: 'times' },
  /** A reader's connection cut between Redis's send and the client's receive. */
  readerCut: { asked: 1_000, reduced: 50, quick: 5, unit: 'cuts' },
  /** A writer's connection cut at any moment: no answer lost there leads to a second append. */
  writerCut: { asked: 1_000, reduced: 50, quick: 5, unit: 'cuts' },
  /** 50 clients over two servers while Redis is killed twice and a server once. */
  messagesUnderFaults: { asked: 100_000, reduced: 5_000, quick: 500, unit: 'messages' },
  /** 20 clients, or 50, for each of the other faults. */
  messagesUnderOtherFaults: { asked: 20_000, reduced: 500, quick: 100, unit: 'messages' },
  /** All of them cut off at the same moment, twice, and back again. */
  clientsInStorm: { asked: 200, reduced: 50, quick: 20, unit: 'clients' },
  /** 50 clients by WebSocket over two servers, resumed after each loss, in one run… */
  messagesToResumed: { asked: 20_000, reduced: 500, quick: 100, unit: 'messages' },
  /** …whose connections are cut at any moment… */
  resumedCuts: { asked: 500, reduced: 30, quick: 3, unit: 'cuts' },
  /** …and whose servers are killed (kill -9) and come back. */
  resumedKills: { asked: 5, reduced: 1, quick: 1, unit: 'kills' },
  /** The same in another run, on a log of several partitions… */
  messagesOverPartitions: { asked: 10_000, reduced: 500, quick: 100, unit: 'messages' },
  /** …cut… */
  cutsOverPartitions: { asked: 250, reduced: 30, quick: 3, unit: 'cuts' },
  /** …and killed. */
  killsOverPartitions: { asked: 3, reduced: 1, quick: 1, unit: 'kills' },
  /** Control characters and escape sequences in users, rooms and texts come out nowhere. */
  controlCharacters: { asked: 10_000, reduced: 500, quick: 100, unit: 'cases' },
  /** Random bytes, 1-byte writes, long lines, split characters: the server lives. */
  randomBytes: { asked: 10_000, reduced: 500, quick: 100, unit: 'cases' },
  /** Frames of any form and content over WebSocket: the server lives. */
  randomFrames: { asked: 10_000, reduced: 500, quick: 100, unit: 'frames' },
  /** kill -9 of a process that writes to the embedded store. */
  embeddedKills: { asked: 20, reduced: 3, quick: 1, unit: 'kills' },
  /** The same while it makes its folder. */
  killsWhileOpening: { asked: 20, reduced: 5, quick: 1, unit: 'kills' },
  /** kill -9 of an erasure, on each store, at each of its steps, which are so many at least… */
  erasureKills: { asked: 16, reduced: 4, quick: 2, unit: 'kills' },
  /** …and of a trimming. */
  trimKills: { asked: 13, reduced: 5, quick: 2, unit: 'kills' },
  /** How long a server is stopped (SIGSTOP) before it may go on: longer than its lease. */
  serverPause: { asked: 30, reduced: 12, quick: 12, unit: 'seconds' },
  /** Random commits with conflicts over several streams, held against a model. */
  randomCommits: { asked: 1_000, reduced: 40, quick: 30, unit: 'cases' },
  /** Names, lines and records of any kind: rules that few inputs would break. */
  anyInputs: { asked: 10_000, reduced: 2_000, quick: 1_000, unit: 'cases' },
  /** Who leaves which room by a record, against a search of all before it, which is slow. */
  departures: { asked: 200, reduced: 20, quick: 20, unit: 'pairs of logs' },
  /** What is printed and typed at a terminal of any width. */
  screens: { asked: 3_000, reduced: 300, quick: 100, unit: 'cases' },
  /** Random stories without a fault, in which the checker finds nothing… */
  storiesTold: { asked: 3_000, reduced: 300, quick: 30, unit: 'stories' },
  /** …and with one, for each kind of fault, which it finds. */
  storiesSpoilt: { asked: 1_000, reduced: 100, quick: 10, unit: 'stories' },
  /** Seeds of the simulation: servers, store and clients in virtual time, under faults. */
  simulatedRuns: { asked: 1_000, reduced: 24, quick: 4, unit: 'seeds' },
  /** Seven attacks on a sealed log, each at so many positions below its last checkpoint. */
  attackedPositions: { asked: 100, reduced: 20, quick: 5, unit: 'positions' },
  /** Three servers seal one log and are killed (kill -9) under load. */
  sealingKills: { asked: 50, reduced: 4, quick: 1, unit: 'kills' },
  /** What users do by chance over two servers, of which one is killed: a replay has the same states… */
  replayedCommands: { asked: 50_000, reduced: 1_500, quick: 300, unit: 'commands' },
  /** …at so many places in the log. */
  replayedPlaces: { asked: 100, reduced: 30, quick: 10, unit: 'places' },
  /** What a line client received is what a replay shows, byte for byte. */
  replayedClients: { asked: 100, reduced: 5, quick: 1, unit: 'runs' },
  /** A log of so many is trimmed of nine tenths, and everything else goes on; on each store. */
  trimmedEvents: { asked: 200_000, reduced: 10_000, quick: 2_000, unit: 'events' },
} as const satisfies Record<string, Count>;

export interface Count {
  readonly asked: number;
  readonly reduced: number;
  readonly quick: number;
  readonly unit: string;
}

export type CountName = keyof typeof counts;

/** The number of repetitions for this run, chosen by `SECURECHAT_TEST_TIER` (`test` if unset). */
export function count(name: CountName): number {
  const tier = env['SECURECHAT_TEST_TIER'] ?? 'test';
  switch (tier) {
    case 'quick':
      return counts[name].quick;
    case 'test':
      return counts[name].reduced;
    case 'full':
      return counts[name].asked;
    default:
      throw new RangeError(`SECURECHAT_TEST_TIER is quick, test or full, not ${tier}`);
  }
}

/**
 * Called as the last line of a repeated test: how many repetitions it really ran. The test runner
 * (`scripts/test.mjs`) gathers the reports from the file named by `SECURECHAT_TEST_COUNTS` and
 * fails if one fell short or never came; without that variable this does nothing.
 */
export function reportCount(t: { passing(): boolean }, name: CountName, ran: number): void {
  const file = env['SECURECHAT_TEST_COUNTS'];
  if (file === undefined) return;
  appendFileSync(file, `${JSON.stringify({ name, ran, passing: t.passing() })}\n`);
}
