import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PGBOUNCER = '/usr/sbin/pgbouncer';

/** Whether a real PgBouncer can be run here (Debian: pgbouncer). */
export const hasPgBouncer = existsSync(PGBOUNCER);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A PgBouncer of its own before a database, pooling by session: LISTEN, locks of a session and kept plans need one connection for as long as they last. */
export class PgBouncer {
  private constructor(readonly url: string, private readonly process: ChildProcess, private readonly folder: string) {}

  /** @param connections most connections to the database */
  static async start(databaseUrl: string, connections: number): Promise<PgBouncer> {
    const { username, password, hostname, port: behind, pathname } = new URL(databaseUrl);
    const [folder, port] = [await mkdtemp(join(tmpdir(), 'danbi-pgbouncer-')), await freePort()];
    await chmod(folder, 0o755);
    await writeFile(join(folder, 'users.txt'), `"${username}" "${decodeURIComponent(password)}"\n`);
    // `options` carries the time zone of a connection, which PgBouncer can not pass on: it is set for each connection it makes.
    await writeFile(join(folder, 'pgbouncer.ini'), `
[databases]
* = host=${hostname} port=${behind} timezone=UTC
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(folder, 'users.txt')}
pool_mode = session
default_pool_size = ${connections}
max_client_conn = 200
ignore_startup_parameters = options
server_login_retry = 1
`);
    const process = spawn(PGBOUNCER, ['-q', ...(globalThis.process.getuid!() === 0 ? ['-u', 'postgres'] : []), join(folder, 'pgbouncer.ini')], { stdio: 'ignore' });
    for (let tries = 0; ; tries += 1) {
      const socket = connect(port, '127.0.0.1');
      const isUp = await Promise.race([once(socket, 'connect').then(() => true, () => false), sleep(500, false)]);
      socket.destroy();
      if (isUp) break;
      if (tries > 40) throw new Error('PgBouncer does not answer');
      await sleep(100);
    }
    return new PgBouncer(`postgres://${username}:${password}@127.0.0.1:${port}${pathname}`, process, folder);
  }

  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    await once(this.process, 'exit');
    await rm(this.folder, { recursive: true, force: true });
  }
}
