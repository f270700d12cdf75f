import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { SnmpFailure } from './snmp-failure.ts';

/** IP address of a host name; asked anew for every execution. @throws SnmpFailure `resolve` */
export async function resolveAddress(host: string): Promise<string> {
  // A zone id (fe80::1%eth0) is part of a literal.
  if (isIP(host) !== 0 || host.includes('%')) return host;
  try {
    return (await lookup(host)).address;
  } catch {
    throw new SnmpFailure({ kind: 'resolve' });
  }
}
