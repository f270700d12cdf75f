import { httpResource } from '@angular/common/http';
import { computed, Service } from '@angular/core';
import type { ProtocolInfo } from '@drm/contracts';
import { readPage } from '../http/read-page.ts';

/** The protocols the server speaks, fetched once. */
@Service()
export class ProtocolCatalog {
  readonly resource = httpResource(() => ({ url: '/api/v1/protocols', params: { limit: '200' } }), {
    parse: (body) => readPage<ProtocolInfo>(body).items,
  });
  readonly all = computed<readonly ProtocolInfo[]>(() =>
    this.resource.hasValue() ? this.resource.value() : [],
  );

  title(id: string): string {
    return this.find(id)?.title ?? id.toUpperCase();
  }

  find(id: string): ProtocolInfo | undefined {
    return this.all().find((protocol) => protocol.id === id);
  }
}
