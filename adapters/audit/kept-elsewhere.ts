import { isSameHash } from '../../core/merkle/tree-hash.ts';
import type { EpochChain } from './epoch-chain.ts';
import type { Finding } from './finding.ts';
import type { KeyRing } from './key-ring.ts';
import type { KeptNote } from './partition-report.ts';
import type { SealedTree } from './sealed-tree.ts';

type Judged = Omit<Finding, 'partition'>;

/** What was read of a partition, when all has been. */
export interface Read {
  /** How many records. */
  readonly size: number;
  readonly keys: KeyRing;
  readonly epochs: EpochChain;
  /** Whether it may end before the log does that others know: no live log may, nor one that is changed. */
  readonly mayBeEarlier: boolean;
  /** The positions at which something is wrong: that a record near it is too tells nothing more. */
  readonly wrong: readonly number[];
}

/** A checkpoint that is not what the records are, which were right `after` so many. */
interface Contradicted {
  readonly note: KeptNote;
  readonly after: number;
}

/** The checkpoints of a partition that were kept elsewhere, held against its records as they are read. */
export class KeptElsewhere {
  /** Smallest first. */
  readonly #notes: readonly KeptNote[];
  /** How many of them the records have reached. */
  #reached = 0;
  /** Those that the records contradict, and up to where they were right before. */
  readonly #contradicted: Contradicted[] = [];
  #agreed = 0;

  constructor(notes: readonly KeptNote[]) {
    this.#notes = notes.toSorted((one, other) => one.size - other.size);
  }

  /** The largest size at which the records are what one of them says. */
  get agreed(): number {
    return this.#agreed;
  }

  /** To be called after each record. */
  compare(tree: SealedTree): void {
    for (;;) {
      const note = this.#notes[this.#reached];
      if (note === undefined || note.size > tree.size) return;
      this.#reached += 1;
      const { size } = tree;
      if (note.size === size && isSameHash(tree.rootAt(size), note.root)) this.#agreed = size;
      else this.#contradicted.push({ note, after: this.#agreed });
    }
  }

  /** What they show of the log, when all of it has been read. */
  judge(read: Read): readonly Judged[] {
    const { size, keys, epochs } = read;
    const isLost = (note: KeptNote): boolean => epochs.hasLost(note.epoch, note.size);
    const beyond = this.#notes.slice(this.#reached);
    const isForked = this.#contradicted.some(({ note }) => !isLost(note));
    const known = this.#notes.slice(0, this.#reached);
    const faults = known.flatMap((note) => signatureFault(note, keys));
    const mayBeEarlier = read.mayBeEarlier && !isForked && faults.length === 0;
    const later = mayBeEarlier ? beyond.filter((note) => !isLost(note)) : [];
    const gone = mayBeEarlier ? beyond.filter(isLost) : beyond;
    const [next] = later;
    const all = [...this.#contradicted, ...gone.map((note) => ({ note, after: size }))];
    const contradictions = [
      ...lossesIn(
        all.filter(({ note }) => isLost(note)),
        size,
      ),
      ...all.filter(({ note }) => !isLost(note)).map((one) => contradiction([one], size)),
    ];
    return [
      ...contradictions.filter(
        ({ position, through }) => !read.wrong.some((one) => position <= one && one <= through),
      ),
      ...faults,
      // Of one that is behind the end the key may be published there.
      ...(mayBeEarlier ? [] : beyond.flatMap((note) => signatureFault(note, keys))),
      ...(next === undefined
        ? []
        : [this.#agreed === size ? earlier(later, size, keys) : unknown(next, this.#agreed, size)]),
    ];
  }
}

/** What one setting back has lost is told once, however many checkpoints know of it. */
function lossesIn(lost: readonly Contradicted[], end: number): readonly Judged[] {
  const epochs = [...new Set(lost.map(({ note }) => note.epoch))];
  return epochs.map((epoch) => {
    const ofEpoch = lost.filter(({ note }) => note.epoch === epoch);
    return { ...contradiction(ofEpoch, end), kind: 'lost' };
  });
}

/** Of checkpoints of one epoch, the smallest first. */
function contradiction(notes: readonly Contradicted[], end: number): Judged {
  const sizes = notes.map(({ note }) => note.size);
  const [smallest = 0, largest = 0] = [sizes.at(0), sizes.at(-1)];
  const after = notes[0]?.after ?? end;
  const which =
    notes.length === 1
      ? `the checkpoint of size ${largest}`
      : `the ${notes.length} checkpoints of sizes ${smallest} to ${largest}`;
  const by = `what ${which} and epoch ${notes[0]?.note.epoch}, kept elsewhere, sealed`;
  const what =
    after >= end ? `is missing, and is not ${by}` : `and those up to ${largest} are not all ${by}`;
  return { kind: 'tampered', position: after + 1, through: largest, what };
}

function signatureFault({ note, size }: KeptNote, keys: KeyRing): readonly Judged[] {
  const fault = keys.faultOf(note);
  if (fault === undefined) return [];
  const what = `and those up to ${size} have a checkpoint, kept elsewhere, that ${fault}`;
  return [{ kind: 'tampered', position: 1, through: size, what }];
}

/** Nobody can tell a file that was cut at a checkpoint from one that was exported then. */
function earlier(later: readonly KeptNote[], size: number, keys: KeyRing): Judged {
  const known = later.at(-1)?.size ?? size;
  const foreign = later.filter(({ note }) => keys.faultOf(note) !== undefined).length;
  const by =
    foreign === 0
      ? ''
      : ` (${foreign} of them signed by no key that counts here, as a next key does)`;
  const what = `is not here, where all is whole to ${size}; the checkpoints kept elsewhere know the log to ${known}${by}: this is an earlier export, or its end was cut off`;
  return { kind: 'earlier', position: size + 1, through: known, what };
}

/** Between two checkpoints that were kept nobody but the key's holder knows what the log was. */
function unknown(next: KeptNote, agreed: number, size: number): Judged {
  const before = agreed === 0 ? '' : `at ${agreed}, as it is here, and then `;
  const what = `and those up to ${size} are sealed by a checkpoint that is not among those kept elsewhere, which know the log ${before}at ${next.size}: whether these records are of that log is not known. This is an earlier export, or its end was cut off, or it is another end that the same key has sealed`;
  return { kind: 'unknown', position: agreed + 1, through: size, what };
}
