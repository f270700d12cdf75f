import { DEVICE_CSV_COLUMNS, type DeviceFilter } from '@drm/contracts';
import type { RequestContext } from '@drm/domain';
import {
  DeviceRepository,
  DeviceList,
  EndpointRepository,
  type StoredEndpointOf,
  type TenantDb,
} from '@drm/persistence';
import { csvLine } from './csv-cell.ts';

type Column = (typeof DEVICE_CSV_COLUMNS)[number];
type Cells = Partial<Record<Column, string>>;

const PAGE = 1000;

/**
 * Devices as CSV, oldest first, a page of 1,000 at a time. A device with several endpoints takes several lines: those
 * after the first have only protocol, address and credentials. Secrets are never in it.
 */
export class DeviceExport {
  private readonly devices = new DeviceRepository();
  private readonly endpoints = new EndpointRepository();
  private readonly lists = new DeviceList();

  constructor(private readonly db: TenantDb) {}

  /** Yields text in pieces of about one page. Each page is a transaction: a change meanwhile may be seen or not. */
  async *csv(ctx: RequestContext, filter: DeviceFilter): AsyncGenerator<string, void, undefined> {
    yield csvLine(DEVICE_CSV_COLUMNS);
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await this.page(ctx, filter, cursor);
      if (page.text !== '') yield page.text;
      cursor = page.nextCursor;
    }
  }

  private async page(
    ctx: RequestContext,
    filter: DeviceFilter,
    cursor: string | undefined,
  ): Promise<{ readonly text: string; readonly nextCursor: string | null }> {
    const at = cursor === undefined ? {} : { cursor };
    return await this.db.run(
      ctx.tenantId,
      async (tx) => {
        const query = { ...filter, ...at, sort: 'createdAt' as const, limit: PAGE };
        const { items, nextCursor } = await this.lists.page(tx, query);
        const ids = items.map((device) => device.id);
        const endpoints = byDevice(await this.endpoints.ofDevices(tx, ids));
        const descriptions = await this.devices.descriptions(tx, ids);
        const text = items
          .flatMap((device) => {
            const [first, ...more] = endpoints.get(device.id) ?? [];
            const own: Cells = {
              name: device.name,
              serialNumber: device.serialNumber ?? '',
              vendor: device.vendor ?? '',
              model: device.model ?? '',
              description: descriptions.get(device.id) ?? '',
              tags: device.tags.join(';'),
            };
            return [{ ...own, ...endpointCells(first) }, ...more.map(endpointCells)];
          })
          .map((cells: Cells) => csvLine(DEVICE_CSV_COLUMNS.map((column) => cells[column] ?? '')))
          .join('');
        return { text, nextCursor };
      },
      { mode: 'ro' },
    );
  }
}

const endpointCells = (endpoint: StoredEndpointOf | undefined): Cells =>
  endpoint === undefined
    ? {}
    : {
        protocol: endpoint.protocol,
        address: endpoint.address,
        credentials: JSON.stringify(endpoint.credentials),
      };

function byDevice(endpoints: readonly StoredEndpointOf[]): Map<string, StoredEndpointOf[]> {
  const found = new Map<string, StoredEndpointOf[]>();
  for (const endpoint of endpoints) {
    const list = found.get(endpoint.deviceId);
    if (list === undefined) found.set(endpoint.deviceId, [endpoint]);
    else list.push(endpoint);
  }
  return found;
}
