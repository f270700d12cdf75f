export * from './audit-log.ts';
export * from './audit.module.ts';
