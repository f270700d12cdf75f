import { RoleId } from '@drm/contracts';
import * as z from 'zod';

export const RoleParam = z.strictObject({ id: RoleId });
export type RoleParam = z.output<typeof RoleParam>;
