import { ProtocolError } from '@drm/protocol-core';
import { isIP, isIPv6 } from 'node:net';
import * as z from 'zod';

const community = z
  .string()
  .min(1)
  .max(255)
  .meta({ title: 'Community', description: 'Read community of the agent', writeOnly: true });
const writeCommunity = z.string().min(1).max(255).optional().meta({
  title: 'Write community',
  description: 'Used for SET; the read community when absent',
  writeOnly: true,
});

const CommunityV1 = z
  .strictObject({
    version: z.literal('1').meta({ title: 'Version' }),
    community,
    writeCommunity,
  })
  .meta({ title: 'SNMP v1' });
const CommunityV2c = z
  .strictObject({
    version: z.literal('2c').meta({ title: 'Version' }),
    community,
    writeCommunity,
  })
  .meta({ title: 'SNMP v2c' });

export const AUTH_PROTOCOLS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
export const PRIV_PROTOCOLS = [
  'des',
  'aes128',
  'aes192',
  'aes256',
  'aes192-cisco',
  'aes256-cisco',
] as const;

const UsmV3 = z
  .strictObject({
    version: z.literal('3').meta({ title: 'Version' }),
    user: z
      .string()
      .min(1)
      .max(32)
      .meta({ title: 'User', description: 'Security name, 1-32 octets' }),
    level: z
      .enum(['noAuthNoPriv', 'authNoPriv', 'authPriv'])
      .default('authPriv')
      .meta({ title: 'Security level' }),
    authProtocol: z.enum(AUTH_PROTOCOLS).default('sha256').meta({
      title: 'Authentication algorithm',
      description: 'Used when the level asks for authentication',
    }),
    authPassword: z.string().min(8).max(255).optional().meta({
      title: 'Authentication password',
      description: 'At least 8 characters (RFC 3414, 11.2)',
      writeOnly: true,
    }),
    privProtocol: z.enum(PRIV_PROTOCOLS).default('aes128').meta({
      title: 'Privacy algorithm',
      description: 'The -cisco forms extend short keys the other way',
    }),
    privPassword: z.string().min(8).max(255).optional().meta({
      title: 'Privacy password',
      description: 'The authentication password when absent',
      writeOnly: true,
    }),
    contextName: z.string().max(255).optional().meta({
      title: 'Context name',
      description: 'For agents with several views, e.g. one a VLAN',
    }),
  })
  .superRefine((value, issues) => {
    if (value.level !== 'noAuthNoPriv' && value.authPassword === undefined) {
      issues.addIssue({
        code: 'custom',
        path: ['authPassword'],
        message: `needed for level ${value.level}`,
      });
    }
  })
  .meta({ title: 'SNMP v3' });

export const SnmpCredentials = z
  .discriminatedUnion('version', [CommunityV2c, UsmV3, CommunityV1])
  .meta({ title: 'SNMP credentials' });
export type SnmpCredentials = z.output<typeof SnmpCredentials>;
export type UsmCredentials = Extract<SnmpCredentials, { version: '3' }>;

/** Longest exchange the settings may allow, so that it fits into a lengthened lease. */
const MAX_EXCHANGE_MS = 60_000;

export const SnmpSettings = z
  .strictObject({
    timeoutMs: z.number().int().min(50).max(60_000).default(2000).meta({
      title: 'Timeout (ms)',
      description: 'Of the first attempt; each retry waits 1.5 times longer',
    }),
    retries: z.number().int().min(0).max(10).default(2).meta({ title: 'Retries' }),
    maxInFlight: z.number().int().min(1).max(4).default(2).meta({
      title: 'Requests in flight',
      description: 'PDUs to this device at the same time',
    }),
    maxVarbindsPerGet: z.number().int().min(1).max(128).default(20).meta({
      title: 'Values per GET',
    }),
    maxRepetitions: z.number().int().min(1).max(100).default(50).meta({
      title: 'Largest max-repetitions',
      description: 'Walks start at 10 and grow up to this',
    }),
    maxPduBytes: z.number().int().min(484).max(65_507).default(1400).meta({
      title: 'Wanted reply size (bytes)',
    }),
    bulk: z.enum(['auto', 'on', 'off']).default('auto').meta({
      title: 'GETBULK',
      description: 'off: walks use GETNEXT',
    }),
    nonIncreasing: z.enum(['stop', 'tolerate-once']).default('stop').meta({
      title: 'On OIDs that do not increase',
    }),
    acceptOtherSource: z.boolean().default(false).meta({
      title: 'Accept replies from another address',
      description:
        'Only for devices known to answer from another address or port; weakens security',
    }),
    interPduDelayMs: z.number().int().min(0).max(10_000).default(0).meta({
      title: 'Pause between requests (ms)',
      description: 'For weak devices',
    }),
  })
  .refine(
    (value) => {
      const attempts = value.retries + 1;
      return (value.timeoutMs * (1.5 ** attempts - 1)) / 0.5 <= MAX_EXCHANGE_MS;
    },
    {
      path: ['retries'],
      message: `timeout and retries together must stay below ${MAX_EXCHANGE_MS / 1000} s`,
    },
  )
  .meta({ title: 'SNMP settings' });
export type SnmpSettings = z.output<typeof SnmpSettings>;

const DEFAULT_PORT = 161;
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*\.?$/;

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** Splits `host`, `host:port`, `[v6]` or `[v6]:port`. @throws ProtocolError `invalid_argument` */
export function splitAddress(text: string): HostAndPort {
  const trimmed = text.trim().toLowerCase();
  if (isIPv6(trimmed)) return { host: trimmed, port: DEFAULT_PORT };
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(trimmed);
  const host = match?.[1] ?? match?.[2] ?? '';
  const port = match?.[3] === undefined ? DEFAULT_PORT : Number(match[3]);
  const bracketed = match?.[1] !== undefined;
  const valid = bracketed ? isIPv6(host) : isIP(host) === 4 || isHostName(host);
  if (!valid || port < 1 || port > 65_535) {
    throw new ProtocolError('permanent', 'invalid_argument', 'the address is not host:port', {
      hint: 'Give a name or an IP address and a port, e.g. 192.0.2.7:161 or [2001:db8::7]:161.',
    });
  }
  return { host, port };
}

/** Digits and dots alone are a mistyped IPv4 address, not a name. */
const isHostName = (text: string): boolean => HOST_NAME.test(text) && !/^[\d.]+$/.test(text);

export function parseSnmpAddress(text: string): string {
  const { host, port } = splitAddress(text);
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
