import {
  appendAnswerMsMax,
  type AppendOutcome,
  type Commit,
  type Writer,
} from '../../core/event-store.ts';
import type { KnownEpochs } from './known-epochs.ts';
import type { SharedStore } from './shared-store.ts';
import type { StoreLink } from './store-link.ts';

/** Leaves time for the answer to come about. */
const answerWithinMs = appendAnswerMsMax - 250;
const closeWithinMs = 1_000;

const outOfReach: AppendOutcome = { status: 'unavailable', reason: 'disconnected' };

interface Pending {
  readonly commit: Commit;
  /** The epoch that it was decided in. */
  readonly epoch: string;
  isHandedOver: boolean;
  settle: ((outcome: AppendOutcome) => void) | undefined;
}

interface Answer {
  readonly outcome: AppendOutcome;
  /** As of the outcome. */
  readonly epoch: string;
}

export interface LaneOptions {
  readonly link: StoreLink;
  readonly store: SharedStore;
  readonly epochs: KnownEpochs;
  readonly writer: Writer;
  readonly partition: number;
}

/**
 * One writer's way into one partition: what was handed over arrives in that order or not at all,
 * now and then late, and is answered or not. In time each append has an outcome: `unavailable` if
 * it was never handed over, or decided before the log was set back; else `unknown`.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #link: StoreLink;
  #waiting: Pending[] = [];
  #handedOver: Pending[] = [];
  #isBusy = false;
  #isClosed = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#link = options.link;
  }

  append(commit: Commit): Promise<AppendOutcome> {
    if (this.#isClosed) return Promise.resolve({ status: 'unavailable', reason: 'closed' });
    return new Promise((resolve) => {
      const { epochs, partition } = this.#options;
      const epoch = epochs.of(partition);
      const pending: Pending = { commit, epoch, isHandedOver: false, settle: undefined };
      const tooLate = setTimeout(() => pending.settle?.(noAnswer(pending)), answerWithinMs);
      pending.settle = (outcome) => {
        clearTimeout(tooLate);
        pending.settle = undefined;
        resolve(outcome);
      };
      this.#waiting.push(pending);
      this.#pump();
    });
  }

  /** What waits is `closed`; what was handed over gets a moment to be answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { settle } of this.#waiting.splice(0))
      settle?.({ status: 'unavailable', reason: 'closed' });
    if (this.#unanswered.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, closeWithinMs));
    for (const { settle } of this.#unanswered) settle?.({ status: 'unknown' });
  }

  get #unanswered(): Pending[] {
    this.#handedOver = this.#handedOver.filter(({ settle }) => settle !== undefined);
    return this.#handedOver;
  }

  #pump(): void {
    if (this.#isBusy || this.#waiting.length === 0) return;
    this.#isBusy = true;
    const { process } = this.#link;
    this.#link.whenWhole(() => process.deliver(() => this.#send()));
  }

  #send(): void {
    const batch = this.#waiting.filter(({ settle }) => settle !== undefined);
    this.#waiting = [];
    for (const pending of batch) pending.isHandedOver = true;
    this.#handedOver = [...this.#unanswered, ...batch];
    const { random } = this.#link.world;
    const { lostAppends, lateAppends, lateMs } = this.#link.weather;
    if (random.chance(lostAppends)) return this.#goOn();
    const extraMs = random.chance(lateAppends) ? random.below(lateMs) : 0;
    const arrive = (): void => this.#arrive(batch);
    const lost = (): void => {
      if (random.chance(0.5)) this.#goOn();
      else this.#link.whenWhole(arrive);
    };
    this.#link.carry(arrive, lost, extraMs);
  }

  #arrive(batch: readonly Pending[]): void {
    const { world, weather, process } = this.#link;
    const { epochs, partition } = this.#options;
    const isHeard = !world.random.chance(weather.lostAnswers);
    for (const pending of batch) {
      const answer = ({ outcome, epoch }: Answer): void => {
        const tell = (): void => {
          epochs.heed(partition, epoch);
          pending.settle?.(outcome);
        };
        if (isHeard) this.#link.carry(() => process.deliver(tell));
      };
      void this.#carryOut(pending).then(answer);
    }
    this.#goOn();
  }

  /** At the store. */
  async #carryOut({ commit, epoch: decidedIn }: Pending): Promise<Answer> {
    const { store, writer, partition } = this.#options;
    const { epoch } = store.log.partition(partition);
    const outcome = epoch === decidedIn ? await store.append(writer, commit) : outOfReach;
    return { outcome, epoch };
  }

  #goOn(): void {
    this.#link.process.deliver(() => {
      this.#isBusy = false;
      this.#pump();
    });
  }
}

const noAnswer = ({ isHandedOver }: Pending): AppendOutcome =>
  isHandedOver ? { status: 'unknown' } : outOfReach;
