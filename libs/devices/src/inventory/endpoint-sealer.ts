import { isDeepStrictEqual } from 'node:util';
import type { EndpointInput, FieldError, JsonValue, UpdateEndpoint } from '@drm/contracts';
import { DomainError, uuidV7 } from '@drm/domain';
import type { NewEndpoint, StoredEndpoint } from '@drm/persistence';
import { ProtocolError } from '@drm/protocol-core';
import type * as z from 'zod';
import type { CatalogEntry, ProtocolCatalog } from './protocol-catalog.ts';

type Fields = Readonly<Record<string, JsonValue>>;

interface SecretPlace {
  readonly table: string;
  readonly rowId: string;
  readonly field: string;
}

/** What is needed of the tenant's keyring. */
export interface SecretSealer {
  seal(tenantId: string, place: SecretPlace, plain: string): Promise<Buffer>;
  open(tenantId: string, place: SecretPlace, sealed: Uint8Array): Promise<Buffer>;
}

/** Where an endpoint's secrets lie: they open only there. The sealed text is a JSON object. */
export const endpointSecretPlace = (endpointId: string): SecretPlace => ({
  table: 'device_endpoint',
  rowId: endpointId,
  field: 'credentials',
});

/** Checks endpoints against their protocol and keeps secrets apart from what may be shown. */
export class EndpointSealer {
  constructor(
    private readonly protocols: ProtocolCatalog,
    private readonly secrets: SecretSealer,
  ) {}

  /**
   * A new endpoint, ready to be stored.
   * @param at path of the endpoint in the request, e.g. `endpoints.0`, put before the paths of its faults
   * @throws DomainError `protocol.unknown` | `request.invalid`
   */
  async create(tenantId: string, input: EndpointInput, at: string): Promise<NewEndpoint> {
    const entry = this.protocols.get(input.protocol);
    const id = uuidV7();
    const address = addressOf(entry, input.address, at);
    const settings = parsed(
      entry.protocol.settingsSchema,
      input.settings ?? {},
      path(at, 'settings'),
    );
    const credentials = parsed(
      entry.protocol.credentialsSchema,
      input.credentials ?? {},
      path(at, 'credentials'),
    );
    return {
      id,
      protocol: input.protocol,
      address,
      enabled: input.enabled,
      settings,
      ...(await this.apart(tenantId, id, entry, credentials)),
    };
  }

  /**
   * A stored endpoint with changes. Given credentials replace the stored ones, but a secret that is left out keeps its
   * value where the new form still has it; null takes an optional one away. Credentials that are the stored ones leave
   * the sealed octets as they are.
   * @throws DomainError `protocol.unknown` | `request.invalid`
   */
  async change(
    tenantId: string,
    stored: StoredEndpoint,
    input: UpdateEndpoint,
    at: string,
  ): Promise<StoredEndpoint> {
    const entry = this.protocols.get(stored.protocol);
    const address =
      input.address === undefined ? stored.address : addressOf(entry, input.address, at);
    const settings =
      input.settings === undefined
        ? stored.settings
        : parsed(entry.protocol.settingsSchema, input.settings, path(at, 'settings'));
    const kept = { ...stored, address, settings, enabled: input.enabled ?? stored.enabled };
    if (input.credentials === undefined) return kept;
    const old = await this.open(tenantId, stored);
    const credentials = merged(entry, old, input.credentials, at);
    if (isDeepStrictEqual(credentials, { ...stored.credentials, ...old })) return kept;
    return { ...kept, ...(await this.apart(tenantId, stored.id, entry, credentials)) };
  }

  /** The address as it is stored; as it is written when it, or the protocol, is unknown. */
  address(protocol: string, text: string): string {
    try {
      return this.protocols.find(protocol)?.protocol.parseAddress(text) ?? text;
    } catch (error) {
      if (error instanceof ProtocolError) return text;
      throw error;
    }
  }

  private async open(tenantId: string, stored: StoredEndpoint): Promise<Fields> {
    if (stored.sealed === null) return {};
    const plain = await this.secrets.open(tenantId, endpointSecretPlace(stored.id), stored.sealed);
    return JSON.parse(plain.toString('utf8')) as Fields;
  }

  private async apart(
    tenantId: string,
    endpointId: string,
    entry: CatalogEntry,
    fields: Fields,
  ): Promise<Pick<NewEndpoint, 'credentials' | 'secretsSet' | 'sealed'>> {
    const isSecret = ([name]: readonly [string, unknown]): boolean => entry.secretFields.has(name);
    const present = Object.entries(fields).filter(([, value]) => value !== undefined);
    const secret = present.filter(isSecret);
    const open = Object.fromEntries(present.filter((field) => !isSecret(field)));
    if (secret.length === 0) return { credentials: open, secretsSet: [], sealed: null };
    const text = JSON.stringify(Object.fromEntries(secret));
    return {
      credentials: open,
      secretsSet: secret.map(([name]) => name),
      sealed: await this.secrets.seal(tenantId, endpointSecretPlace(endpointId), text),
    };
  }
}

/** Given fields over the stored secrets that are neither given nor taken away. */
function merged(entry: CatalogEntry, stored: Fields, input: Fields, at: string): Fields {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
  const old = Object.entries(stored).filter(([name]) => !(name in input));
  const schema = entry.protocol.credentialsSchema;
  const whole = schema.safeParse({ ...Object.fromEntries(old), ...given });
  if (whole.success) return whole.data as Fields;
  // Another form of the credentials, e.g. of another version, has no use for some of the old secrets.
  const useless = new Set(
    whole.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : [])),
  );
  const useful = old.filter(([name]) => !useless.has(name));
  return parsed(schema, { ...Object.fromEntries(useful), ...given }, path(at, 'credentials'));
}

const path = (at: string, field: string): string => (at === '' ? field : `${at}.${field}`);

function addressOf(entry: CatalogEntry, text: string, at: string): string {
  try {
    return entry.protocol.parseAddress(text);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw invalid([{ path: path(at, 'address'), code: error.code, message: error.message }], error);
  }
}

/** Messages of the schema never hold the refused value; unknown keys are named. */
function parsed(schema: z.ZodType, value: unknown, at: string): Fields {
  const result = schema.safeParse(value);
  if (result.success) return result.data as Fields;
  throw invalid(
    result.error.issues.map((issue) => ({
      path: [at, ...issue.path.map(String)].join('.'),
      code: issue.code,
      message: issue.message,
    })),
    undefined,
  );
}

const invalid = (errors: readonly FieldError[], cause: unknown): DomainError =>
  new DomainError('request.invalid', 'Some fields are not right.', { errors, cause });
