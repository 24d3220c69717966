/** The lines of a text that comes in pieces, without their ends (`\n` or `\r\n`). */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const utf8 = new TextDecoder('utf-8');
  let held = '';
  for await (const chunk of chunks) {
    const lines = (held + utf8.decode(chunk, { stream: true })).split('\n');
    held = lines.pop() ?? '';
    for (const line of lines) yield withoutReturn(line);
  }
  held += utf8.decode();
  if (held !== '') yield withoutReturn(held);
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);
