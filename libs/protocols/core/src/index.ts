export * from './device-protocol.ts';
export * from './protocol-error.ts';
