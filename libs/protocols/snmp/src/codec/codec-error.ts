/** Input that is not the format it claims to be. The only error the codec throws on foreign octets. */
export class CodecError extends Error {
  override readonly name = 'CodecError';

  constructor(
    readonly reason: string,
    /** Octet at which the fault was seen. */
    readonly offset: number,
  ) {
    super(`${reason} at octet ${offset}`);
  }
}
