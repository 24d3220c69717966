/** What can be wrong with a log, worst last. */
export type FindingKind =
  /** What is there is whole, and ends before the log does that checkpoints kept elsewhere know. */
  | 'earlier'
  /** The log was honestly set back, as it tells itself: what a checkpoint covered is gone. */
  | 'lost'
  /** It is not what was sealed. */
  | 'tampered';

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

/** In the order in which people should hear of them: the first bad position first. */
export const inOrder = (findings: readonly Finding[]): readonly Finding[] =>
  findings.toSorted(
    (one, other) => one.partition - other.partition || one.position - other.position,
  );
