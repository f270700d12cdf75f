const START = 10;
const FREEZE_REPLIES = 20;
/** Octets of a varbind before any reply has told better. */
const ASSUMED_VARBIND_BYTES = 40;

export interface TunerOptions {
  /** Upper bound of max-repetitions. */
  readonly cap: number;
  /** Wanted size of a reply. */
  readonly maxPduBytes: number;
  readonly mode: 'auto' | 'on' | 'off';
}

/**
 * How many repetitions to ask for. Grows while replies are quick, halves on tooBig and on silence (a lost fragment
 * looks like a timeout), and gives GETBULK up where the agent cannot do it.
 */
export class BulkTuner {
  private wanted: number;
  private goodInRow = 0;
  private frozen = 0;
  private varbindBytes = ASSUMED_VARBIND_BYTES;
  private generalErrors = 0;
  private useBulk: boolean;

  constructor(private readonly options: TunerOptions) {
    this.wanted = Math.min(START, options.cap);
    this.useBulk = options.mode !== 'off';
  }

  /** 0 means GETNEXT. */
  get repetitions(): number {
    if (!this.useBulk) return 0;
    const fitting = Math.floor(this.options.maxPduBytes / this.varbindBytes);
    return Math.max(1, Math.min(this.wanted, fitting));
  }

  onReply(varbinds: number, bytes: number, elapsedMs: number, timeoutMs: number): void {
    if (varbinds > 0) this.varbindBytes = this.varbindBytes * 0.7 + (bytes / varbinds) * 0.3;
    if (this.frozen > 0) {
      this.frozen -= 1;
      return;
    }
    this.goodInRow = elapsedMs < timeoutMs / 2 ? this.goodInRow + 1 : 0;
    if (this.goodInRow < 3) return;
    this.goodInRow = 0;
    this.wanted = Math.min(this.options.cap, Math.ceil(this.wanted * 1.5));
  }

  onTooBig(): void {
    this.frozen = FREEZE_REPLIES;
    this.goodInRow = 0;
    if (this.repetitions <= 1) this.useBulk = false;
    else this.wanted = Math.max(1, Math.floor(this.repetitions / 2));
  }

  onTimeout(): void {
    this.goodInRow = 0;
    if (this.useBulk && this.wanted > 5) this.wanted = Math.floor(this.wanted / 2);
  }

  /** A general error, or an empty reply: twice in a walk ends GETBULK for it. */
  onGeneralError(): void {
    this.generalErrors += 1;
    this.goodInRow = 0;
    if (this.generalErrors >= 2 && this.options.mode === 'auto') this.useBulk = false;
  }
}
