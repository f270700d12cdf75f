import { HttpClient } from '@angular/common/http';
import { inject, Service } from '@angular/core';
import type {
  CreateDevice,
  Device,
  EndpointInput,
  ImportReport,
  Job,
  UpdateDevice,
  UpdateEndpoint,
} from '@drm/contracts';
import { firstValueFrom } from 'rxjs';
import { idempotencyKey, ifMatch } from '../http/write-headers.ts';

export const DEVICES_URL = '/api/v1/devices';
export const deviceUrl = (id: string): string => `${DEVICES_URL}/${encodeURIComponent(id)}`;
const endpointUrl = (deviceId: string, id: string): string =>
  `${deviceUrl(deviceId)}/endpoints/${encodeURIComponent(id)}`;

/** Changes of devices. Every method rejects with an `ApiProblem`. */
@Service()
export class DevicesApi {
  private readonly http = inject(HttpClient);

  create(device: CreateDevice): Promise<Device> {
    return firstValueFrom(
      this.http.post<Device>(DEVICES_URL, device, { headers: idempotencyKey() }),
    );
  }

  update(id: string, version: number, change: UpdateDevice): Promise<Device> {
    return firstValueFrom(
      this.http.patch<Device>(deviceUrl(id), change, { headers: ifMatch(version) }),
    );
  }

  remove(id: string, version: number): Promise<unknown> {
    return firstValueFrom(this.http.delete(deviceUrl(id), { headers: ifMatch(version) }));
  }

  read(id: string): Promise<Device> {
    return firstValueFrom(this.http.get<Device>(deviceUrl(id)));
  }

  addEndpoint(deviceId: string, version: number, endpoint: EndpointInput): Promise<Device> {
    const headers = ifMatch(version);
    return firstValueFrom(
      this.http.post<Device>(`${deviceUrl(deviceId)}/endpoints`, endpoint, { headers }),
    );
  }

  updateEndpoint(
    deviceId: string,
    version: number,
    id: string,
    change: UpdateEndpoint,
  ): Promise<Device> {
    const headers = ifMatch(version);
    return firstValueFrom(this.http.patch<Device>(endpointUrl(deviceId, id), change, { headers }));
  }

  removeEndpoint(deviceId: string, version: number, id: string): Promise<unknown> {
    return firstValueFrom(
      this.http.delete(endpointUrl(deviceId, id), { headers: ifMatch(version) }),
    );
  }

  probe(id: string): Promise<Job> {
    return firstValueFrom(
      this.http.post<Job>(`${deviceUrl(id)}/probe`, {}, { headers: idempotencyKey() }),
    );
  }

  /** Starts a job that reads these paths now. */
  readNow(deviceId: string, paths: readonly string[]): Promise<Job> {
    const body = {
      name: 'Read now',
      operation: { kind: 'get', paths },
      targets: { deviceIds: [deviceId] },
      priority: 'interactive',
    };
    return firstValueFrom(this.http.post<Job>('/api/v1/jobs', body, { headers: idempotencyKey() }));
  }

  import(file: Blob, isDryRun: boolean): Promise<ImportReport> {
    return firstValueFrom(
      this.http.post<ImportReport>(`${DEVICES_URL}/import`, file, {
        params: { dryRun: isDryRun },
        headers: { 'content-type': 'text/csv' },
      }),
    );
  }

  /** The matching devices as CSV. */
  export(filter: Readonly<Record<string, string>>): Promise<Blob> {
    return firstValueFrom(
      this.http.get(`${DEVICES_URL}/export`, { params: filter, responseType: 'blob' }),
    );
  }
}
