import { httpResource } from '@angular/common/http';
import { Component, computed, inject, linkedSignal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Count, Overview } from '@drm/contracts';
import { endedCount } from '@drm/domain';
import { percentDone } from '../jobs/job-pace.ts';
import { whileVisible } from '../live/while-visible.ts';
import { Age } from '../ui/age.ts';
import { Clock } from '../ui/clock.ts';
import { EmptyState } from '../ui/empty-state.ts';
import type { IconName } from '../ui/icon-paths.ts';
import { Icon } from '../ui/icon.ts';
import { PageHeader } from '../ui/page-header.ts';
import { ProblemView } from '../ui/problem-view.ts';
import type { Tone } from '../ui/status-chip.ts';
import { countText, durationText, numberText } from '../ui/time.ts';
import { VisibleText } from '../ui/visible-text.ts';

const REFRESH_MS = 10_000;

interface Tile {
  readonly title: string;
  readonly value: string;
  readonly link: string;
  readonly query: Readonly<Record<string, string>>;
  readonly icon: IconName;
  readonly tone: Tone;
}

const deviceTile = (
  title: string,
  count: Count,
  query: Tile['query'],
  icon: IconName,
  tone: Tone,
): Tile => ({ title, value: countText(count), link: '/devices', query, icon, tone });

/** The first page: how many devices, what runs, what failed. Every number leads to its list. */
@Component({
  selector: 'drm-overview-page',
  imports: [Age, EmptyState, Icon, PageHeader, ProblemView, RouterLink, VisibleText],
  templateUrl: './overview-page.html',
  styleUrl: './overview-page.css',
})
export class OverviewPage {
  private readonly clock = inject(Clock);
  protected readonly number = numberText;
  protected readonly count = countText;
  protected readonly duration = durationText;
  protected readonly ended = endedCount;
  protected readonly percent = percentDone;

  // Not parsed by its schema: the schemas would double the download of the first page.
  protected readonly resource = httpResource<Overview>(() => '/api/v1/overview');
  /** What came last stays on screen when a refresh fails; a note says so. */
  protected readonly overview = linkedSignal<Overview | null, Overview | null>({
    source: () => (this.resource.hasValue() ? this.resource.value() : null),
    computation: (next, previous) => next ?? previous?.value ?? null,
  });
  protected readonly tiles = computed((): readonly Tile[] => {
    const devices = this.overview()?.devices;
    if (!devices) return [];
    return [
      deviceTile('Devices', devices.total, {}, 'devices', 'info'),
      deviceTile('Reachable', devices.reachable, { reachability: 'reachable' }, 'ok', 'ok'),
      deviceTile(
        'Unreachable',
        devices.unreachable,
        { reachability: 'unreachable' },
        'offline',
        'bad',
      ),
      deviceTile(
        'Never contacted',
        devices.unknown,
        { reachability: 'unknown' },
        'unknown',
        'idle',
      ),
    ];
  });
  protected readonly work = computed(() => {
    const executions = this.overview()?.executions;
    if (!executions) return [];
    return [
      { title: 'Running', count: executions.running + executions.dispatched },
      { title: 'Queued', count: executions.queued },
      { title: 'Waiting', count: executions.waiting },
    ];
  });
  protected readonly protocolTotal = computed(() =>
    Math.max(1, ...(this.overview()?.protocols ?? []).map((entry) => entry.devices.count)),
  );

  constructor() {
    whileVisible(REFRESH_MS, () => {
      this.resource.reload();
      this.clock.tick();
    });
  }
}
