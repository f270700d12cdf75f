import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SNMPD = '/usr/sbin/snmpd';

/** Whether Debian's agent and its command-line tools are installed. */
export const hasSnmpd = existsSync(SNMPD) && existsSync('/usr/bin/snmpget');

export const USER = {
  name: 'operator',
  authPassword: 'authentication-1',
  privPassword: 'encryption-12',
};

/** A real agent on loopback with one community and one authPriv user. */
export class Snmpd {
  private constructor(
    readonly address: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Snmpd> {
    const port = await freeUdpPort();
    const folder = mkdtempSync(join(tmpdir(), 'drm-snmpd-'));
    const config = join(folder, 'snmpd.conf');
    writeFileSync(
      config,
      [
        `agentaddress udp:127.0.0.1:${port}`,
        'rocommunity secret-read',
        'rwcommunity secret-write',
        `createUser ${USER.name} SHA-256 "${USER.authPassword}" AES "${USER.privPassword}"`,
        `rwuser ${USER.name} authPriv`,
        'sysLocation Rack 4',
        '',
      ].join('\n'),
    );
    const child = spawn(SNMPD, ['-f', '-Lo', '-C', '-c', config], {
      env: { ...process.env, MIBS: '', SNMP_PERSISTENT_DIR: folder },
      stdio: 'ignore',
    });
    const agent = new Snmpd(`127.0.0.1:${port}`, child, folder);
    for (let attempt = 0; agent.get('1.3.6.1.2.1.1.5.0') === ''; attempt += 1) {
      if (attempt === 50) throw new Error('snmpd does not answer.');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return agent;
  }

  /** What Debian's snmpget prints for one OID, value only; empty when it fails. */
  get(oid: string): string {
    const args = ['-v2c', '-c', 'secret-read', '-t', '1', '-r', '0', '-Oqvtn', this.address, oid];
    const { status, stdout } = spawnSync('snmpget', args, {
      env: { ...process.env, MIBS: '' },
      encoding: 'utf8',
    });
    return status === 0 ? stdout.trim().replace(/^"|"$/g, '') : '';
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A UDP port nobody listens on. */
export function freeUdpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
