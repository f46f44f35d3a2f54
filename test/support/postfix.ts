import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const POSTFIX = '/usr/sbin/postfix';

/** Whether a real Postfix can be run here: it is installed (Debian: postfix) and we may start it, which only root may. */
export const hasPostfix = existsSync(POSTFIX) && process.getuid!() === 0;

const SERVICES: [name: string, type: string, isPrivate: string, wakeUp: string, limit: string, program: string][] = [
  ['pickup', 'unix', 'n', '60', '1', 'pickup'], ['cleanup', 'unix', 'n', '-', '0', 'cleanup'], ['qmgr', 'unix', 'n', '300', '1', 'qmgr'], ['rewrite', 'unix', '-', '-', '-', 'trivial-rewrite'],
  ['bounce', 'unix', '-', '-', '0', 'bounce'], ['defer', 'unix', '-', '-', '0', 'bounce'], ['trace', 'unix', '-', '-', '0', 'bounce'], ['proxymap', 'unix', '-', '-', '-', 'proxymap'],
  ['smtp', 'unix', '-', '-', '-', 'smtp'], ['relay', 'unix', '-', '-', '-', 'smtp'], ['error', 'unix', '-', '-', '-', 'error'], ['retry', 'unix', '-', '-', '-', 'error'],
  ['discard', 'unix', '-', '-', '-', 'discard'], ['anvil', 'unix', '-', '-', '1', 'anvil'], ['scache', 'unix', '-', '-', '1', 'scache'], ['flush', 'unix', 'n', '1000?', '0', 'flush'],
  ['showq', 'unix', 'n', '-', '-', 'showq'], ['tlsmgr', 'unix', '-', '1000?', '1', 'tlsmgr'], ['postlog', 'unix-dgram', 'n', '-', '1', 'postlogd'],
];

/** A relay of its own: folder, queue and port; nothing of the machine's Postfix is touched. */
export class Postfix {
  private readonly folder = mkdtempSync(join(tmpdir(), 'danbi-postfix-'));

  /** @param routes where mail of each domain goes, on the loopback interface; all else is refused */
  constructor(private readonly port: number, private readonly routes: Record<string, number>) {}

  async start(): Promise<void> {
    chmodSync(this.folder, 0o755);
    for (const each of ['etc', 'spool', 'data']) mkdirSync(join(this.folder, each));
    spawnSync('chown', ['postfix', join(this.folder, 'data')]);
    const transports = Object.entries(this.routes).map(([domain, port]) => `{${domain}=smtp:[127.0.0.1]:${port}}`).join(', ');
    writeFileSync(join(this.folder, 'etc', 'main.cf'), `
compatibility_level = 3.6
queue_directory = ${this.folder}/spool
data_directory = ${this.folder}/data
maillog_file_prefixes = ${this.folder}
maillog_file = ${this.folder}/log
myhostname = relay.danbi.example
mydestination =
local_recipient_maps =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
default_transport = error:5.1.2 there is no way to this domain
transport_maps = inline:{ ${transports} }
smtp_tls_security_level = none
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
`);
    writeFileSync(join(this.folder, 'etc', 'master.cf'), [`127.0.0.1:${this.port} inet n - n - - smtpd`, ...SERVICES.map(([name, type, isPrivate, wakeUp, limit, program]) => `${name} ${type} ${isPrivate} - n ${wakeUp} ${limit} ${program}`)].join('\n') + '\n');
    this.command('start');
    for (let tries = 0; tries < 200; tries += 1) {
      if (await this.answers()) return;
      await new Promise((done) => { setTimeout(done, 50); });
    }
    throw new Error('postfix does not answer');
  }

  /** What it has written down so far. */
  log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  stop(): void {
    this.command('stop');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private command(name: string): void {
    const { status, stderr } = spawnSync(POSTFIX, ['-c', join(this.folder, 'etc'), name], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`postfix ${name}: ${stderr}`);
  }

  private answers(): Promise<boolean> {
    return new Promise((done) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('data', () => { socket.destroy(); done(true); });
      socket.once('error', () => done(false));
    });
  }
}
