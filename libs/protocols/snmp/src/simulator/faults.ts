/** Ways in which a simulated agent misbehaves; all off by default. Shares are seeded, so a run can be repeated. */
export interface AgentFaults {
  /** Never answers. */
  readonly silent?: boolean;
  /** Share of requests that are lost, 0-1. */
  readonly dropShare?: number;
  readonly delayMs?: number;
  readonly wrongRequestId?: boolean;
  readonly wrongCommunity?: boolean;
  /** Answers from a socket on another port. */
  readonly otherPort?: boolean;
  /** The successor of any known OID is the OID itself. */
  readonly nonIncreasing?: boolean;
  readonly endless?: boolean;
  /** Random octets in place of a reply. */
  readonly garbage?: boolean;
  /** Only the first half of the reply. */
  readonly truncated?: boolean;
  readonly tooBigAbove?: number;
  readonly genErrOnBulk?: boolean;
  /** Lets no reply to a SET out, before it is done or after; or does it and replies with garbage. */
  readonly silentSet?: 'before' | 'after' | 'garbled';
  /** Every reply twice. */
  readonly doubled?: boolean;
  /** Garbage and a forged id first, then the true reply. */
  readonly noisy?: boolean;
}
