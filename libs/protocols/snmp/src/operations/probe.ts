import type { DeviceIdentity, OperationResult } from '@drm/contracts';
import { ProtocolError } from '@drm/protocol-core';
import type { Oid } from '../codec/oid.ts';
import { isAbsent, type SnmpValue } from '../codec/snmp-value.ts';
import { parameterValue, printable } from '../values/parameter-value.ts';
import { vendorOf } from '../vendors.ts';
import type { Exchanges, SnmpContext } from './exchanges.ts';
import { readValues, type ReadValues } from './read.ts';

/** SNMPv2-MIB system group, and the chassis' row of ENTITY-MIB where there is one. */
const OIDS = {
  sysDescr: '1.3.6.1.2.1.1.1.0',
  sysObjectId: '1.3.6.1.2.1.1.2.0',
  sysUpTime: '1.3.6.1.2.1.1.3.0',
  sysContact: '1.3.6.1.2.1.1.4.0',
  sysName: '1.3.6.1.2.1.1.5.0',
  sysLocation: '1.3.6.1.2.1.1.6.0',
  softwareRevision: '1.3.6.1.2.1.47.1.1.1.1.10.1',
  serialNumber: '1.3.6.1.2.1.47.1.1.1.1.11.1',
  manufacturer: '1.3.6.1.2.1.47.1.1.1.1.12.1',
  model: '1.3.6.1.2.1.47.1.1.1.1.13.1',
} as const satisfies Record<string, Oid>;

/** Identity of the device. @throws ProtocolError `snmp.wrong_privacy_key` when only the encrypted request is unanswered */
export async function executeProbe(
  exchanges: Exchanges,
  context: SnmpContext,
  withoutPrivacy: (() => Exchanges) | null,
): Promise<OperationResult> {
  const values = await readIdentity(exchanges, context, withoutPrivacy);
  const known = Object.values(OIDS).flatMap((oid) => {
    const value = values.get(oid);
    return value === undefined || isAbsent(value) ? [] : [parameterValue(oid, value)];
  });
  context.values(known);
  return { identity: identityOf(values), valueCount: known.length };
}

async function readIdentity(
  exchanges: Exchanges,
  context: SnmpContext,
  withoutPrivacy: (() => Exchanges) | null,
): Promise<ReadValues> {
  try {
    return await readValues(
      exchanges,
      Object.values(OIDS),
      context.endpoint.settings.maxVarbindsPerGet,
    );
  } catch (error) {
    const isAmbiguous = error instanceof ProtocolError && error.code === 'snmp.timeout_or_privacy';
    if (!isAmbiguous || withoutPrivacy === null) throw error;
    if (!(await answersWithout(withoutPrivacy()))) throw error;
    throw new ProtocolError(
      'auth',
      'snmp.wrong_privacy_key',
      'wrong privacy password or algorithm',
      {
        hint: 'The device answers with authentication alone: check privacy password, algorithm and context name.',
      },
    );
  }
}

/** Any authenticated answer, even a refusal, proves the authentication key. */
async function answersWithout(exchanges: Exchanges): Promise<boolean> {
  try {
    await exchanges.get([OIDS.sysUpTime]);
    return true;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return error.code === 'snmp.security_level';
  }
}

function identityOf(values: ReadValues): DeviceIdentity {
  const text = (oid: Oid): string | null => textOf(values.get(oid));
  const objectId = values.get(OIDS.sysObjectId);
  const upTime = values.get(OIDS.sysUpTime);
  const objectIdText = objectId?.type === 'oid' ? objectId.value : null;
  return {
    description: text(OIDS.sysDescr),
    objectId: objectIdText,
    systemName: text(OIDS.sysName),
    vendor: text(OIDS.manufacturer) ?? (objectIdText === null ? null : vendorOf(objectIdText)),
    model: text(OIDS.model),
    serialNumber: text(OIDS.serialNumber),
    softwareVersion: text(OIDS.softwareRevision),
    uptimeSeconds: upTime?.type === 'timeTicks' ? Math.floor(upTime.value / 100) : null,
  };
}

function textOf(value: SnmpValue | undefined): string | null {
  if (value?.type !== 'octetString') return null;
  const text = printable(value.value)?.text.trim() ?? '';
  return text === '' ? null : text;
}
