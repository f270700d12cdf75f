import * as z from 'zod';
import { pageOf } from './paging.ts';
import { Permission } from './permissions.ts';
import { Id, Timestamp } from './primitives.ts';

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;

/** A password being chosen. No composition rules, no truncation (ASVS 6.2). */
export const NewPassword = z.string().min(PASSWORD_MIN).max(PASSWORD_MAX);

export const Login = z
  .strictObject({
    email: z.string().trim().min(3).max(254),
    password: z.string().min(1).max(PASSWORD_MAX),
  })
  .meta({ id: 'Login' });
export type Login = z.output<typeof Login>;

export const TenantRef = z
  .object({ id: Id, slug: z.string(), name: z.string() })
  .meta({ id: 'TenantRef' });
export type TenantRef = z.infer<typeof TenantRef>;

export const CurrentUser = z
  .object({ id: Id, email: z.string(), displayName: z.string(), platformAdmin: z.boolean() })
  .meta({ id: 'CurrentUser' });
export type CurrentUser = z.infer<typeof CurrentUser>;

/** Answer of login, refresh, switch-tenant and accept-invitation. The refresh token is in the cookie only. */
export const Session = z
  .object({
    accessToken: z.string(),
    expiresIn: z.number().int().meta({ description: 'seconds' }),
    user: CurrentUser,
    tenant: TenantRef,
    tenants: z.array(TenantRef).meta({ description: 'tenants the user is a member of' }),
    permissions: z.array(Permission),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

/** A platform administrator who is no member must give a reason; it is shown in that tenant's audit log. */
export const SwitchTenant = z
  .strictObject({ tenantId: Id, reason: z.string().trim().min(3).max(200).optional() })
  .meta({ id: 'SwitchTenant' });
export type SwitchTenant = z.output<typeof SwitchTenant>;

export const Me = z
  .object({
    kind: z.enum(['user', 'api_key']),
    user: CurrentUser.nullable(),
    apiKey: z.object({ id: Id, name: z.string() }).nullable(),
    tenant: TenantRef,
    tenants: z.array(TenantRef),
    permissions: z.array(Permission),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

export const SessionInfo = z
  .object({
    id: Id,
    current: z.boolean(),
    createdAt: Timestamp,
    lastUsedAt: Timestamp,
    expiresAt: Timestamp,
    address: z.string().nullable(),
    userAgent: z.string().nullable(),
  })
  .meta({ id: 'SessionInfo' });
export type SessionInfo = z.infer<typeof SessionInfo>;
export const SessionPage = pageOf(SessionInfo, 'SessionPage');
export type SessionPage = z.infer<typeof SessionPage>;

export const ChangePassword = z
  .strictObject({ currentPassword: z.string().min(1).max(PASSWORD_MAX), newPassword: NewPassword })
  .meta({ id: 'ChangePassword' });
export type ChangePassword = z.output<typeof ChangePassword>;

/** Takes an invitation or reset link. `token` is the secret part of the link. */
export const AcceptInvitation = z
  .strictObject({
    token: z.string().min(20).max(128),
    displayName: z.string().trim().min(1).max(120).optional(),
    password: NewPassword,
  })
  .meta({ id: 'AcceptInvitation' });
export type AcceptInvitation = z.output<typeof AcceptInvitation>;
