import { Component, computed, effect, inject, input } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { devicePath, PATHS } from '../../app.paths.ts';
import { Session } from '../../session/session.ts';
import { Age } from '../../ui/age.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { ProblemView } from '../../ui/problem-view.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { DeviceActions } from '../device-actions.ts';
import { REACHABILITY_WORDS } from '../device-words.ts';
import { ProtocolCatalog } from '../protocol-catalog.ts';
import { DeviceContext } from './device-context.ts';

/** A device: its state and actions above, everything else in tabs that are addresses of their own. */
@Component({
  selector: 'drm-device-detail',
  imports: [
    Age,
    Icon,
    MatButton,
    MatIconButton,
    MatMenu,
    MatMenuItem,
    MatMenuTrigger,
    PageHeader,
    ProblemView,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    StatusChip,
  ],
  providers: [DeviceContext],
  templateUrl: './device-detail.html',
  styleUrl: './device-detail.css',
})
export class DeviceDetail {
  readonly id = input.required<string>();
  protected readonly context = inject(DeviceContext);
  protected readonly session = inject(Session);
  private readonly actions = inject(DeviceActions);
  private readonly catalog = inject(ProtocolCatalog);
  private readonly router = inject(Router);
  protected readonly listPath = PATHS.devices;
  protected readonly back = { label: 'Devices', path: PATHS.devices };
  protected readonly device = this.context.device;
  protected readonly name = computed(() => visibleText(this.device()?.name ?? '') || 'Device');
  protected readonly word = computed(
    () => REACHABILITY_WORDS[this.device()?.reachability ?? 'unknown'],
  );
  protected readonly why = computed(() =>
    this.context.canRun() ? '' : 'Add an endpoint first: there is no way to reach this device.',
  );
  protected readonly editPath = computed(() => devicePath(this.id(), 'edit'));
  protected readonly tabs = computed(() => [
    { path: 'overview', label: 'Overview' },
    { path: 'endpoints', label: 'Endpoints' },
    { path: 'values', label: 'Values' },
    ...(this.session.can('jobs:read') ? [{ path: 'jobs', label: 'Jobs' }] : []),
    ...(this.session.can('audit:read') ? [{ path: 'audit', label: 'Audit' }] : []),
  ]);

  constructor() {
    effect(() => this.context.show(this.id()));
  }

  protected titleOf(protocol: string): string {
    return this.catalog.title(protocol);
  }

  protected async probe(): Promise<void> {
    const device = this.device();
    if (device === null) return;
    await this.actions.probe(device);
    this.context.lookAgain();
  }

  protected async run(): Promise<void> {
    const device = this.device();
    if (device !== null) await this.actions.runOn(device);
  }

  protected async remove(): Promise<void> {
    const device = this.device();
    if (device !== null && (await this.actions.remove(device))) {
      await this.router.navigate([PATHS.devices]);
    }
  }
}
