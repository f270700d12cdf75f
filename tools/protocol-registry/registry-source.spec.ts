import { describe, expect, it } from '@jest/globals';
import { protocolFolders, registrySource } from './registry-source.ts';

describe('the protocol registry', () => {
  it('takes every folder but core and itself, in order', () => {
    expect(protocolFolders(['usp', 'registry', 'core', 'snmp', '.cache'])).toEqual(['snmp', 'usp']);
  });

  it('imports each descriptor by the name of its folder', () => {
    const source = registrySource(['snmp', 'web-pa']);
    expect(source).toContain("import { snmpProtocol } from '@drm/protocol-snmp';");
    expect(source).toContain("import { webPaProtocol } from '@drm/protocol-web-pa';");
    expect(source).toContain('[snmpProtocol, webPaProtocol]');
  });
});
