import ipaddr from 'ipaddr.js';

/**
 * The network that limits count by: an IPv4 address, also where it is written as an IPv6 one, or
 * the first 64 bits of an IPv6 address. A host is given a whole /64 (RFC 6177), and could otherwise
 * be as many strangers as it likes. Whatever is no address is its own network.
 */
export function networkOf(address = 'unknown'): string {
  // A scope, as in fe80::1%eth0, says which link it is on, and is the same for all who come by it.
  const [plain = ''] = address.split('%');
  if (!ipaddr.isValid(plain)) return address;
  const parsed = ipaddr.process(plain);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}
