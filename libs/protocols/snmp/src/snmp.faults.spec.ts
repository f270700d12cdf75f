import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeviceOperation, OperationResult } from '@drm/contracts';
import {
  deviceAddressPolicy,
  ExecutionAborted,
  ProtocolError,
  type ProtocolInstance,
} from '@drm/protocol-core';
import { RecordingContext } from '@drm/protocol-core/testing';
import { createSocket } from 'node:dgram';
import { SnmpCredentials, SnmpSettings } from './endpoint.ts';
import type { AgentFaults } from './simulator/faults.ts';
import { snmpSimulator, type RunningSnmpSimulator } from './simulator/snmp-simulator.ts';
import { snmpProtocol } from './snmp.protocol.ts';

const SYS_NAME = '1.3.6.1.2.1.1.5.0';
const SYS_DESCR = '1.3.6.1.2.1.1.1.0';
const GET: DeviceOperation = { kind: 'get', paths: [SYS_NAME] };
const WALK: DeviceOperation = { kind: 'walk', path: '1.3.6.1.2.1.2', limit: 10_000 };
const RENAME: DeviceOperation = {
  kind: 'set',
  values: [{ path: SYS_NAME, value: 'renamed' }],
};

/** For agents that stay silent; the others get time enough for a busy machine. */
const SHORT = { timeoutMs: 100, retries: 1 };

type Context = RecordingContext<SnmpCredentials, SnmpSettings>;
type ContextOptions = ConstructorParameters<typeof RecordingContext>[1];

describe('SNMP against agents that misbehave', () => {
  let protocol: ProtocolInstance<SnmpCredentials, SnmpSettings>;

  beforeAll(() => {
    protocol = snmpProtocol.open({
      monotonicMs: () => performance.now(),
      randomBytes: (size) => new Uint8Array(size),
    });
  });
  afterAll(() => protocol.close());

  const contextFor = (
    address: string,
    {
      settings = {},
      credentials = { version: '2c', community: 'demo', writeCommunity: 'demo-write' },
      ...options
    }: ContextOptions & { settings?: object; credentials?: object } = {},
  ): Context =>
    new RecordingContext<SnmpCredentials, SnmpSettings>(
      {
        id: address,
        deviceId: address,
        address,
        credentials: SnmpCredentials.parse(credentials),
        settings: SnmpSettings.parse({ timeoutMs: 2000, retries: 1, ...settings }),
      },
      options,
    );

  /** One agent for the time of a test. */
  async function withAgent(
    faults: AgentFaults,
    use: (address: string, simulator: RunningSnmpSimulator) => Promise<void>,
  ): Promise<void> {
    const simulator = await snmpSimulator.start({
      host: '127.0.0.1',
      port: 0,
      agents: 1,
      seed: 3,
      faults: () => faults,
    });
    try {
      await use(simulator.devices[0]?.address ?? '', simulator);
    } finally {
      await simulator.close();
    }
  }

  const failureOf = async (run: Promise<OperationResult>): Promise<ProtocolError> => {
    const error = await run.then(
      () => new Error('it succeeded'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof ProtocolError)) throw error;
    return error;
  };

  it.each<[string, AgentFaults, string, string]>([
    ['never answers', { silent: true }, 'snmp.timeout', 'unreachable'],
    ['answers from another port', { otherPort: true }, 'snmp.timeout', 'unreachable'],
    ['answers with another request-id', { wrongRequestId: true }, 'snmp.timeout', 'unreachable'],
    ['answers with garbage', { garbage: true }, 'snmp.decode', 'transient'],
    ['cuts its replies off', { truncated: true }, 'snmp.decode', 'transient'],
    ['answers with another community', { wrongCommunity: true }, 'snmp.decode', 'transient'],
    ['cannot answer one value', { tooBigAbove: 0 }, 'snmp.too_big', 'permanent'],
  ])('an agent that %s', async (_name, faults, code, errorClass) => {
    await withAgent(faults, async (address) => {
      const context = contextFor(address, { settings: SHORT });
      const error = await failureOf(protocol.execute(GET, context));
      expect([error.code, error.errorClass]).toEqual([code, errorClass]);
      expect(error.hint).not.toBeNull();
    });
  });

  it('sends again after a timeout, as often as the settings say', async () => {
    await withAgent({ silent: true }, async (address, simulator) => {
      await failureOf(
        protocol.execute(GET, contextFor(address, { settings: { ...SHORT, retries: 2 } })),
      );
      expect(simulator.requests()).toBe(3);
    });
  });

  it('guards for all attempts together', async () => {
    await withAgent({}, async (address) => {
      const context = contextFor(address, { settings: { timeoutMs: 1000, retries: 2 } });
      await protocol.execute(GET, context);
      expect(context.guards).toEqual([4750]);
    });
  });

  it('asks for a longer lease before a long exchange', async () => {
    await withAgent({}, async (address) => {
      const context = contextFor(address, { settings: { timeoutMs: 20_000, retries: 1 } });
      await protocol.execute(GET, context);
      expect(context.leases).toEqual([55_000]);
    });
  });

  it('takes a reply from another port where the endpoint allows it', async () => {
    await withAgent({ otherPort: true }, async (address) => {
      const context = contextFor(address, { settings: { acceptOtherSource: true } });
      await protocol.execute(GET, context);
      expect(context.valueOf(SYS_NAME)?.value).toBe('sim-gw-0001');
    });
  });

  it('finds the true reply among garbage, forged ids and doubles', async () => {
    await withAgent({ noisy: true, doubled: true }, async (address) => {
      const context = contextFor(address);
      await protocol.execute(GET, context);
      await protocol.execute(WALK, context);
      expect(context.valueOf(SYS_NAME)?.value).toBe('sim-gw-0001');
    });
  });

  it('gets through an agent that loses a third of the requests', async () => {
    await withAgent({ dropShare: 0.3 }, async (address) => {
      const context = contextFor(address, { settings: { timeoutMs: 50, retries: 8 } });
      await protocol.execute(WALK, context);
      expect(context.received.length).toBeGreaterThan(60);
    });
  });

  it('learns from ICMP that nobody listens, without waiting for the timeout', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => {
      socket.bind(0, '127.0.0.1', resolve);
    });
    const address = `127.0.0.1:${socket.address().port}`;
    await new Promise<void>((resolve) => {
      socket.close(resolve);
    });
    const context = contextFor(address, { settings: { timeoutMs: 10_000 } });
    const error = await failureOf(protocol.execute(GET, context));
    expect([error.code, error.native]).toEqual(['snmp.unreachable', 'ECONNREFUSED']);
  });

  it('says when a name cannot be resolved', async () => {
    const error = await failureOf(protocol.execute(GET, contextFor('no-such-host.invalid:161')));
    expect([error.code, error.errorClass]).toEqual(['snmp.resolve', 'unreachable']);
  });

  it('contacts no address that the platform forbids', async () => {
    await withAgent({}, async (address, simulator) => {
      const guarded = snmpProtocol.open({
        monotonicMs: () => performance.now(),
        randomBytes: (size) => new Uint8Array(size),
        allowsAddress: deviceAddressPolicy({ allowLoopback: false }),
      });
      const error = await failureOf(guarded.execute(GET, contextFor(address)));
      expect([error.code, error.errorClass]).toEqual(['snmp.address_denied', 'permanent']);
      expect(simulator.requests()).toBe(0);
      await guarded.close();
    });
  });

  it.each([
    ['wrong community', { version: '2c', community: 'nonsense' }],
    ['v1 with a wrong community', { version: '1', community: 'nonsense' }],
  ])('hears nothing with a %s', async (_name, credentials) => {
    await withAgent({}, async (address) => {
      const context = contextFor(address, { credentials, settings: SHORT });
      const error = await failureOf(protocol.execute(GET, context));
      expect(error.code).toBe('snmp.timeout');
      expect(error.hint).toContain('community');
    });
  });

  it('refuses a path that is no OID before anything is sent', async () => {
    await withAgent({}, async (address, simulator) => {
      const operation: DeviceOperation = { kind: 'get', paths: ['sysName.0'] };
      const error = await failureOf(protocol.execute(operation, contextFor(address)));
      expect([error.code, error.path]).toEqual(['snmp.invalid_oid', 'sysName.0']);
      expect(simulator.requests()).toBe(0);
    });
  });

  describe('get', () => {
    const columns = Array.from({ length: 30 }, (_, index) => `1.3.6.1.2.1.1.${(index % 7) + 1}.0`);
    const paths = [...new Set(columns), '1.3.6.1.2.1.2.1.0', '1.3.6.1.9.9.9'];

    it('halves a question until the device can answer', async () => {
      await withAgent({ tooBigAbove: 2 }, async (address) => {
        const context = contextFor(address);
        await protocol.execute({ kind: 'get', paths }, context);
        expect(context.received.map(({ path }) => path)).toEqual(paths);
        expect(context.valueOf('1.3.6.1.9.9.9')?.state).toBe('not_supported');
      });
    });

    it('takes what v1 refuses out, one by one', async () => {
      await withAgent({}, async (address) => {
        const context = contextFor(address, { credentials: { version: '1', community: 'demo' } });
        const some = ['1.3.6.1.9.1', SYS_NAME, '1.3.6.1.9.2', SYS_DESCR];
        await protocol.execute({ kind: 'get', paths: some }, context);
        expect(context.received.map(({ state }) => state)).toEqual([
          'not_supported',
          'known',
          'not_supported',
          'known',
        ]);
      });
    });

    it('splits by the largest number of values a PDU', async () => {
      await withAgent({}, async (address, simulator) => {
        const context = contextFor(address, { settings: { maxVarbindsPerGet: 4 } });
        await protocol.execute({ kind: 'get', paths }, context);
        expect(simulator.requests()).toBe(3);
        expect(context.batches).toEqual([4, 4, 1]);
      });
    });

    it('keeps order and doubles of the caller', async () => {
      await withAgent({}, async (address) => {
        const context = contextFor(address);
        await protocol.execute({ kind: 'get', paths: [SYS_NAME, SYS_DESCR, SYS_NAME] }, context);
        expect(context.received.map(({ path }) => path)).toEqual([SYS_NAME, SYS_DESCR, SYS_NAME]);
      });
    });
  });

  describe('walk', () => {
    it.each([
      ['loops', { nonIncreasing: true }, 'snmp.non_increasing'],
      ['never ends', { endless: true }, 'snmp.walk_limit'],
    ] as const)('of a device that %s is partial', async (_name, faults, code) => {
      await withAgent(faults, async (address, simulator) => {
        const path = code === 'snmp.walk_limit' ? '1.3.6.1.4.1' : '1.3.6.1.2.1.2';
        const context = contextFor(address);
        const result = await protocol.execute({ kind: 'walk', path, limit: 1200 }, context);
        expect(result.partial?.code).toBe(code);
        expect(result.valueCount).toBe(context.received.length);
        expect(simulator.requests()).toBeLessThan(60);
      });
    });

    it.each<[string, AgentFaults, object]>([
      ['by GETBULK', {}, {}],
      ['by GETNEXT', {}, { bulk: 'off' }],
      ['with an agent that fails GETBULK', { genErrOnBulk: true }, {}],
      ['with an agent of small replies', { tooBigAbove: 3 }, {}],
    ])('brings the same values %s', async (_name, faults, settings) => {
      await withAgent(faults, async (address) => {
        const context = contextFor(address, { settings });
        const result = await protocol.execute(WALK, context);
        const paths = context.received.map(({ path }) => path);
        expect(paths).toHaveLength(1 + 17 * Number(context.received[0]?.value));
        expect(new Set(paths).size).toBe(paths.length);
        expect(result).toEqual({ valueCount: paths.length });
      });
    });

    it('streams in chunks, saves its position, and goes on from it', async () => {
      await withAgent({ endless: true }, async (address) => {
        const context = contextFor(address);
        const operation: DeviceOperation = { kind: 'walk', path: '1.3.6.1.4.1', limit: 1200 };
        await protocol.execute(operation, context);
        expect(context.batches.length).toBeGreaterThan(1);
        const [step] = context.steps;
        expect(step).toMatchObject({ done: context.batches[0] });
        const again = contextFor(address, { step: step ?? null, attempt: 2 });
        const result = await protocol.execute(operation, again);
        expect(result.valueCount).toBe(1200);
        expect(again.received).toHaveLength(1200 - (context.batches[0] ?? 0));
      });
    });

    it('of an instance reads the instance', async () => {
      await withAgent({}, async (address) => {
        const context = contextFor(address);
        const result = await protocol.execute({ kind: 'walk', path: SYS_NAME, limit: 5 }, context);
        expect(result.valueCount).toBe(1);
        expect(context.valueOf(SYS_NAME)?.value).toBe('sim-gw-0001');
      });
    });

    it('of nothing is empty', async () => {
      await withAgent({}, async (address) => {
        const context = contextFor(address);
        const operation: DeviceOperation = { kind: 'walk', path: '1.3.6.1.3', limit: 5 };
        expect(await protocol.execute(operation, context)).toEqual({ valueCount: 0 });
      });
    });

    it('stops between two PDUs when it is aborted', async () => {
      await withAgent({ endless: true }, async (address, simulator) => {
        const context: Context = contextFor(address, {
          onGuard: () => {
            if (context.guards.length === 3) context.abort('lease_lost');
          },
        });
        const operation: DeviceOperation = { kind: 'walk', path: '1.3.6.1.4.1', limit: 50_000 };
        await expect(protocol.execute(operation, context)).rejects.toBeInstanceOf(ExecutionAborted);
        expect(simulator.requests()).toBe(2);
      });
    });
  });

  describe('set', () => {
    it('records desired and old value before it sends', async () => {
      await withAgent({}, async (address) => {
        const context = contextFor(address);
        const result = await protocol.execute(RENAME, context);
        expect(context.begun).toEqual([
          {
            kind: 'set',
            evidence: { values: [{ path: SYS_NAME, want: 'renamed', old: 'sim-gw-0001' }] },
          },
        ]);
        expect(result.output).toMatchObject({ results: [{ outcome: 'verified', got: 'renamed' }] });
      });
    });

    it.each([
      ['was lost', 'after'],
      ['was garbage', 'garbled'],
    ] as const)('is done when the answer %s but the value is there', async (_name, silentSet) => {
      await withAgent({ silentSet }, async (address, simulator) => {
        const result = await protocol.execute(RENAME, contextFor(address, { settings: SHORT }));
        expect(result.output).toMatchObject({ results: [{ outcome: 'verified' }] });
        expect(simulator.requests()).toBe(3);
      });
    });

    it('fails for another try when it had no effect, and is sent once', async () => {
      await withAgent({ silentSet: 'before' }, async (address, simulator) => {
        const context = contextFor(address, { settings: SHORT });
        const error = await failureOf(protocol.execute(RENAME, context));
        expect([error.code, error.errorClass, error.uncertain]).toEqual([
          'snmp.timeout',
          'transient',
          false,
        ]);
        expect(simulator.requests()).toBe(3);
      });
    });

    it('is uncertain when the device falls silent with it', async () => {
      const simulator = await snmpSimulator.start({
        host: '127.0.0.1',
        port: 0,
        agents: 1,
        seed: 3,
      });
      const context = contextFor(simulator.devices[0]?.address ?? '', {
        settings: SHORT,
        onEffect: () => simulator.close(),
      });
      const error = await failureOf(protocol.execute(RENAME, context));
      expect([error.code, error.uncertain]).toEqual(['snmp.effect_uncertain', true]);
      expect(context.begun).toHaveLength(1);
    });

    it('looks first in mode verify and sends nothing that is done', async () => {
      await withAgent({}, async (address, simulator) => {
        await protocol.execute(RENAME, contextFor(address));
        const before = simulator.requests();
        const context = contextFor(address, {
          mode: 'verify',
          effects: [{ n: 1, kind: 'set', evidence: null }],
        });
        const result = await protocol.execute(RENAME, context);
        expect(result.output).toMatchObject({ results: [{ outcome: 'verified' }] });
        expect(context.begun).toEqual([]);
        expect(simulator.requests()).toBe(before + 1);
      });
    });

    it('sends again in mode verify what is not done', async () => {
      await withAgent({}, async (address) => {
        const context = contextFor(address, { mode: 'verify' });
        await protocol.execute(RENAME, context);
        expect(context.begun).toHaveLength(1);
      });
    });

    it.each<[string, DeviceOperation, object | undefined, string, string]>([
      [
        'the read community',
        RENAME,
        { version: '2c', community: 'demo' },
        'snmp.access_denied',
        'noAccess',
      ],
      [
        'a read-only object',
        { kind: 'set', values: [{ path: SYS_DESCR, value: 'x' }] },
        undefined,
        'snmp.access_denied',
        'notWritable',
      ],
      [
        'a wrong type',
        { kind: 'set', values: [{ path: SYS_NAME, value: 5, type: 'int' }] },
        undefined,
        'snmp.bad_value',
        'wrongType',
      ],
      [
        'too long a text',
        { kind: 'set', values: [{ path: SYS_NAME, value: 'x'.repeat(300) }] },
        undefined,
        'snmp.bad_value',
        'wrongLength',
      ],
      [
        'an object that does not exist',
        { kind: 'set', values: [{ path: '1.3.6.1.2.1.1.99.0', value: 1, type: 'int' }] },
        undefined,
        'snmp.inconsistent',
        'noCreation',
      ],
      [
        'v1 and a bad value',
        { kind: 'set', values: [{ path: SYS_NAME, value: 5, type: 'int' }] },
        { version: '1', community: 'demo', writeCommunity: 'demo-write' },
        'snmp.bad_value',
        'badValue',
      ],
    ])('names what the device refused: %s', async (_name, operation, credentials, code, native) => {
      await withAgent({}, async (address) => {
        const context = contextFor(address, credentials === undefined ? {} : { credentials });
        const error = await failureOf(protocol.execute(operation, context));
        expect([error.code, error.native, error.uncertain]).toEqual([code, native, false]);
        expect(error.path).toBe(operation.kind === 'set' ? operation.values[0]?.path : null);
      });
    });

    it('changes all or nothing', async () => {
      await withAgent({}, async (address) => {
        const values = [
          { path: SYS_NAME, value: 'half' },
          { path: SYS_DESCR, value: 'no' },
        ];
        await failureOf(protocol.execute({ kind: 'set', values }, contextFor(address)));
        const context = contextFor(address);
        await protocol.execute(GET, context);
        expect(context.valueOf(SYS_NAME)?.value).toBe('sim-gw-0001');
      });
    });
  });

  describe('many devices', () => {
    it('holds the number of requests in flight to one device', async () => {
      await withAgent({ delayMs: 20 }, async (address) => {
        const settings = { maxInFlight: 2, timeoutMs: 2000 };
        const started = performance.now();
        await Promise.all(
          Array.from({ length: 6 }, () => protocol.execute(GET, contextFor(address, { settings }))),
        );
        expect(performance.now() - started).toBeGreaterThan(3 * 20 - 5);
      });
    });

    it('asks 700 agents at once', async () => {
      const simulator = await snmpSimulator.start({
        host: '127.0.0.1',
        port: 0,
        agents: 700,
        seed: 1,
      });
      try {
        const settings = { timeoutMs: 2000 };
        const names = await Promise.all(
          simulator.devices.map(async ({ address }) => {
            const context = contextFor(address, { settings });
            await protocol.execute(GET, context);
            return context.valueOf(SYS_NAME)?.value;
          }),
        );
        expect(names).toEqual(simulator.devices.map(({ name }) => name));
      } finally {
        await simulator.close();
      }
    });
  });
});
