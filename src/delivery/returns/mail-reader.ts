import { Injectable } from '@nestjs/common';
import { ReturnPaths } from '../identity/return-paths.service.js';
import { addressIn } from './domain/delivery-status.js';
import { MimeTooComplex, splitHeaders } from './domain/mime.js';
import { readReport } from './domain/read-report.js';
import type { ReportNotice, ReturnNotice } from './notice.js';
import { ReviewNeeded, type ReturnReader } from './readers.js';
import { MAIL_SOURCE } from './intake/file-mail.js';
import type { InboundEvent } from './store/inbound-events.store.js';

/** Headers in which mail servers note the envelope's recipient, best first. */
const RECIPIENT_HEADERS = ['x-original-to', 'delivered-to', 'envelope-to', 'x-envelope-to', 'x-forwarded-to', 'to'];
/** What our return paths look like, signed or not. */
const RETURN_PATH = /^b\+[a-z2-7]{30,60}@/i;

/** Reads raw mails, however they came. A signed return path says which message it is about; what only looks like one is not believed. */
@Injectable()
export class MailReader implements ReturnReader {
  readonly source = MAIL_SOURCE;

  constructor(private readonly returnPaths: ReturnPaths) {}

  async read({ body, envelope, receivedAt }: InboundEvent): Promise<ReturnNotice[]> {
    const deliveryId = await this.proven(envelope?.to ?? recipientsOf(body));
    const notices = reportOf(body, receivedAt);
    return Promise.all(notices.map(async ({ returnPath, ...notice }) => ({ ...notice, deliveryId: deliveryId ?? (returnPath === null ? null : await this.returnPaths.read(returnPath)) })));
  }

  /** The delivery whose return path the mail was sent to. */
  private async proven(recipients: readonly string[]): Promise<string | null> {
    const own = recipients.filter((address) => RETURN_PATH.test(address));
    for (const address of own) {
      const deliveryId = await this.returnPaths.read(address);
      if (deliveryId !== null) return deliveryId;
    }
    if (own.length > 0) throw new ReviewNeeded('It came to a return path that we did not sign.');
    return null;
  }
}

function reportOf(body: Buffer, receivedAt: Date): ReportNotice[] {
  try {
    return readReport(body, receivedAt);
  } catch (error) {
    if (error instanceof MimeTooComplex) throw new ReviewNeeded(error.message);
    throw error;
  }
}

function recipientsOf(raw: Buffer): string[] {
  const { headers } = splitHeaders(raw);
  return RECIPIENT_HEADERS.flatMap((name) => headers.get(name) ?? []).slice(0, 20).map((value) => addressIn(value)).filter((address) => address !== null);
}
