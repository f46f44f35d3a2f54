import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { notFound } from '../../../kernel/errors.js';
import { listVersions, findCampaign } from '../../reads/campaign.read.js';
import type { Column, Row } from '../report.js';
import { Reports } from '../reports.service.js';
import { DELIVERY_COLUMNS, deliveryRows } from './delivery-rows.js';
import { parquetOf } from './parquet.js';
import { peopleColumns, peopleRows } from './people-rows.js';
import { RowReader } from './raw-rows.js';
import { csvOf, ndjsonOf, type CsvStyle, type ExportFormat } from './sheet.js';

/** How long a file waits for a reader who takes nothing: its snapshot would keep the database from tidying up. */
const IDLE_MS = 120_000;

export interface ExportStyle extends CsvStyle { format: ExportFormat }

/** Reports and raw rows as files, streamed: the next page is read when the one before was taken, so memory stays flat whatever the size. */
@Injectable()
export class ReportExports {
  private readonly reader: RowReader;

  constructor(db: DataSource, private readonly reports: Reports) {
    this.reader = new RowReader(db);
  }

  /** Rows that are there already. */
  file(columns: readonly Column[], rows: Row[], style: ExportStyle): Readable {
    return streamed(encoded(columns, (async function* () { yield rows; })(), style));
  }

  /** Every delivery of a campaign with what came of it. @throws campaign.not-found, export.busy */
  async deliveries(campaignId: string, style: ExportStyle): Promise<Readable> {
    await this.reports.inSnapshot(({ tx }) => this.reports.checkCampaign(tx, campaignId));
    return streamed(encoded(DELIVERY_COLUMNS, this.reader.open([deliveryRows(campaignId)]), style));
  }

  /** Everybody assigned in a campaign, with arm and outcomes. @throws campaign.not-found, export.busy */
  async people(campaignId: string, style: ExportStyle): Promise<Readable> {
    const { columns, questions } = await this.reports.inSnapshot(async (asked) => {
      const campaign = await findCampaign(asked.tx, campaignId);
      if (!campaign) throw notFound('campaign', campaignId);
      const versions = await listVersions(asked.tx, campaignId);
      return { columns: peopleColumns(versions), questions: peopleRows({ ...asked, campaign, versions }) };
    });
    return streamed(encoded(columns, this.reader.open(questions), style));
  }
}

function encoded(columns: readonly Column[], pages: AsyncIterable<Row[]>, { format, ...style }: ExportStyle): AsyncGenerator<string | Uint8Array> {
  if (format === 'parquet') return parquetOf(columns, pages);
  return format === 'csv' ? csvOf(columns, pages, style) : ndjsonOf(columns, pages);
}

/** An error after the first page, or a reader who has gone to sleep, breaks the connection; a complete file ends properly. */
function streamed(pieces: AsyncGenerator<string | Uint8Array>): Readable {
  const stream = Readable.from(pieces, { highWaterMark: 1 });
  const idle = setTimeout(() => stream.destroy(new Error('The reader of an export took nothing for two minutes.')), IDLE_MS).unref();
  stream.on('data', () => idle.refresh()).pause();
  stream.once('close', () => clearTimeout(idle));
  return stream;
}
