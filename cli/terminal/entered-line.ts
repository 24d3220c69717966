/** What a line entered in a chat is, as far as this side has to know. */
export type EnteredLine =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'passwordChange'; readonly next: string }
  | { readonly kind: 'command' }
  | { readonly kind: 'message'; readonly said: string };

/** Reads an entered line as the server will: `//text` says `/text`. */
export function parseEnteredLine(text: string): EnteredLine {
  const [command = '', , next = ''] = text.trim().split(/[ \t]+/);
  if (command === '') return { kind: 'nothing' };
  if (text.startsWith('//')) return { kind: 'message', said: text.slice(1) };
  if (!text.startsWith('/')) return { kind: 'message', said: text };
  switch (command.toLowerCase()) {
    case '/quit':
    case '/logout':
      return { kind: 'quit' };
    case '/passwd':
      return { kind: 'passwordChange', next };
    default:
      return { kind: 'command' };
  }
}
