import type { DataSource } from 'typeorm';
import { AppError } from '../../../kernel/errors.js';
import type { Row } from '../report.js';

/** Rows fetched at a time. */
const PAGE = 2_000;
/** Files made at the same time by one process: each holds a connection and a snapshot. */
const AT_ONCE = 2;

/** A question whose answer may be as long as the ledger. */
export interface RowQuestion { sql: string; values: readonly unknown[] }

/** Reads long answers by a cursor, page by page as the reader takes them, all of one snapshot. */
export class RowReader {
  private reading = 0;

  constructor(private readonly db: DataSource) {}

  /**
   * The rows of several questions one after the other. Whoever stops taking ends the snapshot by closing the generator.
   * @throws export.busy when too many files are being made already
   */
  open(questions: readonly RowQuestion[]): AsyncGenerator<Row[]> {
    if (this.reading >= AT_ONCE) throw new AppError('export.busy', `${AT_ONCE} exports are being made already. Try again when one of them is done.`, 'unavailable');
    this.reading += 1;
    return this.pages(questions);
  }

  private async *pages(questions: readonly RowQuestion[]): AsyncGenerator<Row[]> {
    const runner = this.db.createQueryRunner();
    try {
      await runner.startTransaction('REPEATABLE READ');
      await runner.query('set transaction read only');
      for (const { sql, values } of questions) {
        await runner.query(`declare export_row no scroll cursor for ${sql}`, [...values]);
        for (let page = await this.fetch(runner); page.length > 0; page = await this.fetch(runner)) yield page;
        await runner.query('close export_row');
      }
    } finally {
      this.reading -= 1;
      // It only read: there is nothing to keep, and after a lost connection nothing to roll back either.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      await runner.release();
    }
  }

  private fetch(runner: { query(sql: string): Promise<unknown> }): Promise<Row[]> {
    return runner.query(`fetch ${PAGE} from export_row`) as Promise<Row[]>;
  }
}
