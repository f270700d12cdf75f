import { uuidV7 } from '@drm/domain';

/** One Idempotency-Key for one intent: the same while the request stays the same, another once it changed. */
export class SubmissionKey {
  private body = '';
  private key = '';

  /** @param make source of keys, for tests */
  constructor(private readonly make: () => string = () => uuidV7()) {}

  for(request: unknown): string {
    const body = JSON.stringify(request);
    if (body !== this.body || this.key === '') {
      this.body = body;
      this.key = this.make();
    }
    return this.key;
  }
}
