/** Paths worth trying, by protocol: data, so that a protocol without examples simply has none. */
export interface PathExample {
  readonly path: string;
  readonly name: string;
}

const EXAMPLES: Readonly<Record<string, readonly PathExample[]>> = {
  snmp: [
    { path: '1.3.6.1.2.1.1.5.0', name: 'sysName' },
    { path: '1.3.6.1.2.1.1.3.0', name: 'sysUpTime' },
    { path: '1.3.6.1.2.1.1.1.0', name: 'sysDescr' },
    { path: '1.3.6.1.2.1.1.6.0', name: 'sysLocation' },
    { path: '1.3.6.1.2.1.2.1.0', name: 'ifNumber' },
  ],
};

const SUBTREES: Readonly<Record<string, readonly PathExample[]>> = {
  snmp: [
    { path: '1.3.6.1.2.1.1', name: 'system' },
    { path: '1.3.6.1.2.1.2.2', name: 'ifTable' },
    { path: '1.3.6.1.2.1.25', name: 'host' },
  ],
};

const WRITABLE: Readonly<Record<string, readonly PathExample[]>> = {
  snmp: [
    { path: '1.3.6.1.2.1.1.4.0', name: 'sysContact' },
    { path: '1.3.6.1.2.1.1.5.0', name: 'sysName' },
    { path: '1.3.6.1.2.1.1.6.0', name: 'sysLocation' },
  ],
};

const of = (
  table: Readonly<Record<string, readonly PathExample[]>>,
  protocols: readonly string[],
): readonly PathExample[] => protocols.flatMap((protocol) => table[protocol] ?? []);

export const valueExamples = (protocols: readonly string[]) => of(EXAMPLES, protocols);
export const subtreeExamples = (protocols: readonly string[]) => of(SUBTREES, protocols);
export const writableExamples = (protocols: readonly string[]) => of(WRITABLE, protocols);
