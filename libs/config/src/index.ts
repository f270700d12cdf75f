export * from './environments.ts';
export * from './read-environment.ts';
