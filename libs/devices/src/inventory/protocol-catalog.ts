import type { JsonValue, ProtocolInfo } from '@drm/contracts';
import { DomainError } from '@drm/domain';
import type { DeviceProtocol } from '@drm/protocol-core';
import * as z from 'zod';

type JsonObject = Readonly<Record<string, JsonValue>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A protocol with what its schemas say, read once. */
export interface CatalogEntry {
  readonly protocol: DeviceProtocol;
  readonly info: ProtocolInfo;
  /** Top-level fields of the credentials that hold a secret in any form of them. */
  readonly secretFields: ReadonlySet<string>;
}

/** The installed protocols as the inventory needs them: forms, secret fields, address and credential checks. */
export class ProtocolCatalog {
  private readonly entries: ReadonlyMap<string, CatalogEntry>;

  constructor(protocols: readonly DeviceProtocol[]) {
    this.entries = new Map(protocols.map((protocol) => [protocol.id, entryOf(protocol)]));
  }

  find(id: string): CatalogEntry | undefined {
    return this.entries.get(id);
  }

  /** @throws DomainError `protocol.unknown` */
  get(id: string): CatalogEntry {
    const entry = this.entries.get(id);
    if (entry === undefined) {
      throw new DomainError(
        'protocol.unknown',
        `Installed are: ${[...this.entries.keys()].join(', ')}.`,
      );
    }
    return entry;
  }

  list(): ProtocolInfo[] {
    return [...this.entries.values()].map((entry) => entry.info);
  }
}

function entryOf(protocol: DeviceProtocol): CatalogEntry {
  const credentialsSchema = jsonSchema(protocol.credentialsSchema);
  return {
    protocol,
    secretFields: secretFieldsOf(credentialsSchema),
    info: {
      id: protocol.id,
      title: protocol.title,
      capabilities: [...protocol.capabilities],
      defaultPort: protocol.defaultPort,
      credentialsSchema,
      settingsSchema: jsonSchema(protocol.settingsSchema),
    },
  };
}

const jsonSchema = (schema: z.ZodType): Record<string, JsonValue> =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<string, JsonValue>;

/** Names of properties that are writeOnly, or have something writeOnly inside, in any branch of the schema. */
function secretFieldsOf(schema: JsonValue): Set<string> {
  const found = new Set<string>();
  if (!isObject(schema)) return found;
  if (isObject(schema['properties'])) {
    for (const [name, property] of Object.entries(schema['properties']))
      if (holdsSecret(property)) found.add(name);
  }
  for (const branches of [schema['anyOf'], schema['oneOf'], schema['allOf']]) {
    if (!Array.isArray(branches)) continue;
    for (const branch of branches) for (const name of secretFieldsOf(branch)) found.add(name);
  }
  return found;
}

const holdsSecret = (schema: unknown): boolean =>
  Array.isArray(schema)
    ? schema.some(holdsSecret)
    : isObject(schema) && (schema['writeOnly'] === true || Object.values(schema).some(holdsSecret));
