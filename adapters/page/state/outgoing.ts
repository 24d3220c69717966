/** A message of one's own that is not in the log yet, as far as is known here. */
export interface Outgoing {
  /** Made here; means nothing to the server. */
  readonly id: string;
  readonly text: string;
  readonly at: number;
  /** The newest place that was known when it was sent: what it becomes lies after this. */
  readonly after: number;
  readonly status:
    | { readonly kind: 'pending' }
    /** It is in the log, and its own frame is on the way. */
    | { readonly kind: 'stored'; readonly place: number }
    | Failed;
}

export interface Failed {
  readonly kind: 'failed';
  readonly words: string;
  /** Whether it may be in the log nevertheless. */
  readonly unknown: boolean;
  /** Which message of this session a retry repeats, so that it is stored once. */
  readonly sequence: number | undefined;
}

/** The outgoing message that has come back as this one: the first that may be it. */
export function becameOf(
  outgoing: readonly Outgoing[],
  place: number,
  text: string,
): Outgoing | undefined {
  const stored = outgoing.find(({ status }) => status.kind === 'stored' && status.place === place);
  return stored ?? outgoing.find((one) => isOpen(one) && one.after < place && one.text === text);
}

/** Whether it may still turn out to be in the log. What was refused is not. */
function isOpen({ status }: Outgoing): boolean {
  return status.kind === 'pending' || (status.kind === 'failed' && status.unknown);
}

/** In another session the numbers of this one mean nothing. */
export function inNewSession(outgoing: readonly Outgoing[]): readonly Outgoing[] {
  return outgoing.map((one) =>
    one.status.kind === 'failed' ? { ...one, status: { ...one.status, sequence: undefined } } : one,
  );
}
