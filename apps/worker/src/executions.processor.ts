import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import { Inject, Logger } from '@nestjs/common';
import type { Job } from 'bullmq';
import { EXECUTIONS_QUEUE, JobEngine, LISTENER_OPTIONS, type WakeBatch } from '@drm/jobs';

/** Hears the bell: a message wakes executions of one tenant and is done when they are claimed. Late ones are no-ops. */
@Processor(EXECUTIONS_QUEUE, LISTENER_OPTIONS)
export class ExecutionsProcessor extends WorkerHost {
  private readonly log = new Logger('bell');

  constructor(@Inject(JobEngine) private readonly engine: JobEngine) {
    super();
  }

  override async process(message: Job<WakeBatch>): Promise<void> {
    await this.engine.take(message.data);
  }

  @OnWorkerEvent('error')
  onError(error: Error): void {
    this.log.warn({ err: error }, 'the queue is away or answers with errors');
  }
}
