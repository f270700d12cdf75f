/** USM and engine reports that end a v3 exchange (RFC 3414, 5). */
export type ReportKind =
  | 'unsupportedSecLevels'
  | 'notInTimeWindows'
  | 'unknownUserNames'
  | 'unknownEngineIDs'
  | 'wrongDigests'
  | 'decryptionErrors'
  | 'unknownContexts'
  | 'other';

/** What can go wrong below the PDU, before it has a meaning to anybody. */
export type FailureCause =
  /** `stage` discovery: not even the v3 engine discovery was answered; `garbage`: only undecodable octets came. */
  | { readonly kind: 'timeout'; readonly stage: 'discovery' | 'request'; readonly garbage: boolean }
  | { readonly kind: 'report'; readonly report: ReportKind }
  /** The system refused to send, or ICMP told that nobody listens. */
  | { readonly kind: 'network'; readonly errno: string }
  | { readonly kind: 'resolve' }
  | { readonly kind: 'address_denied' }
  | { readonly kind: 'decode'; readonly detail: string }
  | { readonly kind: 'wrong_community' }
  | { readonly kind: 'unsupported'; readonly algorithm: string }
  | { readonly kind: 'closed' };

/** Raised by engines only; operations turn it into a `ProtocolError` with words for people. */
export class SnmpFailure extends Error {
  override readonly name = 'SnmpFailure';

  constructor(readonly failure: FailureCause) {
    super(failure.kind);
  }
}
