import type { DeviceSummary } from '@drm/contracts';
import { devicePath } from '../../app.paths.ts';
import { readPage } from '../../http/read-page.ts';
import type { TableConfig } from '../../ui/data-table/table-config.ts';
import { DEVICES_URL } from '../devices-api.ts';
import { deviceApiFilters, LAST_CONTACT_CHOICES, REACHABILITY_WORDS } from '../device-words.ts';

interface Choices {
  readonly tags: readonly { readonly tag: string; readonly devices: number }[];
  readonly protocols: readonly { readonly id: string; readonly title: string }[];
}

/** The device list; `choices` fill the filters and may come later. */
export const deviceTable = (choices: Choices): TableConfig<DeviceSummary> => ({
  name: 'Devices',
  url: DEVICES_URL,
  countUrl: `${DEVICES_URL}/count`,
  parse: (body) => readPage<DeviceSummary>(body),
  rowId: (device) => device.id,
  rowLabel: (device) => device.name,
  rowLink: (device) => devicePath(device.id),
  defaultSort: 'name',
  columns: [
    { id: 'name', title: 'Name', cell: (device) => device.name, sort: 'name' },
    { id: 'reachability', title: 'State', cell: (device) => device.reachability },
    {
      id: 'lastContactAt',
      title: 'Last contact',
      cell: (device) => device.lastContactAt,
      kind: 'age',
      sort: 'lastContactAt',
    },
    { id: 'address', title: 'Address', cell: (device) => device.address, kind: 'code' },
    { id: 'protocols', title: 'Protocols', cell: (device) => device.protocols.join(', ') },
    { id: 'vendor', title: 'Vendor', cell: (device) => device.vendor },
    { id: 'model', title: 'Model', cell: (device) => device.model },
    { id: 'tags', title: 'Tags', cell: (device) => device.tags.join(', ') },
    {
      id: 'serialNumber',
      title: 'Serial number',
      cell: (device) => device.serialNumber,
      kind: 'code',
      isHidden: true,
    },
    {
      id: 'softwareVersion',
      title: 'Software',
      cell: (device) => device.softwareVersion,
      isHidden: true,
    },
    {
      id: 'createdAt',
      title: 'Added',
      cell: (device) => device.createdAt,
      kind: 'age',
      sort: 'createdAt',
      isHidden: true,
    },
  ],
  filters: [
    {
      key: 'q',
      title: 'Search',
      kind: 'search',
      placeholder: 'Name, serial, vendor, model, address',
    },
    {
      key: 'reachability',
      title: 'State',
      kind: 'select',
      options: Object.entries(REACHABILITY_WORDS).map(([value, { label }]) => ({ value, label })),
    },
    {
      key: 'tag',
      title: 'Tag',
      kind: 'text',
      options: choices.tags.map(({ tag, devices }) => ({
        value: tag,
        label: `${devices} devices`,
      })),
    },
    {
      key: 'protocol',
      title: 'Protocol',
      kind: 'select',
      options: choices.protocols.map(({ id, title }) => ({ value: id, label: title })),
    },
    {
      key: 'lastContact',
      title: 'Last contact',
      kind: 'select',
      options: LAST_CONTACT_CHOICES.map(({ value, label }) => ({ value, label })),
    },
  ],
  toApi: (filters) => deviceApiFilters(filters, Date.now()),
  empty: {
    heading: 'No device yet',
    text: 'Add a device with its address and credentials, or import many from a CSV file.',
  },
});
