import { inject, Service } from '@angular/core';
import type { Device, DeviceFilter, DeviceSummary, JobTargets } from '@drm/contracts';
import { jobPath } from '../app.paths.ts';
import { Confirm } from '../ui/confirm.ts';
import type { Selection } from '../ui/data-table/table-config.ts';
import { Dialogs } from '../ui/dialogs.ts';
import { Toasts } from '../ui/toasts.ts';
import { visibleText } from '../ui/visible-text.ts';
import { DevicesApi } from './devices-api.ts';

/** What can be done with devices, from the list and from the device page. */
@Service()
export class DeviceActions {
  private readonly api = inject(DevicesApi);
  private readonly confirm = inject(Confirm);
  private readonly dialogs = inject(Dialogs);
  private readonly toasts = inject(Toasts);

  async probe(device: Pick<DeviceSummary, 'id' | 'name'>): Promise<void> {
    try {
      const job = await this.api.probe(device.id);
      this.toasts.info(`${visibleText(device.name)} is being asked who it is.`, {
        label: 'Watch the job',
        path: jobPath(job.id),
      });
    } catch (error) {
      this.toasts.problem(error, 'The probe did not start');
    }
  }

  /** Asks, deletes, and says whether the device is gone. */
  async remove(device: Pick<DeviceSummary, 'id' | 'name'>): Promise<boolean> {
    const name = visibleText(device.name);
    const answer = await this.confirm.ask({
      title: `Delete ${name}?`,
      text: 'Its endpoints, credentials and last-known values go with it. Jobs and the audit log keep their entries. Open executions are cancelled.',
      action: 'Delete the device',
      danger: true,
    });
    if (answer === null) return false;
    try {
      const { version } = await this.api.read(device.id);
      await this.api.remove(device.id, version);
      this.toasts.ok(`${name} is deleted.`);
      return true;
    } catch (error) {
      this.toasts.problem(error, `${name} was not deleted`);
      return false;
    }
  }

  runOn(device: Pick<Device, 'id' | 'name' | 'protocols'>): Promise<void> {
    return this.run({
      targets: { deviceIds: [device.id] },
      count: 1,
      protocols: device.protocols,
      deviceName: device.name,
    });
  }

  /** Runs on the chosen rows, or on everything that matches the filter they were chosen by. */
  runOnSelection(selection: Selection<DeviceSummary>, known: readonly string[]): Promise<void> {
    return this.run(
      selection.mode === 'ids'
        ? {
            targets: { deviceIds: [...selection.ids] },
            count: selection.ids.size,
            protocols: [...new Set(selection.rows.flatMap((device) => device.protocols))],
          }
        : {
            targets: targetsOf(selection),
            count: selection.count - selection.except.size,
            protocols: known,
          },
    );
  }

  private async run(data: {
    targets: JobTargets;
    count: number;
    protocols: readonly string[];
    deviceName?: string;
  }): Promise<void> {
    await this.dialogs.ask(
      () =>
        import('../jobs/run-operation/run-operation-dialog.ts').then(
          (file) => file.RunOperationDialog,
        ),
      { data, width: '640px' },
    );
  }
}

/** "All matching" as the targets of a job: the filter is frozen when the job is made. */
export function targetsOf(selection: Selection<unknown> & { mode: 'query' }): JobTargets {
  const filter: DeviceFilter = { ...selection.query };
  return selection.except.size === 0 ? { filter } : { filter, except: [...selection.except] };
}
