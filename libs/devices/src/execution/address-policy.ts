import { BlockList, isIPv4, isIPv6 } from 'node:net';

export interface AddressPolicySettings {
  /** Demo and tests: simulated devices live on this machine. */
  readonly allowLoopback: boolean;
}

/**
 * Says which resolved IP addresses may be dialled. A tenant writes addresses of devices, so they must not lead to this
 * host, to its link (cloud metadata lives there), or to many receivers at once.
 */
export function addressPolicy({ allowLoopback }: AddressPolicySettings): (ip: string) => boolean {
  const denied = new BlockList();
  denied.addSubnet('0.0.0.0', 8, 'ipv4');
  denied.addSubnet('169.254.0.0', 16, 'ipv4');
  denied.addSubnet('224.0.0.0', 4, 'ipv4');
  denied.addSubnet('240.0.0.0', 4, 'ipv4');
  denied.addAddress('::', 'ipv6');
  denied.addSubnet('fe80::', 10, 'ipv6');
  denied.addSubnet('ff00::', 8, 'ipv6');
  if (!allowLoopback) {
    denied.addSubnet('127.0.0.0', 8, 'ipv4');
    denied.addAddress('::1', 'ipv6');
  }
  return (ip) => {
    const address = ip.split('%', 1)[0] ?? '';
    // ::ffff:127.0.0.1 is 127.0.0.1.
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
    if (isIPv4(mapped)) return !denied.check(mapped, 'ipv4');
    return isIPv6(mapped) && !denied.check(mapped, 'ipv6');
  };
}
