/** Injection token of the key-encryption key: wraps the data key of a new tenant. */
export const KEK = Symbol('key-encryption key');
