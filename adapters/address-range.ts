import ipaddr from 'ipaddr.js';

/** Addresses that have their first bits in common: `10.0.0.0/8`, or a single one. */
export interface AddressRange {
  readonly first: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

/** This machine itself. */
export const loopbackRanges: readonly AddressRange[] = [
  { first: ipaddr.IPv4.parse('127.0.0.0'), bits: 8 },
  { first: ipaddr.IPv6.parse('::1'), bits: 128 },
];

/** `10.0.0.0/8`, `2001:db8::/32`, or an address alone; undefined when the text is none of these. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = ''] = text.split('/');
  // What is short for four numbers (`10/8`, `0x7f.1`) is more likely a slip.
  const isPlain = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address);
  const range = text === address ? `${text}/${address.includes(':') ? 128 : 32}` : text;
  if (!isPlain || !ipaddr.isValidCIDR(range)) return undefined;
  const [first, bits] = ipaddr.parseCIDR(range);
  return { first, bits };
}

/** Whether a peer's address, as its socket gives it, is in one of these ranges. */
export function isInRange(address: string | undefined, ranges: readonly AddressRange[]): boolean {
  if (address === undefined || !ipaddr.isValid(address)) return false;
  // An IPv4 address may be written as an IPv6 one (::ffff:10.0.0.1).
  const parsed = ipaddr.process(address);
  return ranges.some(
    ({ first, bits }) => parsed.kind() === first.kind() && parsed.match(first, bits),
  );
}
