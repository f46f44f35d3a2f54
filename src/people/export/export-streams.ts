import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { DataSource } from 'typeorm';
import type { JsonValue } from '../domain/json.js';
import { guardFormula } from '../../kernel/formula-guard.js';
import { DATES, isReservedHeader } from '../import/domain/columns.js';
import { listRejections } from '../import/store/imports.store.js';
import { attributeShapes, pageOfEvents, pageOfPeople, type AttributeShape, type EventFilter, type ExportedPerson, type PeopleFilter } from './export.store.js';

const PAGE = 1_000;

export interface CsvStyle {
  /** A byte order mark first: spreadsheets then read Korean as UTF-8. */
  bom: boolean;
  /** Leaves cells as they are that a spreadsheet would run as formulas. */
  raw: boolean;
}

/**
 * Exports as streams: one page is read when the client has taken the one before, so memory stays flat whatever the size.
 * An error after the first page breaks the connection; a complete export ends properly.
 */
@Injectable()
export class ExportStreams {
  constructor(private readonly db: DataSource) {}

  /** Reads back by the people import as the same people: columns that would be read differently declare their type. */
  peopleCsv(filter: PeopleFilter, style: CsvStyle): Readable {
    return stream(this.peopleCsvPages(filter, style));
  }

  peopleNdjson(filter: PeopleFilter): Readable {
    return stream(this.peopleNdjsonPages(filter));
  }

  eventsNdjson(filter: EventFilter): Readable {
    return stream(this.eventPages(filter));
  }

  rejections(importId: string): Readable {
    return stream(this.rejectionPages(importId));
  }

  private async *peopleCsvPages(filter: PeopleFilter, { bom, raw }: CsvStyle): AsyncGenerator<string> {
    const guard = raw ? (cell: string) => cell : guardFormula;
    const columns = (await attributeShapes(this.db, filter)).map((shape) => ({ key: shape.key, ...columnOf(shape) }));
    yield `${bom ? '\ufeff' : ''}${stringify([['external_id', 'anonymous_id', 'tags', ...columns.map(({ header }) => guard(header)), ...OWN.map(([name]) => name), '$lists']])}`;
    for await (const people of this.people(filter)) {
      yield stringify(people.map((person) => [
        guard(person.externalId ?? ''), guard(person.anonymousIds[0] ?? ''), guard(tagCell(person.tags)),
        ...columns.map(({ key, write }) => {
          const value = Object.hasOwn(person.attributes, key) ? person.attributes[key] : undefined;
          return value === undefined ? '' : typeof value === 'number' ? write(value) : guard(write(value));
        }),
        ...OWN.map(([, read]) => read(person)), guard(tagCell(person.lists.map(({ name }) => name))),
      ]));
    }
  }

  private async *peopleNdjsonPages(filter: PeopleFilter): AsyncGenerator<string> {
    for await (const people of this.people(filter)) yield people.map((person) => `${JSON.stringify(person)}\n`).join('');
  }

  private async *people(filter: PeopleFilter): AsyncGenerator<ExportedPerson[]> {
    for (let after: string | null = null; ; ) {
      const page: ExportedPerson[] = await pageOfPeople(this.db, filter, after, PAGE);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)!.id;
    }
  }

  private async *eventPages(filter: EventFilter): AsyncGenerator<string> {
    for (let after: [string, string, string] | null = null; ; ) {
      const page: Awaited<ReturnType<typeof pageOfEvents>> = await pageOfEvents(this.db, filter, after, PAGE);
      if (page.length > 0) yield page.map((event) => `${JSON.stringify({ ...event, occurredKey: undefined })}\n`).join('');
      if (page.length < PAGE) return;
      const last = page.at(-1)!;
      after = [last.personId, last.occurredKey, last.id];
    }
  }

  private async *rejectionPages(importId: string): AsyncGenerator<string> {
    yield stringify([['row', 'line', 'field', 'code', 'message', 'raw']]);
    for (let after = 0; ; ) {
      const page = await listRejections(this.db, importId, after, PAGE);
      yield stringify(page.map((one) => [one.rowNumber, one.line, guardFormula(one.field ?? ''), one.code, guardFormula(one.message), guardFormula(one.raw)]));
      if (page.length < PAGE) return;
      after = page.at(-1)!.rowNumber;
    }
  }
}

const stream = (pages: AsyncGenerator<string>) => Readable.from(pages, { highWaterMark: 1 });

/** What Danbi itself knows; `$` columns are passed over by the import. */
const OWN: [string, (person: ExportedPerson) => string][] = [
  ['$person_id', (person) => person.id],
  ['$kind', (person) => person.kind],
  ['$first_seen_at', (person) => person.firstSeenAt.toISOString()],
  ['$last_seen_at', (person) => person.lastSeenAt.toISOString()],
];

const tagCell = (tags: string[]) => (tags.some((tag) => tag.includes('|') || tag.startsWith('[')) ? JSON.stringify(tags) : tags.join('|'));

interface ColumnStyle { header: string; write: (value: JsonValue) => string }

/** The plainest header under which every value of the attribute reads back as itself. */
function columnOf(shape: AttributeShape): ColumnStyle {
  const plain = shape.texts || shape.booleans || (shape.numbers && !shape.oddNumber);
  if (!plain || shape.emptyText) return { header: `${shape.key}:json`, write: (value) => JSON.stringify(value) };
  const type = shape.texts ? 'text' : shape.numbers ? 'number' : 'boolean';
  const isDate = DATES.has(shape.key);
  const declare = isReservedHeader(shape.key) || (isDate ? shape.notDate : shape.texts && shape.ambiguousText && shape.key !== 'email');
  return { header: declare ? `${shape.key}:${type}` : shape.key, write: String };
}
