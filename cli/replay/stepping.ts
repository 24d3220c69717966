import { emitKeypressEvents, type Key } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import { colours } from '../colours.ts';
import { PlainFailure } from '../plain-failure.ts';
import { terminalHere } from './asked-places.ts';
import { endOf, type Positions } from './log-span.ts';
import { placeOf, parseMoment } from './moment.ts';
import { progressOn } from '../progress.ts';
import { undoneWhenStopped } from '../undone-when-stopped.ts';
import { chosenPart, type Replay } from './replay-job.ts';
import { stepScreen } from './step-screen.ts';
import { Stepper, type Step } from './stepper.ts';

/** What is done at a key. */
type Move =
  | { readonly kind: 'by'; readonly records: number }
  | { readonly kind: 'to'; readonly end: 'first' | 'last' }
  | { readonly kind: 'ask' | 'quit' | 'nothing' };

const pageRecords = 100;

/** Goes through the history at a terminal, until `q`. @throws {PlainFailure} without a terminal */
export async function step(replay: Replay): Promise<void> {
  const { stdin, stdout } = terminalHere();
  const { through, after } = await chosenPart(replay);
  const stepper = new Stepper(replay.source, through, replay);
  if (stepper.size === 0) throw new PlainFailure('There is nothing to step through.');
  await new Stepping(replay, stepper, { stdin, stdout }).run(stepper.indexBehind(after));
}

interface Terminal {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
}

// DEC private modes: the other screen, so that the one before is there again afterwards; the cursor.
const enter = '\u001b[?1049h\u001b[?25l';
const leave = '\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const eraseLine = '\u001b[K';
const eraseBelow = '\u001b[J';

class Stepping {
  readonly #replay: Replay;
  readonly #stepper: Stepper;
  readonly #terminal: Terminal;
  #step: Step | undefined;
  /** What is being typed behind `g`; undefined when nothing is. */
  #asked: string | undefined;
  #trouble = '';

  constructor(replay: Replay, stepper: Stepper, terminal: Terminal) {
    this.#replay = replay;
    this.#stepper = stepper;
    this.#terminal = terminal;
  }

  async run(from: number): Promise<void> {
    const { stdin, stdout } = this.#terminal;
    emitKeypressEvents(stdin);
    stdin.setRawMode(true).resume();
    stdout.write(enter);
    const leaveScreen = (): void => {
      stdout.write(leave);
      stdin.setRawMode(false).pause();
    };
    const hasLeft = undoneWhenStopped(leaveScreen);
    const redraw = (): void => this.#draw();
    stdout.on('resize', redraw);
    try {
      await this.#show(from);
      for await (const [text, key] of keysOf(stdin)) if (!(await this.#heed(text, key))) return;
    } finally {
      stdout.off('resize', redraw);
      leaveScreen();
      hasLeft();
    }
  }

  /** False when it is over. */
  async #heed(text: string | undefined, key: Key): Promise<boolean> {
    this.#trouble = '';
    if (this.#asked !== undefined) {
      await this.#type(text, key);
      return true;
    }
    const move = moveOf(text, key);
    const index = this.#step?.index ?? 0;
    switch (move.kind) {
      case 'quit':
        return false;
      case 'by':
        await this.#show(index + move.records);
        break;
      case 'to':
        await this.#show(move.end === 'first' ? 0 : this.#stepper.size - 1);
        break;
      case 'ask':
        this.#asked = '';
        this.#draw();
        break;
      case 'nothing':
        break;
    }
    return true;
  }

  async #type(text: string | undefined, { name, ctrl }: Key): Promise<void> {
    const asked = this.#asked ?? '';
    if (name === 'return') {
      this.#asked = undefined;
      await this.#goTo(asked);
    } else if (name === 'escape' || (ctrl === true && name === 'c')) this.#asked = undefined;
    else if (name === 'backspace') this.#asked = asked.slice(0, -1);
    else if (text !== undefined && /^[\w :.,+-]$/.test(text)) this.#asked = asked + text;
    this.#draw();
  }

  async #goTo(typed: string): Promise<void> {
    const { source } = this.#replay;
    const moment = parseMoment(typed.trim(), Date.now());
    if (moment === undefined) {
      this.#trouble = `"${typed}" is neither a time nor a position.`;
      return;
    }
    try {
      const place: Positions = await placeOf(source, moment, await endOf(source));
      await this.#show(this.#stepper.indexBehind(place) - 1);
    } catch (error) {
      if (!(error instanceof PlainFailure)) throw error;
      this.#trouble = error.message;
    }
  }

  async #show(wanted: number): Promise<void> {
    const index = Math.min(Math.max(wanted, 0), this.#stepper.size - 1);
    const distance = Math.abs(index - (this.#step?.index ?? 0));
    using progress = progressOn(this.#terminal.stdout, distance);
    this.#step = await this.#stepper.at(index, progress);
    this.#draw();
  }

  #draw(): void {
    const { stdout } = this.#terminal;
    const { columns, rows } = stdout;
    const lines = stepScreen({
      step: this.#step,
      size: this.#stepper.size,
      partitions: this.#replay.source.info.partitions,
      asked: this.#asked,
      trouble: this.#trouble,
      columns,
      rows,
      paint: colours(stdout),
    });
    stdout.write(`${home}${lines.map((line) => `${line}${eraseLine}`).join('\r\n')}${eraseBelow}`);
  }
}

async function* keysOf(stdin: ReadStream): AsyncGenerator<[string | undefined, Key]> {
  const waiting: [string | undefined, Key][] = [];
  let wake: (() => void) | undefined;
  const onKey = (text: string | undefined, key: Key): void => {
    waiting.push([text, key]);
    wake?.();
  };
  stdin.on('keypress', onKey);
  try {
    for (;;) {
      const key = waiting.shift();
      if (key !== undefined) yield key;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    stdin.off('keypress', onKey);
  }
}

function moveOf(text: string | undefined, { name, ctrl, sequence }: Key): Move {
  if (ctrl === true) return { kind: name === 'c' || name === 'd' ? 'quit' : 'nothing' };
  switch (name ?? text ?? sequence) {
    case 'right':
    case 'down':
    case 'space':
    case 'n':
    case 'j':
      return { kind: 'by', records: 1 };
    case 'left':
    case 'up':
    case 'backspace':
    case 'p':
    case 'k':
      return { kind: 'by', records: -1 };
    case 'pagedown':
      return { kind: 'by', records: pageRecords };
    case 'pageup':
      return { kind: 'by', records: -pageRecords };
    case 'home':
      return { kind: 'to', end: 'first' };
    case 'end':
      return { kind: 'to', end: 'last' };
    case 'g':
      return { kind: 'ask' };
    case 'q':
    case 'escape':
      return { kind: 'quit' };
    default:
      return { kind: 'nothing' };
  }
}
