export * from './conformance.ts';
export * from './open-sockets.ts';
export * from './recording-context.ts';
