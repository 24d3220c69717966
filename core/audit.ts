/**
 * What the log holds for those who check it. No state follows from these events: nobody is shown
 * them, and no view folds them.
 */

/** A key with which checkpoints may be signed from here on. */
export interface SigningKeyPublished {
  readonly type: 'SigningKeyPublished';
  readonly data: {
    /** A verifier key as in C2SP signed-note: `<name>+<id>+<base64>`. */
    readonly key: string;
    /** By which a key from before vouches for it: a C2SP signed note. The first key has none. */
    readonly note?: string;
  };
}

export type PublishedKey = SigningKeyPublished['data'];

/** The first `size` records of the partition's log are those of which this is the tree. */
export interface CheckpointSigned {
  readonly type: 'CheckpointSigned';
  readonly data: {
    readonly epoch: string;
    readonly size: number;
    /** The root of the tree, in base64. */
    readonly root: string;
    /** The roots of its perfect subtrees, largest first, in base64: what the next one goes on from. */
    readonly range: readonly string[];
    /** The signed C2SP tlog-checkpoint. */
    readonly note: string;
  };
  /** The hashes of the leaves since the checkpoint before, 32 bytes each, one base64 of them all. */
  readonly text: string;
}

/**
 * What of people leaves the log with a reading: their own words in plain text, names but no words,
 * texts as the log keeps them, the keys of these, or nothing.
 */
export type HandedOut = 'words' | 'names' | 'sealed' | 'keys' | 'nothing';

/** Somebody reads the log as an auditor: appended before anything of it is handed out. */
export interface AuditRead {
  readonly type: 'AuditRead';
  readonly data: {
    /** The name of the operating system's user. */
    readonly reader: string;
    /** The command and its filters, as they were typed. */
    readonly what: string;
    /** The reason, where one was given. */
    readonly why?: string;
    /** What of people it can hand out; absent in records of before that was told. */
    readonly holds?: HandedOut;
  };
}

export type AuditEvent = SigningKeyPublished | CheckpointSigned | AuditRead;
