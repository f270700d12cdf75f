import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATION_KINDS, type DeviceOperation, type OperationKind } from '@drm/contracts';
import * as z from 'zod';
import type { DeviceProtocol, ProtocolInstance, RunningSimulator } from '../device-protocol.ts';
import { ExecutionAborted, ProtocolError } from '../protocol-error.ts';
import { openSockets } from './open-sockets.ts';
import { RecordingContext } from './recording-context.ts';

interface ConformanceOptions {
  /** One operation for every declared capability, as the protocol's simulator can do it. */
  readonly samples: Partial<Record<OperationKind, DeviceOperation>>;
  /** Settings with short timeouts, so that the kit ends soon. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** An address that takes requests and never answers; called once. */
  readonly silentAddress: () => Promise<{ readonly address: string; close(): Promise<void> }>;
  /** A path of the simulator whose typed value and raw octets both matter. */
  readonly rawPath?: string;
}

const ANY_OPERATION: Readonly<Record<OperationKind, DeviceOperation>> = {
  get: { kind: 'get', paths: ['x'] },
  set: { kind: 'set', values: [{ path: 'x', value: 'x' }] },
  list: { kind: 'list', path: 'x', depth: 1 },
  walk: { kind: 'walk', path: 'x', limit: 10 },
  probe: { kind: 'probe' },
  add: { kind: 'add', path: 'x', values: [] },
  delete: { kind: 'delete', path: 'x' },
  invoke: { kind: 'invoke', command: 'x', arguments: {} },
};

const SECRET_NAME = /password|passphrase|community|secret|token/i;

/** What every protocol has to keep to, proved against its own simulator on loopback. */
export function describeProtocolConformance<Credentials, Settings>(
  protocol: DeviceProtocol<Credentials, Settings>,
  options: ConformanceOptions,
): void {
  describe(`${protocol.id}: protocol conformance`, () => {
    let simulator: RunningSimulator;
    let instance: ProtocolInstance<Credentials, Settings>;

    beforeAll(async () => {
      const factory = await protocol.simulator();
      simulator = await factory.start({ host: '127.0.0.1', port: 0, agents: 2, seed: 7 });
      instance = protocol.open(runtime);
    });

    afterAll(async () => {
      await instance.close();
      await simulator.close();
    });

    const contextAt = (
      address: string,
      contextOptions?: ConstructorParameters<typeof RecordingContext<Credentials, Settings>>[1],
    ): RecordingContext<Credentials, Settings> =>
      new RecordingContext<Credentials, Settings>(
        {
          id: '00000000-0000-7000-8000-000000000001',
          deviceId: '00000000-0000-7000-8000-000000000002',
          address: protocol.parseAddress(address),
          credentials: protocol.credentialsSchema.parse(deviceOf(simulator).credentials),
          settings: protocol.settingsSchema.parse(options.settings),
        },
        contextOptions,
      );
    const context: (
      ...rest: Parameters<typeof contextAt> extends [string, ...infer Rest] ? Rest : never
    ) => RecordingContext<Credentials, Settings> = (...rest) =>
      contextAt(deviceOf(simulator).address, ...rest);

    describe('descriptor', () => {
      it('has an id that can be stored and shown in a path', () => {
        expect(protocol.id).toMatch(/^[a-z][a-z0-9-]{1,31}$/);
        expect(protocol.title).not.toBe('');
      });

      it('declares capabilities that exist, and a sample of each is given', () => {
        for (const capability of protocol.capabilities) {
          expect(OPERATION_KINDS).toContain(capability);
          expect(options.samples[capability]).toBeDefined();
        }
      });

      it('takes empty settings and fills them', () => {
        expect(protocol.settingsSchema.safeParse({}).success).toBe(true);
      });

      it('marks every secret write-only and titles every field, in JSON Schema', () => {
        const fields = fieldsOf(
          z.toJSONSchema(protocol.credentialsSchema, { io: 'input' }) as JsonSchema,
        );
        expect(fields.length).toBeGreaterThan(0);
        for (const [name, field] of fields) {
          expect([name, typeof field.title]).toEqual([name, 'string']);
          if (SECRET_NAME.test(name)) expect([name, field.writeOnly]).toEqual([name, true]);
        }
      });

      it('describes the devices its simulator would serve, without starting it', async () => {
        const factory = await protocol.simulator();
        const described = factory.describe({ host: '127.0.0.1', port: 30_000, agents: 3, seed: 7 });
        expect(described).toHaveLength(3);
        for (const device of described) {
          expect(protocol.parseAddress(device.address)).toBe(device.address);
          expect(protocol.credentialsSchema.safeParse(device.credentials).success).toBe(true);
          expect(device.tags).toContain('simulated');
        }
        expect(described[0]?.name).toBe(deviceOf(simulator).name);
      });

      it.each(['', 'no port at all:', 'host:99999', '::::', 'a b:1'])(
        'refuses the address %j',
        (address) => {
          expect(() => protocol.parseAddress(address)).toThrow(ProtocolError);
        },
      );
    });

    describe('operations', () => {
      it.each([...protocol.capabilities])('does %s on a simulated device', async (capability) => {
        const sample = sampleOf(options, capability);
        const recording = context();
        const result = await instance.execute(sample, recording);
        expect(result.partial).toBeUndefined();
        expect(recording.guards.length).toBeGreaterThan(0);
        if (capability === 'probe') expect(result.identity).toBeDefined();
        if (capability !== 'list') expect(recording.received.length).toBeGreaterThan(0);
      });

      it.each(OPERATION_KINDS.filter((kind) => !protocol.capabilities.has(kind)))(
        'refuses %s as unsupported_operation',
        async (kind) => {
          const error = await errorOf(instance.execute(ANY_OPERATION[kind], context()));
          expect(error).toMatchObject({ errorClass: 'permanent', code: 'unsupported_operation' });
        },
      );

      if (options.rawPath !== undefined && protocol.capabilities.has('get')) {
        const { rawPath } = options;
        it('keeps the typed and the raw form of a value', async () => {
          const recording = context();
          await instance.execute({ kind: 'get', paths: [rawPath] }, recording);
          const value = recording.valueOf(rawPath);
          expect(value).toMatchObject({ state: 'known' });
          expect(value?.type).not.toBeNull();
          expect(value?.raw).toMatch(/^([0-9a-f]{2})+$/);
        });
      }

      if (protocol.capabilities.has('set')) {
        it('announces an effect before the first octet of it leaves', async () => {
          const sample = sampleOf(options, 'set');
          if (sample.kind !== 'set') throw new Error('the sample of set is not a set');
          const changed = { ...sample, values: sample.values.map((item) => ({ ...item })) };
          const [first] = changed.values;
          if (first === undefined) throw new Error('the sample of set is empty');
          const before = await readOne(first.path);
          first.value = `${String(first.value)}-not-sent`;
          const refusing = context({
            onEffect: () => {
              throw new Error('the engine could not record the effect');
            },
          });
          await expect(instance.execute(changed, refusing)).rejects.toThrow('could not record');
          expect(await readOne(first.path)).toEqual(before);
        });
      }
    });

    describe('abort and deadline', () => {
      it.each([...protocol.capabilities])('starts no %s once it is aborted', async (capability) => {
        const recording = context();
        recording.abort('cancelled');
        const error = await errorOf(instance.execute(sampleOf(options, capability), recording));
        expect(error).toBeInstanceOf(ExecutionAborted);
        expect(recording.received).toEqual([]);
      });

      it('sends nothing that could not end before the lease does', async () => {
        const capability = firstOf(protocol.capabilities);
        const error = await errorOf(
          instance.execute(sampleOf(options, capability), context({ leaseMs: 1 })),
        );
        expect(error).toBeInstanceOf(ExecutionAborted);
      });

      it('ends soon after an abort in the middle of an exchange', async () => {
        const silent = await options.silentAddress();
        try {
          const recording = contextAt(silent.address, {
            onGuard: () => setTimeout(() => recording.abort('shutdown'), 10),
          });
          const started = performance.now();
          const error = await errorOf(
            instance.execute(sampleOf(options, firstOf(protocol.capabilities)), recording),
          );
          expect(error).toBeInstanceOf(ExecutionAborted);
          expect(performance.now() - started).toBeLessThan(Math.max(...recording.guards) + 1000);
        } finally {
          await silent.close();
        }
      });
    });

    describe('failures', () => {
      it('ends in a coded error when nobody answers, and tells no secret', async () => {
        const silent = await options.silentAddress();
        try {
          const recording = contextAt(silent.address);
          const error = await errorOf(
            instance.execute(sampleOf(options, firstOf(protocol.capabilities)), recording),
          );
          expect(error).toBeInstanceOf(ProtocolError);
          const { code, errorClass, message, hint } = error as ProtocolError;
          expect(code).toMatch(new RegExp(`^${protocol.id}\\.[a-z_]+$`));
          expect(errorClass).toBe('unreachable');
          const told = JSON.stringify([code, message, hint, recording.logs]);
          for (const secret of secretsOf(deviceOf(simulator).credentials)) {
            expect(told).not.toContain(secret);
          }
        } finally {
          await silent.close();
        }
      });

      it('leaves no socket open after close, and does nothing any more', async () => {
        const before = openSockets();
        const other = protocol.open(runtime);
        const sample = sampleOf(options, firstOf(protocol.capabilities));
        await other.execute(sample, context());
        await other.close();
        expect(openSockets()).toBe(before);
        await expect(other.execute(sample, context())).rejects.toThrow();
      });
    });

    async function readOne(path: string): Promise<unknown> {
      const recording = context();
      await instance.execute({ kind: 'get', paths: [path] }, recording);
      return recording.valueOf(path)?.value;
    }
  });
}

const runtime = {
  monotonicMs: () => performance.now(),
  randomBytes: (size: number) => crypto.getRandomValues(new Uint8Array(size)),
};

function deviceOf(simulator: RunningSimulator): RunningSimulator['devices'][number] {
  const [device] = simulator.devices;
  if (device === undefined) throw new Error('the simulator serves no device');
  return device;
}

function sampleOf(options: ConformanceOptions, kind: OperationKind): DeviceOperation {
  const sample = options.samples[kind];
  if (sample === undefined) throw new Error(`no sample of ${kind}`);
  return sample;
}

function firstOf(capabilities: ReadonlySet<OperationKind>): OperationKind {
  const [first] = capabilities;
  if (first === undefined) throw new Error('no capability is declared');
  return first;
}

const errorOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => new Error('it succeeded'),
    (error: unknown) => error,
  );

const secretsOf = (credentials: Readonly<Record<string, unknown>>): string[] =>
  Object.entries(credentials).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && typeof value === 'string' ? [value] : [],
  );

interface JsonSchema {
  readonly title?: string;
  readonly writeOnly?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
}

/** All fields of all alternatives. */
const fieldsOf = (schema: JsonSchema): (readonly [name: string, field: JsonSchema])[] => [
  ...Object.entries(schema.properties ?? {}),
  ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap(fieldsOf),
];
