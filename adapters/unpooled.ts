/**
 * The bytes of a text, in memory of their own. In Node's pool of small buffers a few bytes that
 * somebody keeps for long would keep what was said beside them too.
 */
export function unpooledBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

/** One buffer out of several, in memory of its own. */
export function joinedUnpooled(parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) at += part.copy(bytes, at);
  return bytes;
}
