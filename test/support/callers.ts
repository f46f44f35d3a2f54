import { Sessions } from '../../src/access/sessions.service.js';
import { Users } from '../../src/access/users.service.js';
import type { KeyRole } from '../../src/access/domain/roles.js';
import type { TestApp } from './app.js';
import { NOBODY } from './hostile-requests.js';

/** Somebody who calls routes. */
export interface Caller {
  name: string;
  /** Null: nobody that a role is known of. */
  role: KeyRole | null;
  /** What a route answers that is closed to them. */
  refused: 401 | 403;
  headers: () => Record<string, string>;
  /** After a request that ended what they were let in by. */
  renew?: () => Promise<void>;
}

/** Nobody, somebody with a key that there is not, each kind of key, and each role signed in. */
export async function everyCaller(app: TestApp): Promise<Caller[]> {
  const bearer = (name: string, role: KeyRole | null, refused: 401 | 403, key: string): Caller => ({ name, role, refused, headers: () => ({ authorization: `Bearer ${key}` }) });
  const keyOf = async (role: KeyRole) => bearer(`${role} key`, role, 403, (await app.api('POST', '/v1/api-keys', { kind: 'server', name: `hostile ${role}`, role })).body.secret as string);
  const callers: Caller[] = [
    bearer('owner key', 'owner', 403, app.key),
    { name: 'nobody', role: null, refused: 401, headers: () => ({}) },
    bearer('unknown key', null, 401, `dnb_sk_${'a'.repeat(43)}`),
    bearer('write key', null, 403, app.writeKey),
  ];
  for (const role of ['marketer', 'analyst', 'ingest'] as const) callers.push(await keyOf(role));
  for (const role of ['owner', 'marketer', 'analyst'] as const) callers.push(await signedIn(app, role));
  return callers;
}

/** Somebody of this role with the cookie of a browser on our own pages. */
async function signedIn(app: TestApp, role: 'owner' | 'marketer' | 'analyst'): Promise<Caller> {
  const { user } = await app.nest.get(Users, { strict: false }).invite({ email: `hostile-${role}@example.com`, name: role, role }, { kind: 'server_key', id: NOBODY, role: 'owner' });
  const open = () => app.nest.get(Sessions, { strict: false }).open(app.db, user.id, 'hostile');
  let token = await open();
  return { name: `${role} signed in`, role, refused: 403, headers: () => ({ cookie: `danbi_session=${token}`, 'x-danbi-csrf': '1' }), renew: async () => { token = await open(); } };
}
