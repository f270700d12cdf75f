import { CreateTenant, UpdateTenant, type Tenant } from '@drm/contracts';

/** The form of a tenant. `null`: a limit that was left empty (the server's own applies). */
export interface TenantDraft {
  name: string;
  slug: string;
  maxDevices: number | null;
  maxOpenJobs: number | null;
  maxRunning: number | null;
}

export const draftOf = (tenant: Tenant | null): TenantDraft => ({
  name: tenant?.name ?? '',
  slug: tenant?.slug ?? '',
  maxDevices: tenant?.quotas.maxDevices ?? null,
  maxOpenJobs: tenant?.quotas.maxOpenJobs ?? null,
  maxRunning: tenant?.quotas.maxRunning ?? null,
});

/** A short name from a name: "Acme Broadband AG" becomes "acme-broadband-ag". */
export const slugFrom = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');

const quotasOf = (draft: TenantDraft) => ({
  ...(draft.maxDevices !== null && { maxDevices: draft.maxDevices }),
  ...(draft.maxOpenJobs !== null && { maxOpenJobs: draft.maxOpenJobs }),
  ...(draft.maxRunning !== null && { maxRunning: draft.maxRunning }),
});

export const createOf = (draft: TenantDraft) =>
  CreateTenant.safeParse({
    name: draft.name.trim(),
    slug: draft.slug.trim() || slugFrom(draft.name),
    quotas: quotasOf(draft),
  });

export const updateOf = (draft: TenantDraft) =>
  UpdateTenant.safeParse({ name: draft.name.trim(), quotas: quotasOf(draft) });
