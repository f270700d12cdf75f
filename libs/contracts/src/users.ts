import * as z from 'zod';
import { pageOf, pageQuery } from './paging.ts';
import { Permission } from './permissions.ts';
import { Id, Timestamp } from './primitives.ts';

/** `viewer`, `operator`, `tenant-admin` or the UUID of a custom role. */
export const RoleId = z.string().min(1).max(64);

export const USER_STATUSES = ['invited', 'active', 'disabled'] as const;
export const UserStatus = z.enum(USER_STATUSES);
export type UserStatus = z.infer<typeof UserStatus>;

/** A person as a member of the caller's tenant. */
export const User = z
  .object({
    id: Id,
    email: z.string(),
    displayName: z.string(),
    status: UserStatus,
    roleId: RoleId,
    roleName: z.string(),
    platformAdmin: z.boolean(),
    lastLoginAt: Timestamp.nullable(),
    createdAt: Timestamp,
    version: z.number().int(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const InviteUser = z
  .strictObject({
    email: z.email().max(254),
    displayName: z.string().trim().min(1).max(120),
    roleId: RoleId,
  })
  .meta({ id: 'InviteUser' });
export type InviteUser = z.output<typeof InviteUser>;

/** The link is shown once: it is not stored in clear and cannot be read again. Null for a person who has an account. */
export const Invitation = z
  .object({ user: User, link: z.string().nullable(), expiresAt: Timestamp.nullable() })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof Invitation>;

export const UpdateUser = z
  .strictObject({ roleId: RoleId, status: z.enum(['active', 'disabled']) })
  .partial()
  .meta({ id: 'UpdateUser' });
export type UpdateUser = z.output<typeof UpdateUser>;

export const UserQuery = z.strictObject({
  ...pageQuery,
  q: z.string().max(120).optional(),
  status: UserStatus.optional(),
});
export type UserQuery = z.output<typeof UserQuery>;
export const UserPage = pageOf(User, 'UserPage');

export const Role = z
  .object({
    id: RoleId,
    name: z.string(),
    builtIn: z.boolean(),
    permissions: z.array(Permission),
    members: z.number().int(),
    version: z.number().int(),
  })
  .meta({ id: 'Role' });
export type Role = z.infer<typeof Role>;
export const RolePage = pageOf(Role, 'RolePage');

export const SaveRole = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    permissions: z.array(Permission).min(1).max(50),
  })
  .meta({ id: 'SaveRole' });
export type SaveRole = z.output<typeof SaveRole>;

export const ApiKey = z
  .object({
    id: Id,
    name: z.string(),
    prefix: z.string(),
    permissions: z.array(Permission),
    createdBy: z.string(),
    createdAt: Timestamp,
    expiresAt: Timestamp,
    lastUsedAt: Timestamp.nullable(),
    revokedAt: Timestamp.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;
export const ApiKeyPage = pageOf(ApiKey, 'ApiKeyPage');

export const CreateApiKey = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    permissions: z.array(Permission).min(1).max(50),
    expiresInDays: z.number().int().min(1).max(365).default(90),
  })
  .meta({ id: 'CreateApiKey' });
export type CreateApiKey = z.output<typeof CreateApiKey>;

/** `key` is shown this once. */
export const CreatedApiKey = ApiKey.extend({ key: z.string() }).meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

export const ListQuery = z.strictObject(pageQuery);
export type ListQuery = z.output<typeof ListQuery>;
