import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import { Job, type CreateJob, type Execution } from '@drm/contracts';
import { firstValueFrom } from 'rxjs';

export const JOBS_URL = '/api/v1/jobs';
export const jobUrl = (id: string): string => `${JOBS_URL}/${encodeURIComponent(id)}`;
export const jobEventsUrl = (id: string): string => `${JOBS_URL}/events/${encodeURIComponent(id)}`;
export const executionUrl = (id: string): string => `/api/v1/executions/${encodeURIComponent(id)}`;
export const timelineUrl = (id: string): string => `${executionUrl(id)}/events`;

/** Writes of the jobs pages. Every failure is an `ApiProblem`. */
@Service()
export class JobsApi {
  private readonly http = inject(HttpClient);

  /** @param key the same for every try of one intent, so that a lost answer makes no second job */
  async create(job: CreateJob, key: string): Promise<Job> {
    const headers = { 'Idempotency-Key': key };
    return Job.parse(await firstValueFrom(this.http.post(JOBS_URL, job, { headers })));
  }

  async get(id: string): Promise<Job> {
    return Job.parse(await firstValueFrom(this.http.get(jobUrl(id))));
  }

  async cancel(id: string): Promise<void> {
    await firstValueFrom(this.http.post(`${jobUrl(id)}/cancel`, {}));
  }

  /** @returns the new job that holds the failed executions of this one */
  async retryFailed(id: string, key: string): Promise<Job> {
    const headers = { 'Idempotency-Key': key };
    return Job.parse(
      await firstValueFrom(this.http.post(`${jobUrl(id)}/retry-failed`, {}, { headers })),
    );
  }

  execution(id: string): Promise<Execution> {
    return firstValueFrom(this.http.get<Execution>(executionUrl(id)));
  }
}
