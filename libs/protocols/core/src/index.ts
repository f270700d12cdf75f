export * from './address-policy.ts';
export * from './device-protocol.ts';
export * from './protocol-error.ts';
