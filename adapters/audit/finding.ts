/** What can be wrong with a log, worst last. */
export const findingKinds = [
  /** What is there is whole, and is a part of a log: the rest is elsewhere, and is not judged. */
  'part',
  /** What is there is whole, and ends before the log does that checkpoints kept elsewhere know. */
  'earlier',
  /** What is there was sealed, and nobody can tell whether it is of the log of those checkpoints. */
  'unknown',
  /** The log was honestly set back, as it tells itself: what a checkpoint covered is gone. */
  'lost',
  /** It is not what was sealed. */
  'tampered',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** Something that is wrong with a partition's log, and where. */
export interface Finding {
  readonly kind: FindingKind;
  readonly partition: number;
  /** The first bad position… */
  readonly position: number;
  /** …or, when no single record can be told, the last of those among which it is. */
  readonly through: number;
  /** A sentence. */
  readonly what: string;
}

/** In the order in which people should hear of them: the worst first, and the first bad position. */
export const inOrder = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted(
    (one, other) =>
      findingKinds.indexOf(other.kind) - findingKinds.indexOf(one.kind) ||
      one.partition - other.partition ||
      one.position - other.position,
  );
