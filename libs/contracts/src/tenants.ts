import * as z from 'zod';
import { pageOf, pageQuery } from './paging.ts';
import { Id, Timestamp } from './primitives.ts';

export const TENANT_STATUSES = ['active', 'suspended'] as const;
export const TenantStatus = z.enum(TENANT_STATUSES);
export type TenantStatus = z.infer<typeof TenantStatus>;

export const TenantQuotas = z
  .object({
    maxDevices: z.number().int().min(0).max(10_000_000),
    maxOpenJobs: z.number().int().min(0).max(100_000),
    maxRunning: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .meta({ description: 'executions that may be dispatched or running at once' }),
  })
  .meta({ id: 'TenantQuotas' });
export type TenantQuotas = z.infer<typeof TenantQuotas>;

const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'lower-case letters, digits and dashes');
const name = z.string().trim().min(1).max(120);

export const Tenant = z
  .object({
    id: Id,
    slug: z.string(),
    name: z.string(),
    status: TenantStatus,
    quotas: TenantQuotas,
    createdAt: Timestamp,
    version: z.number().int(),
  })
  .meta({ id: 'Tenant' });
export type Tenant = z.infer<typeof Tenant>;

export const CreateTenant = z
  .strictObject({ slug, name, quotas: TenantQuotas.partial().strict().optional() })
  .meta({ id: 'CreateTenant' });
export type CreateTenant = z.output<typeof CreateTenant>;

export const UpdateTenant = z
  .strictObject({ name, status: TenantStatus, quotas: TenantQuotas.partial().strict() })
  .partial()
  .meta({ id: 'UpdateTenant' });
export type UpdateTenant = z.output<typeof UpdateTenant>;

export const TenantQuery = z.strictObject({ ...pageQuery, q: z.string().max(120).optional() });
export type TenantQuery = z.output<typeof TenantQuery>;
export const TenantPage = pageOf(Tenant, 'TenantPage');
