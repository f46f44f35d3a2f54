import { row, rows, type Db } from '../../../platform/database/db.js';
import { openOrNull, vaultOf } from '../../../platform/secrets/vault.js';
import type { KeyMaterial } from '../dkim-keys.js';
import type { RecordCheck } from '../domain/dns-findings.js';

/** A domain we send from, without its private keys. */
export interface SendingDomain {
  id: string;
  /** As A-labels. */
  domain: string;
  /** Shown as the sender; the workspace's name when empty. */
  fromName: string;
  /** Before @ of the From address when a message names none. */
  fromLocal: string;
  /** Where bounces come back to; without one they go to the From address. */
  bounceDomain: string | null;
  /** Messages that name no sender come from here. */
  isDefault: boolean;
  createdAt: Date;
  updatedAt: Date;
  checkedAt: Date | null;
  /** What the last check found. */
  checks: RecordCheck[] | null;
  verifiedAt: Date | null;
  /** Newest first. */
  keys: DkimKeyAge[];
  /** No key that signs can be opened: nothing is sent for this domain until the key of secrets is back or another DKIM key takes over. */
  secretLost?: boolean;
}

/** `next` waits to be published, `active` signs, `retired` may be needed by mail on its way. */
export interface DkimKeyAge { selector: string; publicKey: string; state: 'next' | 'active' | 'retired'; createdAt: Date; retiredAt: Date | null }

const KEYS = `coalesce((
  select jsonb_agg(jsonb_build_object('selector', k.selector, 'publicKey', k.public_key, 'state', k.state, 'createdAt', k.created_at, 'retiredAt', k.retired_at) order by k.created_at desc, k.id desc)
    from dkim_key as k where k.domain_id = d.id), '[]'::jsonb)`;
const COLUMNS = `d.id, d.domain, d.from_name as "fromName", d.from_local as "fromLocal", d.bounce_domain as "bounceDomain", d.is_default as "isDefault",
  d.created_at as "createdAt", d.updated_at as "updatedAt", d.checked_at as "checkedAt", d.checks, d.verified_at as "verifiedAt", ${KEYS} as keys,
  (select jsonb_build_object('id', k.id, 'privateKey', k.private_key) from dkim_key as k where k.domain_id = d.id and k.state = 'active') as "signsWith"`;

type Stored = Omit<SendingDomain, 'keys' | 'secretLost'> & { signsWith: { id: string; privateKey: string } | null; keys: (Omit<DkimKeyAge, 'createdAt' | 'retiredAt'> & { createdAt: string; retiredAt: string | null })[] };
function revived(db: Db, { signsWith, ...stored }: Stored): SendingDomain {
  const opens = signsWith !== null && openOrNull(() => vaultOf(db).open('dkim_key.private_key', signsWith.id, signsWith.privateKey)) !== null;
  const keys = stored.keys.map((key) => ({ ...key, createdAt: new Date(key.createdAt), retiredAt: key.retiredAt === null ? null : new Date(key.retiredAt) }));
  return { ...stored, keys, ...(opens ? {} : { secretLost: true }) };
}

/** A page in the order of their names. */
export async function listSendingDomains(db: Db, page: { after: string | null; limit: number }): Promise<SendingDomain[]> {
  const found = await rows<Stored>(db, `select ${COLUMNS} from sending_domain as d where $1::text is null or d.domain > $1 order by d.domain limit $2`, [page.after, page.limit]);
  return found.map((each) => revived(db, each));
}

export async function loadSendingDomain(db: Db, id: string): Promise<SendingDomain | null> {
  const found = await row<Stored>(db, `select ${COLUMNS} from sending_domain as d where d.id = $1`, [id]);
  return found && revived(db, found);
}

/** Which of the domains are ours, and whether their keys were found in DNS. */
export async function knownDomains(db: Db, domains: readonly string[]): Promise<Map<string, { verified: boolean }>> {
  const found = await rows<{ domain: string; verified: boolean }>(db, 'select d.domain, d.verified_at is not null as verified from sending_domain as d where d.domain = any($1::text[])', [domains]);
  return new Map(found.map(({ domain, verified }) => [domain, { verified }]));
}

/** The domain and address that messages without a sender come from; null when there is none. */
export async function defaultDomain(db: Db): Promise<{ domain: string; verified: boolean } | null> {
  return row(db, 'select d.domain, d.verified_at is not null as verified from sending_domain as d where d.is_default');
}

/** Takes the domain until commit; false when there is none. */
export async function lockSendingDomain(tx: Db, id: string): Promise<boolean> {
  return (await row(tx, 'select d.id from sending_domain as d where d.id = $1 for update', [id])) !== null;
}

/** Keeps these domains as they are until commit; those that exist. */
export async function holdSendingDomains(tx: Db, domains: readonly string[]): Promise<Set<string>> {
  const held = await rows<{ domain: string }>(tx, 'select d.domain from sending_domain as d where d.domain = any($1::text[]) order by d.domain for share', [domains]);
  return new Set(held.map(({ domain }) => domain));
}

export type NewSendingDomain = Pick<SendingDomain, 'id' | 'domain' | 'fromName' | 'fromLocal' | 'bounceDomain'> & { createdBy: string };

/** False when the domain is there already. */
export async function insertSendingDomain(tx: Db, { id, domain, fromName, fromLocal, bounceDomain, createdBy }: NewSendingDomain, now: Date): Promise<boolean> {
  return (await row(tx, `
    insert into sending_domain (id, domain, from_name, from_local, bounce_domain, created_by, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7::timestamptz, $7::timestamptz) on conflict (domain) do nothing returning id`, [id, domain, fromName, fromLocal, bounceDomain, createdBy, now])) !== null;
}

export type DomainChange = Partial<Pick<SendingDomain, 'fromName' | 'fromLocal' | 'bounceDomain'>>;

/** Changes what is given; `bounceDomain: null` takes it away. */
export async function updateSendingDomain(tx: Db, id: string, change: DomainChange, now: Date): Promise<void> {
  await rows(tx, `
    update sending_domain as d
       set from_name = coalesce($2, d.from_name), from_local = coalesce($3, d.from_local), bounce_domain = case when $4::boolean then $5 else d.bounce_domain end, updated_at = $6::timestamptz
     where d.id = $1`, [id, change.fromName ?? null, change.fromLocal ?? null, change.bounceDomain !== undefined, change.bounceDomain ?? null, now]);
}

/** Makes one domain the one of messages that name no sender, or none. */
export async function setDefaultDomain(tx: Db, id: string | null, now: Date): Promise<void> {
  await rows(tx, 'update sending_domain as d set is_default = false, updated_at = $2::timestamptz where d.is_default and d.id is distinct from $1', [id, now]);
  await rows(tx, 'update sending_domain as d set is_default = true, updated_at = $2::timestamptz where d.id = $1 and not d.is_default', [id, now]);
}

/** Keeps what a check found. `verified_at` stays while the key is found and goes when it is not. */
export async function recordChecks(tx: Db, id: string, checks: readonly RecordCheck[], verified: boolean, now: Date): Promise<void> {
  await rows(tx, `
    update sending_domain as d
       set checked_at = $4::timestamptz, checks = $2::jsonb, verified_at = case when $3::boolean then coalesce(d.verified_at, $4::timestamptz) end
     where d.id = $1`, [id, JSON.stringify(checks), verified, now]);
}

/** Deletes the domain and its keys. */
export async function deleteSendingDomain(tx: Db, id: string): Promise<void> {
  await rows(tx, 'delete from dkim_key as k where k.domain_id = $1', [id]);
  await rows(tx, 'delete from sending_domain as d where d.id = $1', [id]);
}

/** Adds a key. @throws when there is one in this state, or one of this selector */
export async function insertDkimKey(tx: Db, key: KeyMaterial & { id: string; domainId: string; selector: string; state: 'next' | 'active' }, now: Date): Promise<void> {
  const privateKey = await vaultOf(tx).seal(tx, 'dkim_key.private_key', key.id, key.privateKey);
  await rows(tx, `
    insert into dkim_key (id, domain_id, selector, private_key, public_key, state, created_at)
    values ($1, $2, $3, $4, $5, $6, $7::timestamptz)`, [key.id, key.domainId, key.selector, privateKey, key.publicKey, key.state, now]);
}

/** The next key signs from now on; the one that did is retired. */
export async function switchDkimKey(tx: Db, domainId: string, now: Date): Promise<void> {
  await rows(tx, `update dkim_key as k set state = 'retired', retired_at = $2::timestamptz where k.domain_id = $1 and k.state = 'active'`, [domainId, now]);
  await rows(tx, `update dkim_key as k set state = 'active' where k.domain_id = $1 and k.state = 'next'`, [domainId]);
}

/** Forgets a key that does not sign; false when there is none of this selector. */
export async function deleteDkimKey(tx: Db, domainId: string, selector: string): Promise<boolean> {
  return (await row(tx, `delete from dkim_key as k where k.domain_id = $1 and k.selector = $2 and k.state <> 'active' returning k.id`, [domainId, selector])) !== null;
}

/** A domain with the key that signs for it, as senders need them. */
export interface SigningDomain extends Pick<SendingDomain, 'domain' | 'fromName' | 'fromLocal' | 'bounceDomain' | 'isDefault'> {
  key: (KeyMaterial & { id: string; selector: string }) | null;
}

export async function loadSigningDomains(db: Db): Promise<SigningDomain[]> {
  const found = await rows<SigningDomain>(db, `
    select d.domain, d.from_name as "fromName", d.from_local as "fromLocal", d.bounce_domain as "bounceDomain", d.is_default as "isDefault",
           case when k.id is not null then jsonb_build_object('id', k.id, 'selector', k.selector, 'privateKey', k.private_key, 'publicKey', k.public_key) end as key
      from sending_domain as d left join dkim_key as k on k.domain_id = d.id and k.state = 'active'
     order by d.domain`);
  return found.map(({ key, ...each }) => {
    const privateKey = key && openOrNull(() => vaultOf(db).open('dkim_key.private_key', key.id, key.privateKey));
    // Without a key that opens nothing is signed, and so nothing sent, for this domain alone.
    return { ...each, key: key && privateKey ? { ...key, privateKey } : null };
  });
}
