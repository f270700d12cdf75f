export { snmpProtocol } from './snmp.protocol.ts';
