import type {
  Count,
  CreateDevice,
  Device,
  DeviceCountQuery,
  DeviceParameter,
  DeviceQuery,
  DeviceSummary,
  DeviceTag,
  EndpointInput,
  Page,
  ParameterQuery,
  ProtocolInfo,
  UpdateDevice,
  UpdateEndpoint,
} from '@drm/contracts';
import type { AuditLog } from '@drm/audit';
import { DomainError, uuidV7, type RequestContext } from '@drm/domain';
import {
  DeviceList,
  DeviceRepository,
  EndpointRepository,
  ParameterRepository,
  TagRepository,
  type NewEndpoint,
  type TenantDb,
  type TenantTx,
} from '@drm/persistence';
import type { EndpointSealer } from './endpoint-sealer.ts';
import type { ProtocolCatalog } from './protocol-catalog.ts';

const MAX_ENDPOINTS = 8;

/** The part of the audit log that the inventory writes to. */
export type DeviceAudit = Pick<AuditLog, 'record'>;

/** Devices of a tenant: every change is one transaction with its line in the audit log. */
export class DeviceService {
  private readonly devices = new DeviceRepository();
  private readonly endpoints = new EndpointRepository();
  private readonly parameters = new ParameterRepository();
  private readonly lists = new DeviceList();
  private readonly tags = new TagRepository();

  constructor(
    private readonly db: TenantDb,
    private readonly sealer: EndpointSealer,
    private readonly protocolCatalog: ProtocolCatalog,
    private readonly audit: DeviceAudit,
  ) {}

  async list(ctx: RequestContext, query: DeviceQuery): Promise<Page<DeviceSummary>> {
    return await this.db.run(ctx.tenantId, (tx) => this.lists.page(tx, query), { mode: 'ro' });
  }

  async count(ctx: RequestContext, query: DeviceCountQuery): Promise<Count> {
    const { exact, ...filter } = query;
    return await this.db.run(ctx.tenantId, (tx) => this.lists.count(tx, filter, exact), {
      mode: 'ro',
    });
  }

  /** @throws DomainError `device.not_found`, for an id of another tenant too */
  async get(ctx: RequestContext, id: string): Promise<Device> {
    const device = await this.devices.read(this.db, ctx.tenantId, id);
    if (device === null) throw new DomainError('device.not_found');
    return device;
  }

  /** @throws DomainError `quota.exceeded` | `device.duplicate` | `endpoint.duplicate` | `protocol.unknown` | `request.invalid` */
  async create(ctx: RequestContext, input: CreateDevice): Promise<Device> {
    const id = uuidV7();
    const endpoints: NewEndpoint[] = [];
    for (const [index, endpoint] of input.endpoints.entries())
      endpoints.push(await this.sealer.create(ctx.tenantId, endpoint, `endpoints.${index}`));
    return await this.db.run(ctx.tenantId, async (tx) => {
      await this.devices.reserve(tx, 1);
      await this.devices.insert(tx, [{ ...input, tags: [...new Set(input.tags)], id, endpoints }]);
      await this.record(tx, ctx, 'device.create', { id, name: input.name });
      return await this.devices.get(tx, id);
    });
  }

  /** @throws DomainError `device.not_found` | `device.changed` | `device.duplicate` */
  async update(
    ctx: RequestContext,
    id: string,
    version: number,
    changes: UpdateDevice,
  ): Promise<Device> {
    const tags = changes.tags === undefined ? undefined : [...new Set(changes.tags)];
    return await this.db.run(ctx.tenantId, async (tx) => {
      await this.devices.update(tx, id, version, { ...changes, tags });
      const device = await this.devices.get(tx, id);
      await this.record(tx, ctx, 'device.update', device, { changed: Object.keys(changes) });
      return device;
    });
  }

  /** @param version null: whatever it is. @throws DomainError `device.not_found` | `device.changed` */
  async remove(ctx: RequestContext, id: string, version: number | null): Promise<void> {
    await this.db.run(ctx.tenantId, async (tx) => {
      const device = await this.devices.get(tx, id);
      await this.devices.remove(tx, id, version);
      await this.record(tx, ctx, 'device.delete', device);
    });
  }

  /** @throws DomainError `device.not_found` | `device.changed` | `endpoint.duplicate` | `request.invalid` */
  async addEndpoint(
    ctx: RequestContext,
    deviceId: string,
    version: number | null,
    input: EndpointInput,
  ): Promise<Device> {
    const endpoint = await this.sealer.create(ctx.tenantId, input, '');
    return await this.db.run(ctx.tenantId, async (tx) => {
      const before = await this.devices.get(tx, deviceId);
      if (before.endpoints.length >= MAX_ENDPOINTS) {
        throw new DomainError(
          'request.invalid',
          `A device has at most ${MAX_ENDPOINTS} endpoints.`,
        );
      }
      await this.devices.insertEndpoints(tx, [{ deviceId, endpoint, position: 0 }]);
      await this.devices.endpointsChanged(tx, deviceId, version);
      return await this.changed(tx, ctx, deviceId, 'endpoint.create', endpoint);
    });
  }

  /** Secrets that are left out keep their values. @throws as `addEndpoint`, and `endpoint.not_found` */
  async updateEndpoint(
    ctx: RequestContext,
    deviceId: string,
    endpointId: string,
    version: number,
    input: UpdateEndpoint,
  ): Promise<Device> {
    return await this.db.run(ctx.tenantId, async (tx) => {
      await this.devices.get(tx, deviceId);
      const stored = await this.endpoints.get(tx, deviceId, endpointId);
      const endpoint = await this.sealer.change(ctx.tenantId, stored, input, '');
      await this.endpoints.save(tx, endpoint);
      await this.devices.endpointsChanged(tx, deviceId, version);
      return await this.changed(tx, ctx, deviceId, 'endpoint.update', endpoint);
    });
  }

  /** @throws DomainError `device.not_found` | `device.changed` | `endpoint.not_found` */
  async removeEndpoint(
    ctx: RequestContext,
    deviceId: string,
    endpointId: string,
    version: number | null,
  ): Promise<Device> {
    return await this.db.run(ctx.tenantId, async (tx) => {
      await this.devices.get(tx, deviceId);
      const stored = await this.endpoints.get(tx, deviceId, endpointId);
      await this.endpoints.remove(tx, deviceId, endpointId);
      await this.devices.endpointsChanged(tx, deviceId, version);
      return await this.changed(tx, ctx, deviceId, 'endpoint.delete', stored);
    });
  }

  /** @throws DomainError `device.not_found` | `request.bad_cursor` */
  async parameterPage(
    ctx: RequestContext,
    id: string,
    query: ParameterQuery,
  ): Promise<Page<DeviceParameter>> {
    return await this.db.run(
      ctx.tenantId,
      (tx) => this.parameters.page(tx, id, query, Date.now()),
      { mode: 'ro' },
    );
  }

  async tagPage(
    ctx: RequestContext,
    query: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<Page<DeviceTag>> {
    return await this.db.run(ctx.tenantId, (tx) => this.tags.page(tx, query), { mode: 'ro' });
  }

  protocols(): Page<ProtocolInfo> {
    return { items: this.protocolCatalog.list(), nextCursor: null };
  }

  private async changed(
    tx: TenantTx,
    ctx: RequestContext,
    deviceId: string,
    action: string,
    endpoint: { readonly protocol: string; readonly address: string },
  ): Promise<Device> {
    const device = await this.devices.get(tx, deviceId);
    const { protocol, address } = endpoint;
    await this.record(tx, ctx, action, device, { protocol, address });
    return device;
  }

  private async record(
    tx: TenantTx,
    ctx: RequestContext,
    action: string,
    device: { readonly id: string; readonly name: string },
    data: Record<string, string | string[]> = {},
  ): Promise<void> {
    await this.audit.record(tx, ctx, {
      action,
      targetKind: 'device',
      targetId: device.id,
      targetName: device.name,
      data,
    });
  }
}
