import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnDanbi, type DanbiProcess } from '../process.js';

/** What the processes of a fleet share. */
export interface FleetOptions { databaseUrl: string; smtpUrl: string; workers: number; apis: number; service?: string; env?: Record<string, string> }
/** One process of the fleet; `url` is where it answers, also when it only works. */
export interface Member { role: 'api' | 'worker'; process: DanbiProcess; url: string; dataDir: string }

const STARTS = 20;

/** Several processes of Danbi over one database, as an operator runs them who has outgrown one: some answer requests, some work. */
export class Fleet {
  readonly members: Member[] = [];
  /** Ends that were asked for and did not come as they should. */
  readonly badEnds: string[] = [];
  failedStarts = 0;

  private constructor(private readonly options: FleetOptions) {}

  static async start(options: FleetOptions): Promise<Fleet> {
    const fleet = new Fleet(options);
    for (const role of [...Array.from({ length: options.apis }, () => 'api' as const), ...Array.from({ length: options.workers }, () => 'worker' as const)]) fleet.members.push(await fleet.begin(role));
    return fleet;
  }

  get apis(): Member[] {
    return this.members.filter(({ role }) => role === 'api');
  }

  get workers(): Member[] {
    return this.members.filter(({ role }) => role === 'worker');
  }

  /**
   * Ends one as an upgrade or a crash does, and starts another in its place. Nobody waits for it: the others go on.
   * @param between done when the one is gone and the other not yet there
   */
  async replace(member: Member, signal: 'SIGTERM' | 'SIGKILL', between?: () => Promise<void>): Promise<void> {
    await this.end(member, signal);
    await between?.();
    const next = await this.begin(member.role);
    this.members.splice(this.members.indexOf(member), 1, next);
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => this.end(member, 'SIGTERM')));
  }

  private async end(member: Member, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    member.process.child.kill(signal);
    const { code, err } = await member.process.ended;
    if (signal === 'SIGTERM' && code !== 0) this.badEnds.push(`${member.role} ended with ${code}: ${err.slice(-500)}`);
    await rm(member.dataDir, { recursive: true, force: true });
  }

  /** As a supervisor does: one that could not start, because the database was away, is started again. */
  private async begin(role: Member['role']): Promise<Member> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.tryBegin(role);
      } catch (error) {
        if (attempt === STARTS) throw error;
        this.failedStarts += 1;
      }
    }
  }

  private async tryBegin(role: Member['role']): Promise<Member> {
    const { databaseUrl, smtpUrl, service, env } = this.options;
    const dataDir = await mkdtemp(join(tmpdir(), 'danbi-fleet-'));
    const process = spawnDanbi({ PORT: '0', ROLE: role, DATABASE_URL: databaseUrl, DATA_DIR: dataDir, SMTP_URL: smtpUrl, SMTP_CONNECTIONS: '3', DATABASE_POOL: '6', INGEST_REQUESTS_PER_MINUTE: '0', ...env }, service);
    const [, url] = await process.until(/ready at (\S+)/);
    return { role, process, url: url!, dataDir };
  }
}
