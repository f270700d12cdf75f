import { inject, Service } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';
import { Session } from '../session/session.ts';

/** `<object> – <page> – <tenant>`: the tenant is in every title. */
@Service()
export class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);
  private readonly session = inject(Session);
  private page = '';

  override updateTitle(snapshot: RouterStateSnapshot): void {
    this.page = this.buildTitle(snapshot) ?? '';
    this.show(null);
  }

  /** Puts the name of the page's object in front. */
  show(object: string | null): void {
    const parts = [object === this.page ? null : object, this.page, this.session.tenant()?.name];
    this.title.setTitle([...parts.filter((part) => part), 'DRM'].join(' – '));
  }
}
