import { ProtocolError } from '@drm/protocol-core';
import { parseOid, type Oid } from '../codec/oid.ts';

/** An operation's path as OID. @throws ProtocolError `snmp.invalid_oid` */
export function oidOf(path: string): Oid {
  const oid = parseOid(path);
  if (oid !== null) return oid;
  throw new ProtocolError('permanent', 'snmp.invalid_oid', 'the path is not an object identifier', {
    path,
    hint: 'Give a dotted OID with its instance, e.g. 1.3.6.1.2.1.1.5.0.',
  });
}
