import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments, stringify, type Document, type Node } from 'yaml';
import { isDeepStrictEqual } from 'node:util';

/** Where something stands in a file, both counted from 1. */
export interface Position { line: number; column: number }
type Path = readonly (string | number)[];

const OPTIONS = { version: '1.2', schema: 'core', stringKeys: true, uniqueKeys: true } as const;

/** The same text for the same value. Texts of several lines stand as they are read. */
export function yamlOf(value: unknown): string {
  const style = { ...OPTIONS, lineWidth: 0, aliasDuplicateObjects: false, blockQuote: 'literal' } as const;
  const text = stringify(value, style);
  // What a reader gets back is certain: a text that YAML would bend is written with quotes.
  return isDeepStrictEqual(readValue(text), value) ? text : stringify(value, { ...style, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE', blockQuote: false });
}

function readValue(text: string): unknown {
  const [document] = parseAllDocuments(text, OPTIONS) as Document.Parsed[];
  return document && document.errors.length === 0 ? document.toJS() : undefined;
}

/** One document of a file. */
export interface YamlDocument {
  /** Undefined when it can not be read; then there are faults. */
  value: unknown;
  faults: (Position & { message: string })[];
  /** Where a path stands, or the nearest thing around it that is there. */
  placeOf(path: Path): Position;
}

/** Reads a file, which may hold several documents with `---` between them. */
export function readYaml(content: string): YamlDocument[] {
  const counter = new LineCounter();
  const at = (offset: number): Position => { const { line, col } = counter.linePos(offset); return { line: Math.max(1, line), column: Math.max(1, col) }; };
  try {
    const documents = parseAllDocuments(content, { ...OPTIONS, lineCounter: counter, prettyErrors: false });
    return (Array.isArray(documents) ? documents as Document.Parsed[] : []).filter((document) => document.errors.length > 0 || document.contents !== null).map((document) => {
      const faults = document.errors.map(({ message, pos }) => ({ ...at(pos[0]), message }));
      return { value: faults.length > 0 ? undefined : document.toJS({ maxAliasCount: 100 }) as unknown, faults, placeOf: (path) => at(offsetOf(document, path)) };
    });
  } catch (error) {
    const message = error instanceof RangeError ? 'is nested too deep' : (error as Error).message;
    return [{ value: undefined, faults: [{ line: 1, column: 1, message }], placeOf: () => ({ line: 1, column: 1 }) }];
  }
}

function offsetOf(document: Document.Parsed, path: Path): number {
  let node: Node | null | undefined = document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair: { key: unknown; value: unknown } | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (!pair) return offset;
      offset = (pair.key as Node).range?.[0] ?? offset;
      node = pair.value as Node | null;
    } else if (isSeq(node)) {
      node = node.items[Number(part)] as Node | undefined;
      if (!node) return offset;
      offset = node.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
