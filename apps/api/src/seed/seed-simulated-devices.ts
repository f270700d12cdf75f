import { EndpointSealer, ProtocolCatalog } from '@drm/devices';
import { uuidV7 } from '@drm/domain';
import {
  DeviceRepository,
  type NewDevice,
  type TenantDb,
  type TenantKeyring,
} from '@drm/persistence';
import { PROTOCOLS } from '@drm/protocol-registry';
import type { SimulatorOptions } from '@drm/protocol-core';

/**
 * Registers the devices that the simulator serves with these options, marked as simulated. Those that are there, by
 * serial number, stay as they are.
 * @returns how many were added
 */
export async function seedSimulatedDevices(
  db: TenantDb,
  keyring: TenantKeyring,
  tenantId: string,
  options: SimulatorOptions,
): Promise<number> {
  const sealer = new EndpointSealer(new ProtocolCatalog(PROTOCOLS), keyring);
  const wanted: NewDevice[] = [];
  for (const protocol of PROTOCOLS) {
    const factory = await protocol.simulator();
    for (const device of factory.describe(options)) {
      const { address, credentials } = device;
      const endpoint = {
        protocol: protocol.id,
        address,
        enabled: true,
        credentials: { ...credentials },
      };
      wanted.push({
        id: uuidV7(),
        name: device.name,
        serialNumber: device.serialNumber,
        vendor: device.vendor,
        model: device.model,
        simulated: true,
        tags: [...device.tags],
        endpoints: [await sealer.create(tenantId, endpoint, 'endpoints.0')],
      });
    }
  }
  return await db.run(tenantId, async (tx) => {
    const known = await tx.sql<{ serial: string }>(
      'SELECT serial_key AS serial FROM drm.device WHERE tenant_id = $1 AND simulated',
      [tenantId],
    );
    const serials = new Set(known.map((row) => row.serial.toLowerCase()));
    const missing = wanted.filter(
      (device) => !serials.has((device.serialNumber ?? '').toLowerCase()),
    );
    if (missing.length > 0) await new DeviceRepository().insert(tx, missing);
    return missing.length;
  });
}
