import { Controller, Get, Headers, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Ctx, Requires } from '@drm/auth';
import {
  DeviceExecutionPage,
  DeviceExecutionQuery,
  IdempotencyKey,
  IdParam,
  Job,
} from '@drm/contracts';
import type { DeviceExecution, Page } from '@drm/contracts';
import { DeviceService } from '@drm/devices';
import { DomainError, type RequestContext } from '@drm/domain';
import { JobService } from '@drm/jobs';
import { Returns } from '../http/returns.ts';

function keyOf(header: string): string {
  const parsed = IdempotencyKey.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new DomainError('request.invalid', 'Idempotency-Key is 1 to 128 printable characters.');
}

/** The jobs of one device. */
@Controller('devices/:id')
@ApiTags('devices')
export class DeviceJobsController {
  constructor(
    @Inject(JobService) private readonly jobs: JobService,
    @Inject(DeviceService) private readonly devices: DeviceService,
  ) {}

  /** Reads the device's identity, as a job. */
  @Post('probe')
  @Requires('jobs:run')
  @Returns(Job, 202)
  probe(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<Job> {
    const request = {
      operation: { kind: 'probe' as const },
      targets: { deviceIds: [id] },
      priority: 'interactive' as const,
    };
    return this.jobs.submit(ctx, request, key === undefined ? {} : { idempotencyKey: keyOf(key) });
  }

  @Get('executions')
  @Requires('jobs:read')
  @Returns(DeviceExecutionPage)
  async executions(
    @Ctx() ctx: RequestContext,
    @Param({ schema: IdParam }) { id }: IdParam,
    @Query({ schema: DeviceExecutionQuery }) query: DeviceExecutionQuery,
  ): Promise<Page<DeviceExecution>> {
    await this.devices.get(ctx, id);
    return await this.jobs.executionsOfDevice(ctx, id, query);
  }
}
