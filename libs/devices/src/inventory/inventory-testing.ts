import { AuditLog } from '@drm/audit';
import { PERMISSION_NAMES } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import { createTenantKey, TenantKeyring, type TenantDb } from '@drm/persistence';
import { ProtocolError, type DeviceProtocol } from '@drm/protocol-core';
import * as z from 'zod';
import { EndpointSealer } from './endpoint-sealer.ts';
import { ProtocolCatalog } from './protocol-catalog.ts';

/** A protocol with two forms of credentials, open and secret fields, and no sockets. */
export const aProtocol = (id = 'demo'): DeviceProtocol => ({
  id,
  title: 'Demo',
  defaultPort: 161,
  affinity: 'worker',
  capabilities: new Set(['get', 'probe']),
  credentialsSchema: z.discriminatedUnion('version', [
    z.strictObject({
      version: z.literal('2c'),
      community: z.string().min(1).meta({ writeOnly: true }),
      writeCommunity: z.string().min(1).optional().meta({ writeOnly: true }),
    }),
    z.strictObject({
      version: z.literal('3'),
      user: z.string().min(1),
      password: z.string().min(8).meta({ writeOnly: true }),
    }),
  ]),
  settingsSchema: z.strictObject({ retries: z.number().int().min(0).default(2) }),
  parseAddress(text: string): string {
    if (!/^[\w.-]+(:\d+)?$/.test(text))
      throw new ProtocolError('permanent', 'invalid_argument', 'the address is not host:port');
    return text.includes(':') ? text.toLowerCase() : `${text.toLowerCase()}:161`;
  },
  open: () => {
    throw new Error('nothing is dialled here');
  },
  simulator: () => Promise.reject(new Error('no simulator')),
});

const KEK = Buffer.alloc(32, 7);

/** What the services of the inventory are made of, on a real database. */
export function anInventory(db: TenantDb) {
  const catalog = new ProtocolCatalog([aProtocol()]);
  const keyring = new TenantKeyring(db, KEK);
  return {
    catalog,
    keyring,
    sealer: new EndpointSealer(catalog, keyring),
    audit: new AuditLog(db),
  };
}

/** A caller with every permission, of a tenant that gets its data key. */
export async function aCaller(db: TenantDb, tenantId: string): Promise<RequestContext> {
  await db.run(tenantId, (tx) => createTenantKey(tx, KEK, tenantId));
  return {
    tenantId,
    actor: { kind: 'user', id: '01990000-0000-7000-8000-000000000001', name: 'ann@example.org' },
    permissions: new Set(PERMISSION_NAMES),
    correlationId: 'test-correlation',
    address: '192.0.2.1',
  };
}
