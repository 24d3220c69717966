/** Every fault that the checker can find, by the promise that it breaks. */
export const findingKinds = {
  /** Acked is stored. */
  P1: ['ackedLost', 'ackedElsewhere', 'wrongAuthor', 'strayReceipt'],
  /** Refused is not; unknown at most once; nothing that nobody sent. */
  P2: ['refusedStored', 'storedTwice', 'alienMessage', 'receivedNotStored', 'wrongRoom'],
  /** One order. */
  P3: ['sentOutOfOrder', 'receivedOutOfOrder'],
  /** Nothing missed in silence, nothing twice, no echo. */
  P4: ['missed', 'deliveredTwice', 'ownEcho'],
  /** Membership is a place in the order. */
  P5: [
    'deliveredBeforeJoining',
    'deliveredAfterLeaving',
    'deliveredToStranger',
    'wrongPrefix',
    'subbedWithoutFollowing',
    'subbedToMember',
    'subbedMissed',
    'postedByStranger',
    'joinNotLogged',
  ],
  /** One session a user. */
  P6: ['twoSessions', 'sessionTwice', 'welcomeWithoutSession', 'postedByOtherSession'],
  /** The log itself. */
  log: [
    'positionHole',
    'revisionHole',
    'timeFalls',
    'idTwice',
    'badRecord',
    'badBody',
    'wrongStream',
    'wrongEpoch',
    'appendedAfterEnd',
  ],
  /** The lines about people who come and go: `[room] Server: user joined.` */
  notices: ['noticeMissed', 'noticeAlien'],
  /** The histories cannot be judged as they are. */
  history: ['textTwice', 'answeredTwice'],
} as const;

export type PromiseName = keyof typeof findingKinds;
export type FindingKind = (typeof findingKinds)[PromiseName][number];

/** Where a fault shows. */
export interface Place {
  readonly client?: string;
  readonly connection?: number;
  /** The event's place in the client's history, from 1: the line of its file. */
  readonly line?: number;
  readonly partition?: number;
  readonly position?: number;
}

export interface Finding extends Place {
  readonly promise: PromiseName;
  readonly kind: FindingKind;
  /** One sentence. */
  readonly what: string;
}

const keptOfAKind = 100;

/** Gathers findings: counts them all and keeps the first hundred of each kind. */
export class Findings {
  readonly kept: Finding[] = [];
  readonly counts = new Map<FindingKind, number>();

  add(kind: FindingKind, place: Place, what: string): void {
    const count = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, count);
    if (count <= keptOfAKind) this.kept.push({ promise: promiseOf(kind), kind, ...place, what });
  }

  /** Whether one more of this kind would be kept: what is only counted needs no search. */
  keeps(kind: FindingKind): boolean {
    return (this.counts.get(kind) ?? 0) < keptOfAKind;
  }
}

const promises = new Map<FindingKind, PromiseName>(
  Object.entries(findingKinds).flatMap(([promise, kinds]) =>
    kinds.map((kind) => [kind, promise as PromiseName] as const),
  ),
);

function promiseOf(kind: FindingKind): PromiseName {
  const promise = promises.get(kind);
  if (promise === undefined) throw new Error(`${kind} belongs to no promise`);
  return promise;
}
