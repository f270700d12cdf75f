import { inject, Service } from '@angular/core';
import { JobsApi, jobEventsUrl } from '../jobs/jobs-api.ts';
import { CONSOLE_CONFIG } from '../session/console-config.ts';
import { Session } from '../session/session.ts';
import { JobLive } from './job-live.ts';

/** Opens live views of jobs with the session of this tab. */
@Service()
export class JobLives {
  private readonly api = inject(JobsApi);
  private readonly session = inject(Session);
  private readonly config = inject(CONSOLE_CONFIG);

  open(jobId: string): JobLive {
    return new JobLive({
      url: `${this.config.apiBaseUrl}${jobEventsUrl(jobId)}`,
      enabled: this.config.enableSse,
      token: () => this.session.accessToken(),
      refresh: async () => (await this.session.renew(this.session.accessToken())) !== null,
      loadJob: () => this.api.get(jobId),
    });
  }
}
