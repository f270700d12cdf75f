import { Module } from '@nestjs/common';
import { AuditLog } from './audit-log.ts';

/** Gives `AuditLog`. Needs TenantDb from PersistenceModule. */
@Module({ providers: [AuditLog], exports: [AuditLog] })
export class AuditModule {}
