/** The body of a webhook as it is stored: plain JSON, told apart by `as`, so that no value can become structure. */
export type WebhookNode =
  | { as: 'fixed'; value: string | number | boolean | null }
  | { as: 'template'; source: string; path: string }
  | { as: 'value'; path: string[]; otherwise?: { value: unknown } }
  | { as: 'list'; items: WebhookNode[] }
  | { as: 'object'; fields: [key: string, node: WebhookNode][] };

/** Everything beyond this is refused at publish. */
export const MAX_DEPTH = 10;
export const MAX_NODES = 500;
/** Characters of all texts together. */
export const MAX_TEXT = 65_536;

const PATH = /^(person|event|workspace)(\.[A-Za-z0-9_$-]{1,200}){1,8}$/;
const FORBIDDEN = new Set(['constructor', '__proto__', 'prototype']);

export interface TreeFault { path: string; code: string; message: string }

/** What {@link readTree} asks of the template language: the stored source, or null when it reported a fault. */
export type StoreTemplate = (path: string, source: string) => string | null;

/** Reads what an author wrote as `data`; faults name the place. */
export function readTree(data: Record<string, unknown>, stored: StoreTemplate): { node: WebhookNode; faults: TreeFault[] } {
  const reading: Reading = { stored, faults: [], nodes: 0, text: 0 };
  return { node: read(data, 'data', 0, reading), faults: reading.faults };
}

interface Reading { stored: StoreTemplate; faults: TreeFault[]; nodes: number; text: number }

const NOTHING: WebhookNode = { as: 'fixed', value: null };

function read(value: unknown, path: string, depth: number, reading: Reading): WebhookNode {
  const fault = (code: string, message: string): WebhookNode => {
    if (reading.faults.length < 20) reading.faults.push({ path, code, message });
    return NOTHING;
  };
  if (depth > MAX_DEPTH) return fault('message.too-deep', `fields may be nested ${MAX_DEPTH} deep`);
  reading.nodes += 1;
  if (reading.nodes === MAX_NODES + 1) fault('message.too-large', `there may be ${MAX_NODES} fields and items in all`);
  if (reading.nodes > MAX_NODES) return NOTHING;
  if (typeof value === 'string') return text(value, path, reading, fault);
  if (value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return { as: 'fixed', value };
  if (Array.isArray(value)) return { as: 'list', items: value.map((item, index) => read(item, `${path}.${index}`, depth + 1, reading)) };
  if (typeof value !== 'object') return fault('message.not-json', 'this is no JSON value');
  if (Object.hasOwn(value, '$value')) return reference(value as { $value: unknown; default?: unknown }, fault);
  const fields = Object.entries(value);
  const bad = fields.find(([key]) => FORBIDDEN.has(key) || key.length > 200);
  if (bad) return fault('message.bad-field', `"${bad[0].slice(0, 40)}" is not offered as the name of a field`);
  return { as: 'object', fields: fields.map(([key, item]) => [key, read(item, `${path}.${key}`, depth + 1, reading)]) };
}

function text(source: string, path: string, reading: Reading, fault: (code: string, message: string) => WebhookNode): WebhookNode {
  reading.text += source.length;
  if (reading.text > MAX_TEXT) return reading.text - source.length <= MAX_TEXT ? fault('message.too-large', `the texts may have ${MAX_TEXT} characters in all`) : NOTHING;
  if (!source.includes('{{')) return { as: 'fixed', value: source };
  const stored = reading.stored(path, source);
  return stored === null ? NOTHING : { as: 'template', source: stored, path };
}

function reference(value: { $value: unknown; default?: unknown }, fault: (code: string, message: string) => WebhookNode): WebhookNode {
  const strange = Object.keys(value).find((key) => key !== '$value' && key !== 'default');
  if (strange !== undefined) return fault('message.bad-value', `beside "$value" stands only "default", not "${strange.slice(0, 40)}"`);
  if (typeof value.$value !== 'string' || !PATH.test(value.$value)) return fault('message.bad-value', '"$value" names one value by its path, such as "person.plan" or "event.amount"');
  const path = value.$value.split('.');
  if (path.some((part) => FORBIDDEN.has(part))) return fault('message.bad-value', `"${value.$value}" is not offered`);
  return { as: 'value', path, ...(Object.hasOwn(value, 'default') ? { otherwise: { value: value.default } } : {}) };
}

/** How the tree is filled for one person. */
export interface Filling {
  template(source: string, path: string): string;
  /** Called when a value is missing and nothing stands in for it; never returns. */
  missing(path: string): never;
  /** Plain data. */
  data: object;
}

/** The tree with one person's values in it: structure comes from the author alone. */
export function fillTree(node: WebhookNode, filling: Filling): unknown {
  switch (node.as) {
    case 'fixed': return node.value;
    case 'template': return filling.template(node.source, node.path);
    case 'value': return lookUp(filling.data, node.path) ?? (node.otherwise ? node.otherwise.value : filling.missing(node.path.join('.')));
    case 'list': return node.items.map((item) => fillTree(item, filling));
    case 'object': return Object.fromEntries(node.fields.map(([key, item]) => [key, fillTree(item, filling)]));
  }
}

/** Own properties only; a path through something that is no object leads nowhere. */
function lookUp(data: unknown, path: readonly string[]): unknown {
  let at: unknown = data;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}
