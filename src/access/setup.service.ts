import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kernel/clock.js';
import { AppError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { AuditLog } from '../platform/audit.js';
import { inTransaction } from '../platform/database/db.js';
import { requestSample } from '../platform/sample-request.js';
import { ApiKeys } from './api-keys.service.js';
import { checkLink, issueLink, redeemLink } from './links.js';
import { hashPassword } from './passwords.js';
import { Sessions, type SignedIn } from './sessions.service.js';
import { deleteExpiredSetupLinks } from './store/links.store.js';
import { hasUsers, insertUser, lockOwnership } from './store/users.store.js';
import { upsertWorkspace } from './store/workspace.store.js';

export interface SetupRequest {
  token: string;
  email: string;
  name: string;
  password: string;
  workspace: { name: string; timeZone: string; language: string; senderContact?: string };
  /** Begin with 200 sample people. */
  sampleData?: boolean;
}

export interface SetupResult extends SignedIn { serverKey: string; writeKey: string }

/** The first start: from an empty installation to an owner, a workspace and the first keys. */
@Injectable()
export class Setup {
  constructor(private readonly db: DataSource, private readonly clock: Clock, private readonly audit: AuditLog, private readonly keys: ApiKeys, private readonly sessions: Sessions) {}

  /** A fresh set-up token while there is no user, else null. Earlier ones stay good until they expire or one is used. */
  async issue(): Promise<string | null> {
    const now = this.clock.now();
    if (await hasUsers(this.db)) return null;
    await deleteExpiredSetupLinks(this.db, now);
    return issueLink(this.db, 'setup', null, now);
  }

  /** @throws setup.done, access.link-unknown, access.link-used, access.link-expired */
  async check(token: string): Promise<void> {
    if (await hasUsers(this.db)) throw done();
    await checkLink(this.db, 'setup', token, this.clock.now());
  }

  /** Makes owner, workspace and keys in one transaction. The keys are answered here and never again. */
  async complete(request: SetupRequest, userAgent: string): Promise<SetupResult> {
    const now = this.clock.now();
    await this.check(request.token);
    const passwordHash = await hashPassword(request.password, request.email);
    return inTransaction(this.db, async (tx) => {
      await lockOwnership(tx);
      if (await hasUsers(tx)) throw done();
      await redeemLink(tx, 'setup', request.token, now);
      const user = await insertUser(tx, { id: newId(), email: request.email, name: request.name, role: 'owner', passwordHash }, now);
      const { senderContact, ...workspace } = request.workspace;
      // Rules of some countries refuse advertising that does not say how to reach its sender.
      await upsertWorkspace(tx, { ...workspace, settings: { senderContact: senderContact || request.email } }, now);
      const server = await this.keys.createWithin(tx, { kind: 'server', name: 'First server key', role: 'owner' }, 'setup');
      const write = await this.keys.createWithin(tx, { kind: 'write', name: 'First write key' }, 'setup');
      if (request.sampleData) await requestSample(tx, 'setup', now);
      await this.audit.record(tx, { actor: 'setup', action: 'setup.complete', subject: `user:${user!.id}` }, now);
      return { user: user!, token: await this.sessions.open(tx, user!.id, userAgent), serverKey: server.secret, writeKey: write.secret };
    });
  }
}

const done = () => new AppError('setup.done', 'Danbi is set up already. Sign in, or ask an owner for an invite.', 'conflict');
