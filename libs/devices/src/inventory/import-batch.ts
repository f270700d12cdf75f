import type { ImportRowError } from '@drm/contracts';
import { DomainError, uuidV7, type RequestContext } from '@drm/domain';
import {
  BATCH_FIELDS,
  DeviceBatchRepository,
  DeviceRepository,
  EndpointRepository,
  serialKey,
  type DeviceOverwrite,
  type NewDevice,
  type NewEndpoint,
  type StoredEndpoint,
  type StoredEndpointOf,
  type TenantDb,
  type TenantTx,
} from '@drm/persistence';
import type { DeviceAudit } from './device.service.ts';
import type { EndpointSealer } from './endpoint-sealer.ts';
import { endpointErrors, rowError, type ImportedDevice, type ImportHeader } from './import-row.ts';

/** What became of a batch. `full` says that the tenant has no place for more devices. */
export interface BatchOutcome {
  readonly created: readonly ImportedDevice[];
  readonly updated: readonly ImportedDevice[];
  readonly errors: readonly ImportRowError[];
  readonly failed: number;
  readonly full: boolean;
}

class DryRunEnds extends Error {
  constructor(readonly outcome: BatchOutcome) {
    super('dry run');
  }
}

/** What a batch is going to write. */
interface Plan {
  readonly added: NewDevice[];
  readonly overwritten: DeviceOverwrite[];
  readonly newEndpoints: { deviceId: string; endpoint: NewEndpoint; position: number }[];
  readonly savedEndpoints: { deviceId: string; endpoint: StoredEndpoint }[];
}

/** Writes a batch of an import in one transaction: new devices are added, those of a known serial number updated. */
export class ImportBatchWriter {
  private readonly devices = new DeviceRepository();
  private readonly batches = new DeviceBatchRepository();
  private readonly endpoints = new EndpointRepository();

  constructor(
    private readonly db: TenantDb,
    private readonly sealer: EndpointSealer,
    private readonly audit: DeviceAudit,
  ) {}

  /** A dry run does the same and rolls back. Serial numbers in a batch differ from each other. */
  async write(
    ctx: RequestContext,
    header: ImportHeader,
    batch: readonly ImportedDevice[],
    dryRun: boolean,
  ): Promise<BatchOutcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.db.run(ctx.tenantId, async (tx) => {
          const outcome = await this.inTransaction(tx, ctx, header, batch);
          if (dryRun) throw new DryRunEnds(outcome);
          return outcome;
        });
      } catch (error) {
        if (error instanceof DryRunEnds) return error.outcome;
        // Somebody added one of the serial numbers since they were looked up: now it is found.
        const raced = error instanceof DomainError && error.code === 'device.duplicate';
        if (!raced || attempt === 3) throw error;
      }
    }
  }

  private async inTransaction(
    tx: TenantTx,
    ctx: RequestContext,
    header: ImportHeader,
    batch: readonly ImportedDevice[],
  ): Promise<BatchOutcome> {
    const known = await this.knownDevices(tx, batch);
    const stored = byDevice(await this.endpoints.ofDevices(tx, [...known.values()]));
    const plan: Plan = { added: [], overwritten: [], newEndpoints: [], savedEndpoints: [] };
    const created: ImportedDevice[] = [];
    const updated: ImportedDevice[] = [];
    const errors: ImportRowError[] = [];
    let failed = 0;
    const { free, max } = await this.devices.placesLeft(tx);
    let full = false;
    for (const device of batch) {
      const id = device.serialNumber && known.get(serialKey(device.serialNumber));
      if (!id && created.length >= free) {
        full = true;
        failed += 1;
        errors.push(
          rowError(device.line, null, 'quota.exceeded', `The tenant may have ${max} devices.`),
        );
        continue;
      }
      const faults = id
        ? await this.planUpdate(ctx, plan, id, device, stored.get(id) ?? [])
        : await this.planCreation(ctx, plan, device);
      if (faults.length > 0) {
        failed += 1;
        errors.push(...faults);
      } else if (id) updated.push(device);
      else created.push(device);
    }
    await this.carryOut(tx, header, plan);
    await this.record(tx, ctx, batch, created.length, updated.length);
    return { created, updated, errors, failed, full };
  }

  private async knownDevices(
    tx: TenantTx,
    batch: readonly ImportedDevice[],
  ): Promise<Map<string, string>> {
    const keys = batch.flatMap(({ serialNumber }) =>
      serialNumber === undefined ? [] : [serialKey(serialNumber)],
    );
    const found = await this.batches.bySerialKeys(tx, keys);
    return new Map(found.map((device) => [device.serialKey, device.id]));
  }

  private async planCreation(
    ctx: RequestContext,
    plan: Plan,
    device: ImportedDevice,
  ): Promise<ImportRowError[]> {
    const endpoints: NewEndpoint[] = [];
    for (const { line, input } of device.endpoints) {
      const made = await attempted(line, () => this.sealer.create(ctx.tenantId, input, ''));
      if ('faults' in made) return made.faults;
      if (endpoints.some((other) => sameEndpoint(other, made.value))) return [doubled(line)];
      endpoints.push(made.value);
    }
    plan.added.push({ ...device, id: uuidV7(), endpoints });
    return [];
  }

  private async planUpdate(
    ctx: RequestContext,
    plan: Plan,
    id: string,
    device: ImportedDevice,
    stored: readonly StoredEndpointOf[],
  ): Promise<ImportRowError[]> {
    const added: NewEndpoint[] = [];
    const saved: StoredEndpoint[] = [];
    for (const { line, input } of device.endpoints) {
      const address = this.sealer.address(input.protocol, input.address);
      const old = stored.find((endpoint) => sameEndpoint(endpoint, { ...input, address }));
      if (old !== undefined && isUnchanged(old, input.credentials)) continue;
      const made = await attempted<NewEndpoint>(line, () =>
        old === undefined
          ? this.sealer.create(ctx.tenantId, input, '')
          : this.sealer.change(ctx.tenantId, old, { credentials: input.credentials }, ''),
      );
      if ('faults' in made) return made.faults;
      if (old !== undefined && made.value.sealed === old.sealed) continue;
      if ([...added, ...saved].some((other) => sameEndpoint(other, made.value)))
        return [doubled(line)];
      (old === undefined ? added : saved).push(made.value);
    }
    plan.overwritten.push({ ...device, id });
    plan.savedEndpoints.push(...saved.map((endpoint) => ({ deviceId: id, endpoint })));
    plan.newEndpoints.push(
      ...added.map((endpoint, position) => ({ deviceId: id, endpoint, position })),
    );
    return [];
  }

  private async carryOut(tx: TenantTx, header: ImportHeader, plan: Plan): Promise<void> {
    await this.devices.insert(tx, plan.added);
    const fields = BATCH_FIELDS.filter((field) => header.has(field));
    await this.batches.overwrite(tx, plan.overwritten, fields);
    if (fields.includes('tags')) await this.devices.insertTags(tx, plan.overwritten);
    for (const { endpoint } of plan.savedEndpoints) await this.endpoints.save(tx, endpoint);
    await this.devices.insertEndpoints(tx, plan.newEndpoints);
    const touched = [...plan.newEndpoints, ...plan.savedEndpoints].map(({ deviceId }) => deviceId);
    await this.batches.endpointsChanged(tx, [...new Set(touched)]);
  }

  private async record(
    tx: TenantTx,
    ctx: RequestContext,
    batch: readonly ImportedDevice[],
    created: number,
    updated: number,
  ): Promise<void> {
    if (created + updated === 0) return;
    const lines = batch.map((device) => device.line);
    await this.audit.record(tx, ctx, {
      action: 'device.import',
      targetKind: 'device',
      data: { created, updated, firstLine: Math.min(...lines), lastLine: Math.max(...lines) },
    });
  }
}

async function attempted<T>(
  line: number,
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly faults: ImportRowError[] }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof DomainError) return { faults: endpointErrors(error, line) };
    throw error;
  }
}

const sameEndpoint = (
  a: { readonly protocol: string; readonly address: string },
  b: { readonly protocol: string; readonly address: string },
): boolean => a.protocol === b.protocol && a.address === b.address;

const doubled = (line: number): ImportRowError =>
  rowError(line, 'address', 'endpoint.duplicate', 'the device has this endpoint already');

/** Nothing is said of the credentials, or what an export says of them. */
const isUnchanged = (
  old: StoredEndpoint,
  given: Readonly<Record<string, unknown>> | undefined,
): boolean => given === undefined || sortedJson(given) === sortedJson(old.credentials);

const sortedJson = (fields: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));

function byDevice(endpoints: readonly StoredEndpointOf[]): Map<string, StoredEndpointOf[]> {
  const found = new Map<string, StoredEndpointOf[]>();
  for (const endpoint of endpoints)
    found.set(endpoint.deviceId, [...(found.get(endpoint.deviceId) ?? []), endpoint]);
  return found;
}
