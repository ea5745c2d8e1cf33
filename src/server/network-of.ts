/**
 * @file Which addresses count as one asker: a household or a machine has a whole /64 of IPv6, and could else change its address
 * with every request.
 */
import ipaddr from 'ipaddr.js';

/**
 * The address itself for IPv4, also where it is written as IPv6 (`::ffff:1.2.3.4`); the first 64 bits of IPv6, as
 * `2001:db8:0:1::/64`. What is no address stays as it is, cut to 64 characters.
 */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address.slice(0, 64);
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  const groups = parsed.parts.slice(0, 4).map((group) => group.toString(16));
  return `${groups.join(':')}::/64`;
}
