import { Component, computed, input } from '@angular/core';
import type { LiveState } from '../../live/server-events.ts';
import { StatusChip, type Tone } from '../../ui/status-chip.ts';
import type { IconName } from '../../ui/icon-paths.ts';

interface Look {
  readonly label: string;
  readonly tone: Tone;
  readonly icon: IconName;
  readonly title: string;
}

const LOOKS: Readonly<Record<LiveState, Look>> = {
  connecting: {
    label: 'Connecting',
    tone: 'idle',
    icon: 'refresh',
    title: 'Opening the event stream',
  },
  live: { label: 'Live', tone: 'ok', icon: 'probe', title: 'Changes show as they happen' },
  reconnecting: {
    label: 'Reconnecting',
    tone: 'warn',
    icon: 'offline',
    title: 'The connection was lost. Numbers may be old until it is back.',
  },
  polling: {
    label: 'Polling',
    tone: 'info',
    icon: 'refresh',
    title: 'Live events are switched off on the server. Numbers are fetched every 5 seconds.',
  },
  closed: { label: 'Not live', tone: 'idle', icon: 'stop', title: 'Nothing more will change' },
};

/** How fresh the numbers are. */
@Component({
  selector: 'drm-connection-chip',
  imports: [StatusChip],
  template: `<drm-status-chip
    [tone]="look().tone"
    [icon]="look().icon"
    [label]="look().label"
    [title]="look().title"
  />`,
})
export class ConnectionChip {
  readonly state = input.required<LiveState>();
  protected readonly look = computed(() => LOOKS[this.state()]);
}
