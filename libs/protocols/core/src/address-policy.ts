import { BlockList, isIP } from 'node:net';

interface AddressPolicyOptions {
  /** Loopback is for simulated devices on this machine: the demo and tests. */
  readonly allowLoopback: boolean;
}

/**
 * Which addresses a device may have. Tenants name targets, so the platform's own surroundings are refused: loopback,
 * link-local (cloud metadata lives there), multicast, broadcast and the unspecified address.
 */
export function deviceAddressPolicy({
  allowLoopback,
}: AddressPolicyOptions): (address: string) => boolean {
  const denied = new BlockList();
  denied.addSubnet('0.0.0.0', 8, 'ipv4');
  denied.addSubnet('169.254.0.0', 16, 'ipv4');
  denied.addSubnet('224.0.0.0', 4, 'ipv4');
  denied.addAddress('255.255.255.255', 'ipv4');
  denied.addAddress('::', 'ipv6');
  denied.addSubnet('fe80::', 10, 'ipv6');
  denied.addSubnet('ff00::', 8, 'ipv6');
  // The metadata service of one large cloud over IPv6.
  denied.addAddress('fd00:ec2::254', 'ipv6');
  if (!allowLoopback) {
    denied.addSubnet('127.0.0.0', 8, 'ipv4');
    denied.addAddress('::1', 'ipv6');
  }
  return (address) => {
    const bare = address.split('%')[0] ?? address;
    const family = isIP(bare);
    // IPv4 in IPv6 clothes is checked as what it is: BlockList sees through ::ffff:0:0/96.
    return family !== 0 && !denied.check(bare, family === 6 ? 'ipv6' : 'ipv4');
  };
}
