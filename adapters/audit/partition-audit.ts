import type { Recorded } from '../../core/event-store.ts';
import type { CheckpointSigned } from '../../core/audit.ts';
import type { EpochStarted } from '../../core/epoch.ts';
import type { StoredRecord } from '../../core/log-source.ts';
import { partitionsInWords } from '../partitions-in-words.ts';
import { CorruptRecord, decodeRecord } from '../record-codec.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint-note.ts';
import { EpochChain } from './epoch-chain.ts';
import type { Finding, FindingKind } from './finding.ts';
import { inOrder } from './finding.ts';
import { KeptElsewhere } from './kept-elsewhere.ts';
import { KeyRing } from './key-ring.ts';
import { LeafList } from './leaf-list.ts';
import type { KeptNote, PartitionReport } from './partition-report.ts';
import { recordLeaf } from './record-leaf.ts';
import { SealedTree } from './sealed-tree.ts';
import type { VerifierKey } from './verifier-key.ts';

/** A record that is missing has no leaf: no record has this one. */
const noLeaf = Buffer.alloc(32);
/** A hole larger than this is told of, and not gone into. */
const missingMax = 1_000_000;

/** What was read: a live log, which grows on; a file that ends at a checkpoint; or a part of a log. */
export type Extent = 'live' | 'export' | 'part';

/**
 * Checks one partition's log: its records in the order in which they are, then the checkpoints that
 * came from elsewhere. Memory is bounded by the distance between two checkpoints.
 */
export class PartitionAudit {
  readonly #partition: number;
  readonly #partitions: number;
  readonly #keys: KeyRing;
  readonly #tree = new SealedTree();
  readonly #epochs = new EpochChain();
  readonly #findings: Finding[] = [];
  readonly #erased = new Set<string>();
  readonly #kept: KeptElsewhere;
  /** Once the records differ from what was signed, later trees differ too and tell nothing. */
  #isAstray = false;

  constructor(
    partition: number,
    {
      keys,
      others,
      partitions,
    }: {
      readonly keys: readonly VerifierKey[];
      readonly others: readonly KeptNote[];
      /** How many the log is said to have. */
      readonly partitions: number;
    },
  ) {
    this.#partition = partition;
    this.#partitions = partitions;
    this.#keys = new KeyRing(keys);
    this.#kept = new KeptElsewhere(others);
  }

  /** How many records there are. */
  get size(): number {
    return this.#tree.size;
  }

  /** The one in force at the end of what was read; empty before the first. */
  get epoch(): string {
    return this.#epochs.current;
  }

  add(record: StoredRecord): void {
    const { position } = record;
    const expected = this.#tree.size + 1;
    if (position < expected)
      return this.#find(position, 'stands a second time, or out of its place');
    if (position > expected) this.#missing(expected, position);
    const isName = [record.stream, record.link?.stream ?? ''].every((name) => !name.includes('\n'));
    if (!isName) this.#find(position, 'has a stream that no record can have');
    this.#tree.add(recordLeaf(record));
    this.#look(record);
    this.#kept.compare(this.#tree);
  }

  /** Something is wrong with what stands where the next record should. */
  damaged(what: string): void {
    this.#find(this.#tree.size + 1, what);
  }

  /** A checkpoint that stands behind the records, and its leaf hashes: that of an exported file. */
  addCheckpoint(note: string, leaves: string): void {
    const checkpoint = parseCheckpoint(note);
    const fault = checkpoint === undefined ? 'is none' : this.#keys.faultOf(note);
    if (checkpoint === undefined || fault !== undefined)
      return this.#find(this.#tree.size + 1, `is followed by a checkpoint that ${fault}`);
    const stored = LeafList.parse(leaves);
    if (stored === undefined)
      return this.#find(
        this.#tree.size + 1,
        'is followed by a checkpoint whose leaf hashes are none',
      );
    this.#tree.noteLeaves(stored);
    this.#seal(checkpoint, stored, this.#tree.size + 1);
  }

  /** All has been read. */
  report(extent: Extent = 'live'): PartitionReport {
    const { size, sealedSize } = this.#tree;
    // What else is wrong is why no checkpoint is right: it would only hide that.
    const isFlawless = this.#findings.length === 0;
    if (size === 0 && extent !== 'part') this.#find(1, 'is missing: every log has a first record');
    else if (extent === 'export' && sealedSize < size && isFlawless)
      this.#find(sealedSize + 1, 'stands behind the last checkpoint', size);
    const wrong = this.#findings.map(({ position }) => position);
    const mayBeEarlier = extent !== 'live' && wrong.length === 0;
    const read = { size, keys: this.#keys, epochs: this.#epochs, mayBeEarlier, wrong };
    for (const { kind, position, through, what } of this.#kept.judge(read))
      // A part ends before the log does: that is told below.
      if (extent !== 'part' || kind === 'tampered' || kind === 'lost')
        this.#find(position, what, through, kind);
    if (extent === 'part' && this.#findings.length === 0) this.#tellPart();
    return {
      partition: this.#partition,
      records: size,
      sealed: sealedSize,
      keys: this.#keys.accepted.map(({ text }) => text),
      erased: [...this.#erased],
      losses: this.#epochs.losses,
      findings: inOrder(this.#findings),
    };
  }

  #look(record: StoredRecord): void {
    let recorded: Recorded;
    try {
      recorded = decodeRecord(record);
    } catch (error) {
      if (!(error instanceof CorruptRecord)) throw error;
      return this.#find(record.position, `is damaged: ${error.what}`);
    }
    const { event, position } = recorded;
    if (event.type === 'EpochStarted') this.#epochStarted(position, event.data);
    else if (event.type === 'UserErased') this.#erased.add(event.data.user);
    else if (event.type === 'SigningKeyPublished') {
      if (!this.#keys.published(event.data)) this.#find(position, 'publishes a key that is none');
    } else if (event.type === 'CheckpointSigned') this.#checkpoint(position, event);
  }

  #epochStarted(position: number, data: EpochStarted['data']): void {
    this.#epochs.add(data);
    const { partitions = this.#partitions } = data;
    if (partitions !== this.#partitions)
      this.#find(
        position,
        `says that the log has ${partitionsInWords(partitions)}, and there are ${this.#partitions}`,
      );
  }

  /** One whose signature is right is held against the records, whatever else is wrong with it. */
  #checkpoint(position: number, { data, text }: CheckpointSigned): void {
    const signed = parseCheckpoint(data.note);
    const leaves = LeafList.parse(text);
    const unsigned = this.#keys.faultOf(data.note);
    const fault = signed === undefined ? 'is none' : (unsigned ?? this.#faultOf(data, signed));
    if (fault !== undefined) this.#find(position, `is a checkpoint that ${fault}`);
    if (leaves === undefined) this.#find(position, 'is a checkpoint whose leaf hashes are none');
    else this.#tree.noteLeaves(leaves);
    if (signed !== undefined && unsigned === undefined)
      this.#seal(signed, leaves ?? new LeafList(), position);
  }

  /** What a checkpoint says of itself that its note does not. */
  #faultOf(
    { epoch, size, root }: CheckpointSigned['data'],
    signed: Checkpoint,
  ): string | undefined {
    const isSame = signed.size === size && signed.epoch === epoch;
    if (!isSame || signed.root.toString('base64') !== root)
      return 'says other things than its note';
    return epoch === this.#epochs.current ? undefined : 'is of another epoch';
  }

  #seal(checkpoint: Checkpoint, leaves: LeafList, position: number): void {
    if (this.#isAstray) return;
    const { size } = checkpoint;
    if (checkpoint.partition !== this.#partition)
      return this.#find(position, 'is a checkpoint of another partition');
    if (size <= this.#tree.sealedSize)
      return this.#find(position, 'is a checkpoint no larger than the one before it');
    const difference = this.#tree.seal(checkpoint, leaves);
    if (difference === undefined) return;
    this.#isAstray = true;
    const { position: first, through } = difference;
    const by = `what the checkpoint of size ${size} sealed`;
    if (first > this.#tree.size) this.#find(first, `is missing, and is not ${by}`, size);
    else if (first === through) this.#find(first, `is not ${by}`);
    else this.#find(first, `and those up to ${through} are not ${by}`, through);
  }

  /** What the checkpoint behind it would tell is known in part by those that were kept elsewhere. */
  #tellPart(): void {
    const { size, sealedSize } = this.#tree;
    const judged = Math.max(sealedSize, this.#kept.agreed);
    const are = size - judged > 1 ? `and those up to ${size} are` : 'is';
    const what =
      judged < size
        ? `${are} not judged: no checkpoint that is here covers so much, and the rest of the log is not here`
        : 'is not here, nor is the rest of the log';
    this.#find(judged + 1, what, Math.max(judged + 1, size), 'part');
  }

  #missing(from: number, next: number): void {
    this.#find(from, 'is missing');
    if (next - from > missingMax) this.#isAstray = true;
    for (let gone = from; gone < next && gone - from <= missingMax; gone++) {
      this.#tree.add(noLeaf);
      this.#kept.compare(this.#tree);
    }
  }

  #find(position: number, what: string, through = position, kind: FindingKind = 'tampered'): void {
    this.#findings.push({ kind, partition: this.#partition, position, through, what });
  }
}
