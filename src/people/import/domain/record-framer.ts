/** One CSV record as it lies in the file, before its cells are cut. Lines count from 1, offsets are bytes after the record. */
export interface Framed {
  line: number;
  endLine: number;
  end: number;
  text: string;
  /** Why the record cannot be used, or null. */
  fault: Fault | null;
}

export interface Fault {
  code: 'broken-quoting' | 'row-too-large';
  message: string;
  /** Which cell, from 1. */
  column: number;
}

/** A quote that opens and is never closed: nothing after it can be trusted. */
export interface Unclosed { line: number; column: number }

/** Bytes of one record above which it is skipped, quoted or not. */
export const MAX_RECORD_BYTES = 1024 * 1024;
const KEPT_OF_REFUSED = 2_000;

const QUOTE = 0x22;
const CR = 0x0d;
const LF = 0x0a;

type State = 'cell-start' | 'plain' | 'quoted' | 'quote-seen' | 'skip-line';

/**
 * Cuts a UTF-8 byte stream into CSV records (RFC 4180; LF, CRLF or CR) with the line and byte offset of each, so that an
 * import can go on exactly where it stopped. Memory is bounded by {@link MAX_RECORD_BYTES} whatever the file holds: csv-parse
 * ends the stream at the first record over its limit, and after a broken quote it cannot tell where the next record begins.
 * Empty lines are passed over. After a quote in the wrong place the rest of that line belongs to the faulty record.
 */
export class RecordFramer {
  private state: State = 'cell-start';
  private pieces: Buffer[] = [];
  private size = 0;
  private column = 1;
  private quoteAt = { line: 1, column: 1 };
  private fault: Fault | null = null;
  private recordLine: number;
  private afterCr = false;
  /** A record ended by a CR at the end of a chunk: an LF may still belong to it. */
  private held: Framed | null = null;

  /**
   * @param delimiter one ASCII byte
   * @param offset where in the file the first byte given to `push` lies
   * @param line the line of that byte
   */
  constructor(private readonly delimiter: number, private offset = 0, private line = 1) {
    this.recordLine = line;
  }

  *push(chunk: Buffer): Generator<Framed> {
    if (chunk.length === 0) return;
    let from = 0;
    if (this.held) {
      if (chunk[0] === LF) this.held.end += 1;
      yield this.held;
      this.held = null;
    }
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at]!;
      if (byte === LF && this.afterCr) {
        // The second half of CRLF: it belongs to the line just ended.
        this.afterCr = false;
        if (this.state === 'cell-start' && this.size === 0 && at === from) from = at + 1;
        continue;
      }
      this.afterCr = byte === CR;
      const ends = byte === LF || byte === CR;
      if (ends && this.state !== 'quoted') {
        const isEmpty = this.size === 0 && at === from && this.column === 1 && this.state === 'cell-start';
        this.line += 1;
        if (!isEmpty) {
          this.keep(chunk.subarray(from, at));
          // The LF of a CRLF belongs to this record, so that its end is the start of the next.
          const record = this.take(this.offset + at + (byte === CR && chunk[at + 1] === LF ? 2 : 1), this.line - 1);
          if (byte === CR && at + 1 === chunk.length) this.held = record;
          else yield record;
        }
        this.reset();
        from = at + 1;
      } else {
        if (ends) this.line += 1;
        this.step(byte, ends);
      }
    }
    this.keep(chunk.subarray(from));
    this.offset += chunk.length;
  }

  /** The last record when the file does not end with a line end, or the quote that was never closed. */
  finish(): Framed | Unclosed | null {
    if (this.held) return this.held;
    if (this.state === 'quoted') return this.quoteAt;
    if (this.size === 0 && this.column === 1 && this.state === 'cell-start') return null;
    return this.take(this.offset, this.line);
  }

  private step(byte: number, lineEnd: boolean): void {
    switch (this.state) {
      case 'cell-start':
        if (byte === QUOTE) {
          this.state = 'quoted';
          this.quoteAt = { line: this.line, column: this.column };
        } else if (byte === this.delimiter) this.column += 1;
        else this.state = 'plain';
        return;
      case 'plain':
        if (byte === this.delimiter) this.nextCell();
        else if (byte === QUOTE) this.broken('a quote stands inside a cell that does not begin with one');
        return;
      case 'quoted':
        if (byte === QUOTE && !lineEnd) this.state = 'quote-seen';
        return;
      case 'quote-seen':
        if (byte === QUOTE) this.state = 'quoted';
        else if (byte === this.delimiter) this.nextCell();
        else this.broken('text follows the closing quote of a cell');
        return;
      case 'skip-line':
    }
  }

  private nextCell(): void {
    this.column += 1;
    this.state = 'cell-start';
  }

  private broken(what: string): void {
    this.fault ??= { code: 'broken-quoting', column: this.column, message: `Line ${this.line}, column ${this.column}: ${what}. Put the whole cell in quotes and double each quote inside it.` };
    this.state = 'skip-line';
  }

  private keep(piece: Buffer): void {
    this.size += piece.length;
    if (this.size > MAX_RECORD_BYTES) {
      if (this.fault?.code !== 'row-too-large') {
        this.fault = { code: 'row-too-large', column: this.column, message: `The row that begins at line ${this.recordLine} is longer than ${MAX_RECORD_BYTES} bytes.` };
        this.pieces = [Buffer.from(Buffer.concat([...this.pieces, piece.subarray(0, KEPT_OF_REFUSED)]).subarray(0, KEPT_OF_REFUSED))];
      }
      return;
    }
    if (piece.length > 0) this.pieces.push(piece);
  }

  private take(end: number, endLine: number): Framed {
    return { line: this.recordLine, endLine, end, text: Buffer.concat(this.pieces).toString('utf8'), fault: this.fault };
  }

  private reset(): void {
    this.state = 'cell-start';
    this.pieces = [];
    this.size = 0;
    this.column = 1;
    this.fault = null;
    this.recordLine = this.line;
  }
}
