import { HttpClient } from '@angular/common/http';
import { Component, computed, inject, signal, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { JobPage, type Job } from '@drm/contracts';
import { endedCount } from '@drm/domain';
import { firstValueFrom } from 'rxjs';
import { whileVisible } from '../../live/while-visible.ts';
import { Cell } from '../../ui/data-table/cell.ts';
import { DataTable } from '../../ui/data-table/data-table.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { StatusChip } from '../../ui/status-chip.ts';
import { numberText } from '../../ui/time.ts';
import { percentDone } from '../job-pace.ts';
import { jobLook, jobStateWords } from '../job-words.ts';
import { JOBS_URL } from '../jobs-api.ts';
import { jobTable } from './job-table.ts';

const REFRESH_MS = 10_000;

/** All jobs. Progress moves in place; new jobs are announced and come in when asked for: rows never jump. */
@Component({
  selector: 'drm-job-list',
  imports: [Cell, DataTable, Icon, MatButton, PageHeader, RouterLink, StatusChip],
  templateUrl: './job-list.html',
  styles: `
    .progress {
      display: grid;
      grid-template-columns: minmax(60px, 110px) auto;
      gap: 8px;
      align-items: center;
      white-space: nowrap;
      font-variant-numeric: tabular-nums;
    }
    .bar {
      block-size: 8px;
      overflow: hidden;
      border-radius: 4px;
      background: var(--drm-idle-soft);
    }
    .bar > span {
      display: block;
      block-size: 100%;
      background: var(--drm-info);
    }
  `,
})
export class JobList {
  private readonly http = inject(HttpClient);
  private readonly dataTable = viewChild.required<DataTable<Job>>(DataTable);
  protected readonly table = jobTable;
  protected readonly stateWords = jobStateWords;
  protected readonly look = jobLook;
  protected readonly number = numberText;
  protected readonly ended = endedCount;
  /** What was seen since the rows were loaded. */
  private readonly fresh = signal<ReadonlyMap<string, Job>>(new Map());
  private readonly rows = signal<readonly Job[]>([]);
  protected readonly newJobs = computed(() => {
    const shown = new Set(this.rows().map((job) => job.id));
    return [...this.fresh().keys()].filter((id) => !shown.has(id)).length;
  });

  constructor() {
    whileVisible(REFRESH_MS, () => void this.findChanges());
  }

  /** The newest known form of a row. */
  protected now(job: Job): Job {
    return this.fresh().get(job.id) ?? job;
  }

  protected percent(job: Job): number {
    return percentDone(job.counts, job.targetCount);
  }

  protected onLoaded(rows: readonly Job[]): void {
    this.rows.set(rows);
    this.fresh.set(new Map());
  }

  protected reload(): void {
    this.dataTable().reload();
  }

  private async findChanges(): Promise<void> {
    const { filters, cursor, size } = this.dataTable().address();
    // Later pages are history: nothing new comes there.
    if (cursor !== null) return;
    const params = { ...filters, limit: size };
    const body = await firstValueFrom(this.http.get(JOBS_URL, { params })).catch(() => null);
    const parsed = JobPage.safeParse(body);
    if (parsed.success) this.fresh.set(new Map(parsed.data.items.map((job) => [job.id, job])));
  }
}
