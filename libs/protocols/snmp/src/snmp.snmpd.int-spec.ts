import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DeviceOperation, ParameterValue } from '@drm/contracts';
import { ProtocolError, type ProtocolInstance } from '@drm/protocol-core';
import { RecordingContext } from '@drm/protocol-core/testing';
import { SnmpCredentials, SnmpSettings } from './endpoint.ts';
import { snmpProtocol } from './snmp.protocol.ts';
import { missingTools, startSnmpd, type RunningSnmpd, type UsmUser } from './testing/snmpd.ts';

const AUTH_PASSWORD = 'correct horse battery';
const PRIV_PASSWORD = 'staple staple staple';

/** createUser's names, and the credentials' names of the same. */
const AUTH = [
  ['MD5', 'md5'],
  ['SHA', 'sha1'],
  ['SHA-224', 'sha224'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
] as const;
const PRIV = [
  ['AES', 'aes128'],
  ['AES-256', 'aes256'],
  ['AES-256-C', 'aes256-cisco'],
] as const;

const userName = (auth: string, priv?: string): string =>
  `u-${auth}${priv === undefined ? '' : `-${priv}`}`;
const COMBINATIONS = AUTH.flatMap(([authName, auth]) =>
  PRIV.map(([privName, priv]) => ({ authName, auth, privName, priv })),
);
const USERS: readonly UsmUser[] = [
  ...COMBINATIONS.map(({ authName, auth, privName, priv }) => ({
    name: userName(auth, priv),
    auth: { protocol: authName, password: AUTH_PASSWORD },
    priv: { protocol: privName, password: PRIV_PASSWORD },
  })),
  { name: 'u-auth', auth: { protocol: 'SHA-256', password: AUTH_PASSWORD } },
  { name: 'u-open' },
];

const SYS_DESCR = '1.3.6.1.2.1.1.1.0';
const SYS_OBJECT_ID = '1.3.6.1.2.1.1.2.0';
const INTEGER_LEAF = '1.3.6.1.4.1.8072.9999.9999.1.1.0';
const TEXT_LEAF = '1.3.6.1.4.1.8072.9999.9999.1.2.0';
const GET: DeviceOperation = { kind: 'get', paths: [SYS_DESCR, SYS_OBJECT_ID] };

const missing = missingTools();
if (missing.length > 0) {
  process.stdout.write(`SKIPPED: SNMP against snmpd, because of missing ${missing.join(', ')}\n`);
}
const describeWithSnmpd = missing.length === 0 ? describe : describe.skip;

describeWithSnmpd('SNMP against the snmpd of Debian', () => {
  let snmpd: RunningSnmpd;
  let protocol: ProtocolInstance<SnmpCredentials, SnmpSettings>;

  beforeAll(async () => {
    snmpd = await startSnmpd(USERS);
    protocol = open();
  }, 20_000);
  afterAll(async () => {
    await protocol?.close();
    await snmpd?.close();
  });

  const open = () =>
    snmpProtocol.open({
      monotonicMs: () => performance.now(),
      randomBytes: (size) => new Uint8Array(size),
    });

  const context = (credentials: object, settings: object = {}) =>
    new RecordingContext<SnmpCredentials, SnmpSettings>({
      id: JSON.stringify(credentials),
      deviceId: 'snmpd',
      address: `127.0.0.1:${snmpd.port}`,
      credentials: SnmpCredentials.parse(credentials),
      settings: SnmpSettings.parse({ timeoutMs: 1500, retries: 2, ...settings }),
    });
  const PUBLIC = { version: '2c', community: 'public', writeCommunity: 'private' };
  const usm = (auth: string, priv: string, changes: object = {}) => ({
    version: '3',
    user: userName(auth, priv),
    level: 'authPriv',
    authProtocol: auth,
    authPassword: AUTH_PASSWORD,
    privProtocol: priv,
    privPassword: PRIV_PASSWORD,
    ...changes,
  });

  const failureOf = async (run: Promise<unknown>): Promise<ProtocolError> => {
    const error = await run.then(
      () => new Error('it succeeded'),
      (reason: unknown) => reason,
    );
    if (!(error instanceof ProtocolError)) throw error;
    return error;
  };

  /** A line of the C tools, `.1.3.6.1.2.1.1.7.0 = 72`, by its OID. */
  const byOid = (lines: readonly string[]): Map<string, string> => {
    const values = new Map<string, string>();
    let last = '';
    for (const line of lines) {
      const match = /^\.([\d.]+) = ?(.*)$/.exec(line);
      if (match !== null) last = match[1] ?? '';
      // Long texts and hex go on over several lines.
      values.set(last, match === null ? `${values.get(last) ?? ''}\n${line}` : (match[2] ?? ''));
    }
    return values;
  };

  /** Does our value say the same as the line of the C tool? */
  function expectSame(ours: ParameterValue, line: string): void {
    const told: unknown[] = [ours.path];
    if (ours.type === 'objectId') {
      expect([...told, line]).toEqual([...told, `.${String(ours.value)}`]);
    } else if (ours.type === 'timeTicks') {
      const [days, hours, minutes, seconds] = line.split(':').map(Number);
      const ticks = (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
      // The clock goes on between the two readings.
      expect(Math.abs(ticks * 100 - Number(ours.value))).toBeLessThan(1000);
    } else if (ours.type === 'string' || ours.type === 'hexBinary') {
      const text = line.replace(/^"|"$/g, '').replace(/^Hex-STRING: /, '');
      const asHex = text.replace(/[\s]/g, '').toLowerCase();
      expect([text.trimEnd(), asHex]).toContain(
        ours.type === 'string' ? String(ours.value).trimEnd() : String(ours.value),
      );
    } else {
      expect([...told, line]).toEqual([...told, String(ours.value)]);
    }
  }

  it('reads with v2c what snmpget reads', async () => {
    const recording = context(PUBLIC);
    await protocol.execute(GET, recording);
    const theirs = byOid(
      await snmpd.ask(
        'snmpget',
        '-v2c',
        '-c',
        'public',
        `127.0.0.1:${snmpd.port}`,
        SYS_DESCR,
        SYS_OBJECT_ID,
      ),
    );
    for (const value of recording.received) expectSame(value, theirs.get(value.path) ?? '');
    expect(recording.received).toHaveLength(2);
  });

  it.each([
    ['v1', { version: '1', community: 'public' }, ['-v1', '-c', 'public']],
    ['v2c', { version: '2c', community: 'public' }, ['-v2c', '-c', 'public']],
    [
      'v3 SHA-256 and AES-128',
      usm('sha256', 'aes128'),
      [
        '-v3',
        '-l',
        'authPriv',
        '-u',
        userName('sha256', 'aes128'),
        '-a',
        'SHA-256',
        '-A',
        AUTH_PASSWORD,
        '-x',
        'AES',
        '-X',
        PRIV_PASSWORD,
      ],
    ],
  ])(
    'walks the system and interface groups with %s like snmpwalk',
    async (_name, credentials, args) => {
      for (const root of ['1.3.6.1.2.1.1', '1.3.6.1.2.1.2.2.1.2', '1.3.6.1.2.1.2.2.1.6']) {
        const recording = context(credentials);
        const result = await protocol.execute({ kind: 'walk', path: root, limit: 5000 }, recording);
        const theirs = byOid(await snmpd.ask('snmpwalk', ...args, `127.0.0.1:${snmpd.port}`, root));
        expect(recording.received.map(({ path }) => path)).toEqual([...theirs.keys()]);
        for (const value of recording.received) expectSame(value, theirs.get(value.path) ?? '');
        expect(result.partial).toBeUndefined();
      }
    },
  );

  it('walks everything there is, in order, and ends', async () => {
    const recording = context(PUBLIC, { timeoutMs: 2000 });
    const result = await protocol.execute(
      { kind: 'walk', path: '1.3.6.1', limit: 20_000 },
      recording,
    );
    expect(result.partial).toBeUndefined();
    expect(result.valueCount).toBeGreaterThan(500);
    expect(new Set(recording.received.map(({ path }) => path)).size).toBe(result.valueCount);
  }, 20_000);

  it.each(COMBINATIONS.map(({ auth, priv }) => [auth, priv] as const))(
    'reads with %s and %s',
    async (auth, priv) => {
      const recording = context(usm(auth, priv));
      await protocol.execute(GET, recording);
      expect(recording.valueOf(SYS_OBJECT_ID)?.value).toBe('1.3.6.1.4.1.8072.3.2.10');
    },
  );

  it.each([
    [
      'authNoPriv',
      { version: '3', user: 'u-auth', level: 'authNoPriv', authPassword: AUTH_PASSWORD },
    ],
    ['noAuthNoPriv', { version: '3', user: 'u-open', level: 'noAuthNoPriv' }],
  ])('reads with %s', async (_name, credentials) => {
    const recording = context(credentials);
    await protocol.execute(GET, recording);
    expect(recording.received).toHaveLength(2);
  });

  it('probes the identity', async () => {
    const { identity } = await protocol.execute({ kind: 'probe' }, context(PUBLIC));
    expect(identity).toMatchObject({
      objectId: '1.3.6.1.4.1.8072.3.2.10',
      vendor: 'Net-SNMP',
      serialNumber: null,
    });
    expect(identity?.description).toContain('Linux');
    expect(identity?.uptimeSeconds).toBeGreaterThanOrEqual(0);
  });

  it('lists columns of a table without reading its rows', async () => {
    const result = await protocol.execute(
      { kind: 'list', path: '1.3.6.1.2.1.2.2.1', depth: 1 },
      context(PUBLIC),
    );
    expect(result.output).toMatchObject({
      paths: expect.arrayContaining(['1.3.6.1.2.1.2.2.1.1', '1.3.6.1.2.1.2.2.1.10']),
    });
  });

  it.each([
    ['v2c', PUBLIC],
    ['v3', usm('sha256', 'aes128')],
  ])('writes with %s and reads it back', async (name, credentials) => {
    const values = [
      { path: TEXT_LEAF, value: `by ${name}` },
      { path: INTEGER_LEAF, value: 41 },
    ];
    const result = await protocol.execute({ kind: 'set', values }, context(credentials));
    expect(result.output).toMatchObject({
      results: [{ outcome: 'verified' }, { outcome: 'verified' }],
    });
    const theirs = await snmpd.ask(
      'snmpget',
      '-v2c',
      '-c',
      'public',
      `127.0.0.1:${snmpd.port}`,
      TEXT_LEAF,
    );
    expect(theirs[0]).toContain(`by ${name}`);
  });

  it.each([
    [
      'the read community',
      { version: '2c', community: 'public' },
      TEXT_LEAF,
      'x',
      'snmp.access_denied',
    ],
    ['a read-only object', PUBLIC, SYS_DESCR, 'x', 'snmp.access_denied'],
  ])('is refused a SET with %s', async (_name, credentials, path, value, code) => {
    const error = await failureOf(
      protocol.execute({ kind: 'set', values: [{ path, value }] }, context(credentials)),
    );
    expect([error.code, error.path]).toEqual([code, path]);
  });

  describe('wrong credentials', () => {
    it.each<[string, object, DeviceOperation, string, string]>([
      ['community', { version: '2c', community: 'wrong' }, GET, 'snmp.timeout', 'unreachable'],
      ['v1 community', { version: '1', community: 'wrong' }, GET, 'snmp.timeout', 'unreachable'],
      ['user', usm('sha256', 'aes128', { user: 'nobody' }), GET, 'snmp.unknown_user', 'auth'],
      [
        'authentication password',
        usm('sha256', 'aes128', { authPassword: 'not the password' }),
        GET,
        'snmp.wrong_auth_key',
        'auth',
      ],
      [
        'authentication algorithm',
        usm('sha256', 'aes128', { authProtocol: 'sha512' }),
        GET,
        'snmp.wrong_auth_key',
        'auth',
      ],
      [
        'privacy password',
        usm('sha256', 'aes128', { privPassword: 'not the password' }),
        GET,
        'snmp.timeout_or_privacy',
        'auth',
      ],
      [
        'privacy password, when probed',
        usm('sha256', 'aes128', { privPassword: 'not the password' }),
        { kind: 'probe' },
        'snmp.wrong_privacy_key',
        'auth',
      ],
      [
        'level',
        usm('sha256', 'aes128', { level: 'authNoPriv' }),
        GET,
        'snmp.access_denied',
        'permanent',
      ],
      [
        'level for the user',
        { version: '3', user: 'u-auth', level: 'authPriv', authPassword: AUTH_PASSWORD },
        GET,
        'snmp.security_level',
        'auth',
      ],
      ['algorithm DES', usm('sha256', 'des', { user: 'x' }), GET, 'snmp.unsupported', 'permanent'],
      ['algorithm AES-192', usm('sha256', 'aes192'), GET, 'snmp.unsupported', 'permanent'],
    ])('%s', async (_name, credentials, operation, code, errorClass) => {
      const fresh = open();
      try {
        const recording = context(credentials, { timeoutMs: 300, retries: 1 });
        const error = await failureOf(fresh.execute(operation, recording));
        expect([error.code, error.errorClass]).toEqual([code, errorClass]);
        const told = JSON.stringify([error.message, error.hint, error.stack, recording.logs]);
        expect(told).not.toContain('the password');
        expect(told).not.toContain(AUTH_PASSWORD);
      } finally {
        await fresh.close();
      }
    });

    it('names silence plainly once the same keys have worked', async () => {
      const other = await startSnmpd(USERS);
      const fresh = open();
      const credentials = usm('sha256', 'aes128');
      const at = (): RecordingContext<SnmpCredentials, SnmpSettings> => {
        const recording = context(credentials, { timeoutMs: 1000, retries: 0 });
        return new RecordingContext({
          ...recording.endpoint,
          address: `127.0.0.1:${other.port}`,
        });
      };
      try {
        await fresh.execute(GET, at());
        await other.close();
        const error = await failureOf(fresh.execute(GET, at()));
        expect(['snmp.timeout', 'snmp.unreachable']).toContain(error.code);
        expect(error.errorClass).toBe('unreachable');
      } finally {
        await fresh.close();
        await other.close();
      }
    }, 20_000);
  });

  it('learns the engine again when the device was replaced', async () => {
    const fresh = open();
    const credentials = usm('sha256', 'aes128');
    const first = await startSnmpd(USERS);
    const at = () =>
      new RecordingContext({
        ...context(credentials).endpoint,
        address: `127.0.0.1:${first.port}`,
      });
    await fresh.execute(GET, at());
    await first.close();
    // A new folder is a new engine id, with boots and time from the start.
    const second = await startSnmpd(USERS, first.port);
    try {
      const recording = at();
      await fresh.execute(GET, recording);
      expect(recording.received).toHaveLength(2);
    } finally {
      await fresh.close();
      await second.close();
    }
  }, 20_000);
});
