import { createRequire } from 'node:module';

/** The little of net-snmp's agent that the tests use; the package has no types. */
interface NetSnmp {
  createAgent(
    options: { port: number; address: string; disableAuthorization: boolean },
    onError: (error: Error | null) => void,
  ): {
    registerProvider(provider: object): void;
    getMib(): { setScalarValue(name: string, value: string | number): void };
    close(): void;
  };
  readonly MibProviderType: { readonly Scalar: number };
  readonly ObjectType: Readonly<Record<'OctetString' | 'OID' | 'TimeTicks', number>>;
  readonly MaxAccess: Readonly<Record<string, number>>;
}

const snmp = createRequire(import.meta.url)('net-snmp') as NetSnmp;

/** A real SNMP agent (v1, v2c) in the test's own process, so that a test decides what a device says. */
export class SnmpAgent {
  private constructor(
    readonly port: number,
    private readonly agent: ReturnType<NetSnmp['createAgent']>,
  ) {}

  /** @param facts what the system group answers */
  static start(
    port: number,
    facts: { readonly sysName: string; readonly sysDescr?: string },
  ): SnmpAgent {
    const agent = snmp.createAgent(
      { port, address: '127.0.0.1', disableAuthorization: true },
      () => undefined,
    );
    const scalar = (name: string, oid: string, type: 'OctetString' | 'OID' | 'TimeTicks') =>
      agent.registerProvider({
        name,
        type: snmp.MibProviderType.Scalar,
        oid,
        scalarType: snmp.ObjectType[type],
        maxAccess: snmp.MaxAccess['read-write'],
      });
    scalar('sysDescr', '1.3.6.1.2.1.1.1', 'OctetString');
    scalar('sysObjectID', '1.3.6.1.2.1.1.2', 'OID');
    scalar('sysUpTime', '1.3.6.1.2.1.1.3', 'TimeTicks');
    scalar('sysName', '1.3.6.1.2.1.1.5', 'OctetString');
    const mib = agent.getMib();
    mib.setScalarValue('sysDescr', facts.sysDescr ?? 'test agent');
    mib.setScalarValue('sysObjectID', '1.3.6.1.4.1.8072.3.2.10');
    mib.setScalarValue('sysUpTime', 4_242);
    mib.setScalarValue('sysName', facts.sysName);
    return new SnmpAgent(port, agent);
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  stop(): void {
    this.agent.close();
  }
}
