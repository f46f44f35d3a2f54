/** Collects the values of one statement; every value from outside goes through here and never into the SQL text. */
export class SqlValues {
  readonly list: unknown[] = [];
  private readonly known = new Map<string, string>();

  /** The placeholder of a value with its type; equal values share one. */
  bind(value: unknown, type: string): string {
    const key = `${type} ${value instanceof Date ? value.toISOString() : JSON.stringify(value)}`;
    let place = this.known.get(key);
    if (!place) {
      this.list.push(value);
      place = `$${this.list.length}::${type}`;
      this.known.set(key, place);
    }
    return place;
  }

  /** The placeholder of a long column of its own: looking for an equal one would read all of it. */
  column(value: readonly unknown[], type: string): string {
    return `$${this.list.push(value)}::${type}`;
  }
}

/** A statement ready to run. */
export interface Compiled {
  text: string;
  values: unknown[];
}
