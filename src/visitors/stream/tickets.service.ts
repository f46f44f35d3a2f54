import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LinkKeys } from '../../delivery/tracking/link-keys.service.js';
import { AppError } from '../../kernel/errors.js';
import { WriteKeys } from '../../platform/http/write-keys.js';
import { isPosition } from './domain/position.js';
import { currentPosition } from './store/news-reads.store.js';
import { fingerprint, openTicket, sealTicket, type Ticket } from './ticket-token.js';

export const TICKET_MS = 5 * 60_000;
/** A database with very many transactions at once has a long position; the ticket is part of an address. */
const LONGEST_POSITION = 1_000;

export interface TicketRequest {
  personId: string;
  keyId: string;
  /** Of the page that asked, allowed for the key; null when the request named none. */
  origin: string | null;
  /** This caller may read the person's messages: an anonymous person's own browser, or a user as well proven as the workspace asks for. */
  verified: boolean;
}

/** Five minutes' leave to open `GET /v1/stream`: opaque, encrypted with the keys that sign links. */
@Injectable()
export class StreamTickets {
  constructor(private readonly db: DataSource, private readonly keys: LinkKeys, private readonly writeKeys: WriteKeys) {}

  /** Ask before reading what else the page is told: news from this moment on comes by the stream. */
  async issue({ personId, keyId, origin, verified }: TicketRequest, now: Date): Promise<string> {
    const [secret, found] = await Promise.all([this.keys.secret(), currentPosition(this.db)]);
    const least = found.split(':', 1)[0]!;
    const position = found.length > LONGEST_POSITION ? `${least}:${least}:` : found;
    return sealTicket(secret, { personId, keyId, origin: origin === null ? null : fingerprint(origin), verified, expiresAt: now.getTime() + TICKET_MS, position });
  }

  /**
   * The ticket behind a token, for a page on `origin` (undefined: the browser named none, as for pages of our own).
   *
   * @throws AppError 401 `stream.bad-ticket`, `stream.expired-ticket`; 403 `origin_not_allowed`
   */
  async check(token: string, origin: string | undefined, now: Date): Promise<Ticket> {
    const ticket = openTicket(await this.keys.verifying(), token);
    if (!ticket || !isPosition(ticket.position)) throw new AppError('stream.bad-ticket', 'This is no ticket for the stream. Ask POST /v1/boot for one.', 'unauthenticated');
    if (ticket.expiresAt <= now.getTime()) throw new AppError('stream.expired-ticket', 'This ticket is older than five minutes. Ask POST /v1/boot for another.', 'unauthenticated');
    if (origin !== undefined && !ticket.origin?.equals(fingerprint(origin))) throw new AppError('origin_not_allowed', `This ticket was not issued to ${origin}.`, 'forbidden');
    if (await this.writeKeys.isRevoked(ticket.keyId)) throw new AppError('stream.bad-ticket', 'The key this ticket was asked for with was revoked.', 'unauthenticated');
    return ticket;
  }
}
