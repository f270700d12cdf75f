import { hash } from 'node:crypto';
import type { Principal } from './principal.ts';

/** Age at which the database is asked again. With the time of the question itself a change acts within 5 s. */
export const STATE_MAX_AGE_MS = 4000;
const ENTRIES_MAX = 20_000;

/** A credential whose signature or secret was found good. What it allows is asked again every few seconds. */
export class CachedCredential {
  private principal: Principal | null = null;
  private checkedAt = 0;
  private loading: Promise<Principal> | null = null;
  /** Counts `forget`: an answer that was under way then may be from before the change. */
  private generation = 0;

  constructor(
    /** Milliseconds since 1970. */
    readonly expiresAt: number,
    private readonly load: () => Promise<Principal>,
  ) {}

  /** The principal when it is fresh, without asking anybody. */
  peek(nowMs: number): Principal | null {
    return nowMs < this.expiresAt && nowMs - this.checkedAt < STATE_MAX_AGE_MS
      ? this.principal
      : null;
  }

  /** Asks the database; callers at the same time share one question. @throws what `load` throws */
  async refresh(nowMs: () => number): Promise<Principal> {
    this.loading ??= this.ask(nowMs(), this.generation);
    return await this.loading;
  }

  isOf(matches: (principal: Principal) => boolean): boolean {
    return this.principal !== null && matches(this.principal);
  }

  forget(): void {
    this.generation += 1;
    this.principal = null;
    this.loading = null;
  }

  private async ask(askedAt: number, generation: number): Promise<Principal> {
    let answer: Principal | null = null;
    try {
      answer = await this.load();
      return answer;
    } finally {
      if (generation === this.generation) {
        this.principal = answer;
        this.checkedAt = askedAt;
        this.loading = null;
      }
    }
  }
}

/** Credentials by the SHA-256 of their text, so that memory holds no usable one. Bounded; the oldest goes first. */
export class CredentialCache {
  private readonly entries = new Map<string, CachedCredential>();

  constructor(private readonly max = ENTRIES_MAX) {}

  static key(credential: string): string {
    return hash('sha256', credential, 'base64');
  }

  get(key: string): CachedCredential | undefined {
    return this.entries.get(key);
  }

  set(key: string, credential: CachedCredential): void {
    this.entries.delete(key);
    this.entries.set(key, credential);
    if (this.entries.size <= this.max) return;
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest);
      return;
    }
  }

  delete(key: string): void {
    this.entries.delete(key);
  }

  /** Makes the next use of these ask the database. */
  forget(matches: (principal: Principal) => boolean): void {
    for (const entry of this.entries.values()) if (entry.isOf(matches)) entry.forget();
  }

  get size(): number {
    return this.entries.size;
  }
}
