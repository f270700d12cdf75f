import * as z from 'zod';
import { Count } from './devices.ts';
import { Job } from './jobs.ts';
import { Id, Timestamp } from './primitives.ts';

/** The first page: counts are capped at 10,000 (`exact: false`). */
export const Overview = z
  .object({
    devices: z.object({
      total: Count,
      reachable: Count,
      unreachable: Count,
      unknown: Count,
      simulated: Count,
    }),
    protocols: z.array(z.object({ protocol: z.string(), devices: Count })),
    executions: z.object({
      queued: z.number().int(),
      waiting: z.number().int(),
      dispatched: z.number().int(),
      running: z.number().int(),
    }),
    runningJobs: z.array(Job),
    recentFailures: z.array(
      z.object({
        executionId: Id,
        jobId: Id,
        jobName: z.string(),
        deviceId: Id.nullable(),
        deviceName: z.string().nullable(),
        code: z.string(),
        message: z.string(),
        at: Timestamp,
      }),
    ),
    oldestQueuedSeconds: z.number().nullable(),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof Overview>;

/** `/config.json` of the console, read before it starts. Empty `apiBaseUrl`: same origin. */
export const ConsoleConfig = z
  .object({
    apiBaseUrl: z.string(),
    enableSse: z.boolean(),
    version: z.string(),
    demo: z.boolean(),
  })
  .meta({ id: 'ConsoleConfig' });
export type ConsoleConfig = z.infer<typeof ConsoleConfig>;
