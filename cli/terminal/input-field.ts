import { complete, type SeenNames } from './completion.ts';
import { InputHistory } from './input-history.ts';
import type { InputLine } from './input-layout.ts';
import { chord, edit, type EditedLine, emptyLine, insert, type Key } from './line-editor.ts';

/** What an input field tells. */
export interface InputFieldOwner {
  /** What is to be seen of the field now. */
  changed(line: InputLine | undefined): void;
  entered(prompt: string, text: string, shown: string): void;
  choices(choices: readonly string[]): void;
  /** Ctrl-C on an empty line: once more quits. */
  warned(): void;
  quit(): void;
  suspended(): void;
  cleared(): void;
}

/** Passwords are not brought back by an arrow key. */
const isSecretCommand = /^\s*\/passwd\b/i;

type Mode = 'closed' | 'asking' | 'askingInSecret' | 'chatting';

/** The one line at which a person types: an answer to a question, or something to say. */
export class InputField {
  readonly #owner: InputFieldOwner;
  readonly #names: SeenNames;
  readonly #history = new InputHistory();
  #mode: Mode = 'closed';
  #prompt = '';
  #line = emptyLine;
  /** What was being said when a question came between. */
  #draft = emptyLine;
  /** Typed while nothing could be typed. */
  #ahead: Key[] = [];
  #isPasting = false;
  #wasInterrupted = false;

  constructor(owner: InputFieldOwner, names: SeenNames) {
    this.#owner = owner;
    this.#names = names;
  }

  /** Whether nothing can be typed now. */
  get isClosed(): boolean {
    return this.#mode === 'closed';
  }

  ask(prompt: string, { echo }: { echo: boolean }): void {
    if (this.#mode === 'chatting') this.#draft = this.#line;
    this.#open(echo ? 'asking' : 'askingInSecret', prompt, emptyLine);
    this.#ahead = [];
  }

  /** Opens the field for saying something; what is being said already stays. */
  chat(prompt: string): void {
    this.#open('chatting', prompt, this.#mode === 'chatting' ? this.#line : this.#draft);
    this.#draft = emptyLine;
    for (const key of this.#ahead.splice(0)) this.press(key);
  }

  close(): void {
    if (this.#mode === 'chatting') this.#draft = this.#line;
    this.#mode = 'closed';
    this.#owner.changed(undefined);
  }

  /** Tells once more what is to be seen. */
  redraw(): void {
    if (this.#mode !== 'closed') this.#set(this.#line);
  }

  /** Puts a text back that was entered in vain. */
  giveBack(text: string): void {
    if (this.#line.text !== '') return;
    this.#set({ ...emptyLine, text, cursor: text.length });
  }

  press(key: Key): void {
    if (key.name === 'paste-start') this.#isPasting = true;
    else if (key.name === 'paste-end') this.#isPasting = false;
    else if (chord(key) === 'ctrl-c') this.#interrupt();
    else if (this.#mode === 'closed') this.#ahead.push(key);
    else {
      this.#wasInterrupted = false;
      if (this.#isPasting) this.#set(insert(this.#line, key.typed ?? ''));
      else this.#command(key);
    }
  }

  #command(key: Key): void {
    switch (chord(key)) {
      case 'return':
      case 'enter':
        return this.#enter();
      case 'tab':
        return this.#complete();
      case 'up':
      case 'ctrl-p':
        return this.#recall(() => this.#history.older(this.#line.text));
      case 'down':
      case 'ctrl-n':
        return this.#recall(() => this.#history.newer());
      case 'ctrl-l':
        return this.#owner.cleared();
      case 'ctrl-z':
        return this.#owner.suspended();
      case 'ctrl-d':
        if (this.#line.text === '') return this.#owner.quit();
        break;
      default:
    }
    const edited = edit(this.#line, key);
    if (edited !== undefined) this.#set(edited);
  }

  #enter(): void {
    const { text } = this.#line;
    const isSecret = this.#mode === 'askingInSecret';
    if (this.#mode === 'chatting' && !isSecretCommand.test(text)) this.#history.add(text);
    this.#set(emptyLine);
    // A question is over once it is answered; a chat goes on.
    if (this.#mode !== 'chatting') this.close();
    this.#owner.entered(this.#prompt, text, isSecret ? '' : text);
  }

  #complete(): void {
    if (this.#mode !== 'chatting') return;
    const { text, cursor } = this.#line;
    const completion = complete(text.slice(0, cursor), this.#names);
    if (completion.kind === 'choices') this.#owner.choices(completion.choices);
    if (completion.kind !== 'insert') return;
    const before = text.slice(0, completion.from) + completion.to;
    this.#set({ ...this.#line, text: before + text.slice(cursor), cursor: before.length });
  }

  #recall(find: () => string | undefined): void {
    const text = this.#mode === 'chatting' ? find() : undefined;
    if (text !== undefined) this.#set({ ...this.#line, text, cursor: text.length });
  }

  #interrupt(): void {
    this.#isPasting = false;
    if (this.#mode !== 'chatting' || this.#wasInterrupted) return this.#owner.quit();
    this.#wasInterrupted = true;
    if (this.#line.text === '') this.#owner.warned();
    this.#set({ ...emptyLine, cut: this.#line.text });
  }

  #open(mode: Mode, prompt: string, line: EditedLine): void {
    this.#mode = mode;
    this.#prompt = prompt;
    this.#set(line);
  }

  #set(line: EditedLine): void {
    this.#line = line;
    const seen = this.#mode === 'askingInSecret' ? emptyLine : line;
    this.#owner.changed({ prompt: this.#prompt, text: seen.text, cursor: seen.cursor });
  }
}
