/** What the process of the clients is told at its start. */
export interface ClientsPlan {
  readonly seed: number;
  readonly clients: number;
  /** Of the chat servers, on the loopback. */
  readonly ports: readonly number[];
  /** The file of the authority to trust. */
  readonly ca: string;
  /** Where each client's history goes: `<client>.ndjson`. */
  readonly dir: string;
  readonly rooms: readonly string[];
  /** Of all clients together, in calm. */
  readonly messagesPerSecond: number;
  /** Which part of the texts is long, from 0 to 1. */
  readonly longTexts: number;
  /** So many of the clients read nothing now and then, for longer or shorter. */
  readonly slowReaders: number;
}

/** What the clients have done together so far. */
export interface Tally {
  sent: number;
  /** Answered STORED. */
  stored: number;
  refused: number;
  /** Answered that nobody knows. */
  unknown: number;
  /** Never answered: the connection broke. */
  broken: number;
  connections: number;
  /** Connections that ended without the client's doing. */
  cut: number;
  logins: number;
  moves: number;
  /** Connections that were cut off since their client read too slowly. */
  tooSlow: number;
}

export interface Progress {
  readonly tally: Tally;
  /** STORED by the server's port. */
  readonly storedAt: Readonly<Record<number, number>>;
  /** Who is logged in there, as far as the clients know. */
  readonly hereAt: Readonly<Record<number, number>>;
  /** What must not have happened: a sentence each. */
  readonly oddities: readonly string[];
  /** Each error that clients were told, and how often. */
  readonly errors: Readonly<Record<string, number>>;
}

/** From the clients' process. */
export type FromClients =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'done'; readonly progress: Progress };

/** To it: the plan first, at the end the wish that everybody logs out. */
export type ToClients =
  | { readonly type: 'plan'; readonly plan: ClientsPlan }
  /** Every connection breaks at once, and everybody comes back. */
  | { readonly type: 'storm' }
  | { readonly type: 'finish' };
