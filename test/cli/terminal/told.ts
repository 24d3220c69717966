import { Conversation, type ConversationOptions } from '../../../cli/terminal/conversation.ts';
import type { Effect } from '../../../cli/terminal/effect.ts';
import { parseServerLine } from '../../../cli/terminal/server-line.ts';

const defaults: ConversationOptions = {
  user: 'alice',
  password: 'pw',
  register: false,
  takeover: false,
  interactive: true,
  room: undefined,
  random: () => 0,
};

/** A conversation, with its effects as short words. */
export class Told {
  readonly #conversation: Conversation;

  constructor(options: Partial<ConversationOptions> = {}) {
    this.#conversation = new Conversation({ ...defaults, ...options });
    this.#conversation.start();
  }

  line(...texts: readonly string[]): readonly string[] {
    return texts.flatMap((text) =>
      words(this.#conversation.take({ type: 'line', line: parseServerLine(text) })),
    );
  }

  closed(why = '', mayPass = true): readonly string[] {
    return words(this.#conversation.take({ type: 'closed', why, mayPass }));
  }

  entered(text: string): readonly string[] {
    return words(this.#conversation.take({ type: 'entered', text }));
  }

  waited(): readonly string[] {
    return words(this.#conversation.take({ type: 'waited' }));
  }

  quit(): readonly string[] {
    return words(this.#conversation.take({ type: 'quit' }));
  }

  loggedIn(): this {
    this.line(greeting, welcome, 'SUCCESS: Receipts on.');
    return this;
  }
}

export const greeting = 'AUTH_REQUIRED: LOGIN <user> <pass>';
export const welcome = 'SUCCESS: Welcome alice. You are in lobby.';

const words = (effects: readonly Effect[]): readonly string[] => effects.map(word);

function word(effect: Effect): string {
  switch (effect.do) {
    case 'send':
      return `-> ${effect.line}`;
    case 'show':
      return effect.line.text;
    case 'own':
      return `own ${effect.spoken.prefix}${effect.spoken.user}: ${effect.spoken.said}`;
    case 'tell':
      return effect.tone === 'error' ? `! ${effect.words}` : effect.words;
    case 'ask':
    case 'chat':
      return `${effect.do} ${effect.prompt}`;
    case 'giveBack':
      return `giveBack ${effect.text}`;
    case 'wait':
      return `wait ${effect.ms}`;
    case 'finish':
      return `finish ${effect.code}`;
    case 'connect':
    case 'hangUp':
      return effect.do;
  }
}
