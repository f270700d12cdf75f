export * from './domain-error.ts';
export * from './execution-state.ts';
export * from './job-counts.ts';
export * from './uuid-v7.ts';
export * from './request-context.ts';
export * from './parameter-chunk.ts';
