/** What has to be known to go on with a session after a page was loaded again. */
export interface SavedSession {
  /** A secret: whoever has it can go on with the session. */
  readonly token: string;
  readonly cursor: string;
  readonly user: string;
  readonly servers: readonly string[];
  /** The last number that a message of this session was sent under. */
  readonly sequence: number;
}

/**
 * Where it is kept: `sessionStorage` in a page. `save` is called before each message is sent and
 * after each cursor, so it has to be quick; none of the three may throw.
 */
export interface SavedSessionStore {
  load(): SavedSession | undefined;
  save(session: SavedSession): void;
  clear(): void;
}
