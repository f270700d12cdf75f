import { compareOids, isWithin, type Oid } from '../codec/oid.ts';
import { ERROR_STATUS } from '../codec/pdu.ts';
import type { VarBind } from '../codec/snmp-value.ts';
import { BulkTuner, type TunerOptions } from './bulk-tuner.ts';

export interface WalkerOptions extends TunerOptions {
  readonly root: Oid;
  /** Last OID of an earlier attempt; null starts at the root. */
  readonly after: Oid | null;
  /** Varbinds of this walk that were read before. */
  readonly done: number;
  readonly limit: number;
  readonly nonIncreasing: 'stop' | 'tolerate-once';
  readonly version: '1' | '2c' | '3';
  readonly timeoutMs: number;
  readonly retries: number;
}

export interface PartialResult {
  readonly code: 'snmp.non_increasing' | 'snmp.walk_limit';
  readonly message: string;
}

export type WalkStep =
  /** Ask for what follows `oid`; 0 repetitions is a GETNEXT. */
  | {
      readonly kind: 'ask';
      readonly oid: Oid;
      readonly repetitions: number;
      readonly attempt: number;
    }
  | { readonly kind: 'end'; readonly partial: PartialResult | null }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'timeout' };

export interface WalkReply {
  readonly errorStatus: number;
  readonly varbinds: readonly VarBind[];
  readonly bytes: number;
  readonly elapsedMs: number;
}

const LAST_ARC = 0xffff_ffff;

const END: WalkStep = { kind: 'end', partial: null };

/**
 * A walk of one subtree as a conversation: `step` says what to do next, `reply` and `timeout` take what came of it. No
 * I/O, no clock. It ends at the end of the subtree, at the first OID that does not increase, and at its limit.
 */
export class Walker {
  private readonly tuner: BulkTuner;
  private cursor: Oid;
  private count: number;
  private attempt = 0;
  private tolerated: boolean;
  /** One GETNEXT in place of a GETBULK that failed. */
  private nextOnly = false;
  private ended: WalkStep | null = null;

  constructor(private readonly options: WalkerOptions) {
    this.tuner = new BulkTuner({
      ...options,
      mode: options.version === '1' ? 'off' : options.mode,
    });
    this.cursor = options.after ?? options.root;
    this.count = options.done;
    this.tolerated = options.nonIncreasing === 'stop';
  }

  get position(): { readonly oid: Oid; readonly done: number } {
    return { oid: this.cursor, done: this.count };
  }

  step(): WalkStep {
    if (this.ended !== null) return this.ended;
    if (this.count >= this.options.limit) {
      return this.end('snmp.walk_limit', `stopped after ${this.count} values at ${this.cursor}`);
    }
    return {
      kind: 'ask',
      oid: this.cursor,
      repetitions: this.nextOnly ? 0 : this.repetitions(),
      attempt: this.attempt,
    };
  }

  /** Takes a reply and returns the varbinds that belong to the walk. */
  reply(asked: number, { errorStatus, varbinds, bytes, elapsedMs }: WalkReply): readonly VarBind[] {
    if (errorStatus !== 0) {
      this.refused(asked, errorStatus);
      return [];
    }
    if (varbinds.length === 0) {
      this.generalError(asked, ERROR_STATUS.indexOf('genErr'));
      return [];
    }
    this.attempt = 0;
    this.nextOnly = false;
    if (asked > 0) this.tuner.onReply(varbinds.length, bytes, elapsedMs, this.options.timeoutMs);
    return this.accept(varbinds);
  }

  timeout(asked: number): void {
    this.attempt += 1;
    if (this.attempt > this.options.retries) this.ended = { kind: 'timeout' };
    if (asked > 0) this.tuner.onTimeout();
  }

  private repetitions(): number {
    const wanted = this.tuner.repetitions;
    return wanted === 0 ? 0 : Math.min(wanted, this.options.limit - this.count);
  }

  private accept(varbinds: readonly VarBind[]): readonly VarBind[] {
    const accepted: VarBind[] = [];
    for (const varbind of varbinds) {
      const { oid, value } = varbind;
      if (value.type === 'endOfMibView' || !isWithin(this.options.root, oid)) {
        // An agent that jumps back to before the root loops just as well as one that stays inside.
        this.ended =
          value.type === 'endOfMibView' || compareOids(oid, this.cursor) > 0
            ? END
            : this.end('snmp.non_increasing', backwards(this.cursor));
        return accepted;
      }
      if (compareOids(oid, this.cursor) <= 0) {
        this.onNonIncreasing();
        return accepted;
      }
      this.cursor = oid;
      this.count += 1;
      accepted.push(varbind);
      if (this.count >= this.options.limit) return accepted;
    }
    return accepted;
  }

  private onNonIncreasing(): void {
    if (this.tolerated) {
      this.ended = this.end('snmp.non_increasing', backwards(this.cursor));
      return;
    }
    this.tolerated = true;
    // Behind everything that could lie below the OID that repeats.
    this.cursor = `${this.cursor}.${LAST_ARC}`;
  }

  private refused(asked: number, status: number): void {
    const name = ERROR_STATUS[status];
    if (name === 'noSuchName') this.ended = END;
    else if (name === 'tooBig' && asked > 0) this.tuner.onTooBig();
    else if (name === 'genErr') this.generalError(asked, status);
    else this.ended = { kind: 'status', status };
  }

  private generalError(asked: number, status: number): void {
    if (asked === 0) {
      this.ended = { kind: 'status', status };
      return;
    }
    this.tuner.onGeneralError();
    this.nextOnly = true;
  }

  private end(code: PartialResult['code'], message: string): WalkStep {
    return { kind: 'end', partial: { code, message } };
  }
}

const backwards = (oid: Oid): string =>
  `the device does not go on after ${oid}: its next OID is not larger`;
