import { readablePassword, type SecretStore } from './secrets.ts';

/** How the first administrator's password came to be, and so what may be said about it. */
export type AdminPassword =
  | { readonly kind: 'given'; readonly password: string }
  | { readonly kind: 'generated'; readonly password: string; readonly wasShown: boolean }
  /** Given at an earlier start: nobody here knows it. */
  | { readonly kind: 'chosen-earlier' };

/**
 * Decides the password of one administrator, named by e-mail so that another DRM_ADMIN_EMAIL does not inherit it. The
 * start that made the account decides; a generated password is on disk before the account exists, so that a start killed
 * in between loses nothing.
 */
export class AdminAccount {
  private readonly files: {
    readonly password: string;
    readonly shown: string;
    readonly given: string;
  };

  constructor(
    private readonly secrets: SecretStore,
    email: string,
  ) {
    const suffix = email.toLowerCase().replace(/[^a-z0-9.@_-]/g, '_');
    this.files = {
      password: `admin-password.${suffix}`,
      shown: `admin-password-shown.${suffix}`,
      given: `admin-password-given.${suffix}`,
    };
  }

  get passwordFile(): string {
    return this.secrets.path(this.files.password);
  }

  decide(given: string | undefined): AdminPassword {
    const kept = this.secrets.read(this.files.password);
    if (kept !== null && this.has(this.files.shown)) {
      return { kind: 'generated', password: kept, wasShown: true };
    }
    if (given !== undefined) return { kind: 'given', password: given };
    if (this.has(this.files.given)) return { kind: 'chosen-earlier' };
    const password = kept ?? readablePassword();
    if (kept === null) this.secrets.write(this.files.password, password);
    return { kind: 'generated', password, wasShown: false };
  }

  /** Call when the account exists and, if the password was generated, it was shown. */
  remember(decided: AdminPassword): void {
    if (decided.kind === 'given') this.secrets.write(this.files.given, 'yes');
    if (decided.kind === 'generated') this.secrets.write(this.files.shown, 'yes');
  }

  private has(name: string): boolean {
    return this.secrets.read(name) !== null;
  }
}
