import { rows, row, type Db } from '../../../platform/database/db.js';

/** A message the sandbox mail server took. `to` holds all its recipients, separated by ", ". */
export interface SandboxMail { id: string; receivedAt: Date; from: string; to: string; subject: string; messageId: string | null; bytes: number }

export interface NewSandboxMail { id: string; receivedAt: Date; from: string; to: string; subject: string; messageId: string | null; raw: Buffer }

export interface SandboxQuery { limit: number; to?: string; before: { receivedAt: string; id: string } | null }

const COLUMNS = `m.id, m.received_at as "receivedAt", m.mail_from as "from", m.rcpt_to as "to", m.subject, m.message_id as "messageId", octet_length(m.raw) as bytes`;

export async function fileMail(db: Db, mail: NewSandboxMail): Promise<void> {
  await rows(db, `insert into sandbox_mail (id, received_at, mail_from, rcpt_to, subject, message_id, raw) values ($1, $2::timestamptz, $3, $4, $5, $6, $7)`, [mail.id, mail.receivedAt, mail.from, mail.to, mail.subject, mail.messageId, mail.raw]);
}

/** Newest first; one more than asked when there are more. */
export function listMails(db: Db, { limit, to, before }: SandboxQuery): Promise<SandboxMail[]> {
  return rows<SandboxMail>(
    db,
    `select ${COLUMNS} from sandbox_mail as m
      where ($2::text is null or strpos(lower(m.rcpt_to), lower($2)) > 0)
        and ($3::timestamptz is null or (m.received_at, m.id) < ($3::timestamptz, $4::uuid))
      order by m.received_at desc, m.id desc limit $1`,
    [limit + 1, to ?? null, before?.receivedAt ?? null, before?.id ?? null],
  );
}

export function findMail(db: Db, id: string): Promise<(SandboxMail & { raw: Buffer }) | null> {
  return row(db, `select ${COLUMNS}, m.raw from sandbox_mail as m where m.id = $1`, [id]);
}

/** Keeps the newest `count` messages; the others are gone. */
export async function keepNewest(db: Db, count: number): Promise<void> {
  await rows(
    db,
    `delete from sandbox_mail as m
      using (select o.received_at, o.id from sandbox_mail as o order by o.received_at desc, o.id desc offset $1 limit 1) as last
      where (m.received_at, m.id) <= (last.received_at, last.id)`,
    [count],
  );
}

/** @returns how many were deleted */
export async function deleteMails(db: Db): Promise<number> {
  const gone = await row<{ count: number }>(db, 'with gone as (delete from sandbox_mail returning 1) select count(*)::int as count from gone');
  return gone!.count;
}
