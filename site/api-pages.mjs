// The API reference as pages, one for each tag of openapi.json: who may call a route, what it takes and what it answers.

/** Levels of fields inside fields that a table shows, and the rows after which it refers to the document. */
const DEEP = 3;
const MOST_ROWS = 80;
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export const slug = (name) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
const cell = (text) => String(text ?? '').replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');
const code = (text) => `\`${cell(text)}\``;

/** The schema behind references, with parts of `allOf` put together. */
function resolve(document, schema, depth = 0) {
  if (!schema || depth > 8) return {};
  if (schema.$ref) return { name: schema.$ref.split('/').at(-1), ...resolve(document, document.components.schemas[schema.$ref.split('/').at(-1)], depth + 1), ...(schema.description ? { description: schema.description } : {}) };
  if (!schema.allOf) return schema;
  const parts = [schema, ...schema.allOf.map((part) => resolve(document, part, depth + 1))];
  return { ...Object.assign({}, ...parts), properties: Object.assign({}, ...parts.map((part) => part.properties ?? {})), required: parts.flatMap((part) => part.required ?? []), allOf: undefined };
}

const choices = (schema) => schema.oneOf ?? schema.anyOf;

/** A type in a word or two. */
function typeOf(document, given, depth = 0) {
  const schema = resolve(document, given);
  if (depth > 2) return schema.name ?? 'object';
  const or = (text) => (schema.nullable || (Array.isArray(schema.type) && schema.type.includes('null')) ? `${text} or null` : text);
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return or(schema.enum.length > 12 ? `one of ${schema.enum.length} words` : schema.enum.map((value) => code(value)).join(' '));
  if (schema.type === 'array' || schema.items) return or(`list of ${typeOf(document, schema.items ?? {}, depth + 1)}`);
  if (choices(schema)) return or([...new Set(choices(schema).map((one) => typeOf(document, one, depth + 1)))].slice(0, 6).join(' or '));
  const plain = Array.isArray(schema.type) ? schema.type.filter((type) => type !== 'null').join(' or ') : schema.type;
  return or({ 'date-time': 'moment', uuid: 'id', date: 'day' }[schema.format] ?? plain ?? (schema.properties ? 'object' : 'anything'));
}

function limits({ minimum, maximum, minLength, maxLength, minItems, maxItems, pattern, default: usual }) {
  const span = (low, high, unit) => (low === undefined && high === undefined ? [] : [`${low ?? 0}–${high ?? '…'}${unit}`]);
  return [...span(minimum, maximum, ''), ...(minLength || maxLength ? span(minLength, maxLength, ' characters') : []), ...span(minItems, maxItems, ' items'), ...(pattern && pattern.length < 60 ? [code(pattern)] : []), ...(usual === undefined ? [] : [`else ${code(JSON.stringify(usual))}`])].join('; ');
}

/** What tells one of several forms from the others: its `type`, or its place among them. */
function formOf(document, schema, index) {
  const { enum: words, const: word } = resolve(document, resolve(document, schema).properties?.type);
  return word ?? words?.join('/') ?? resolve(document, schema).name ?? String(index + 1);
}

/** Rows of a table of fields: `[path, type, must, words]`. Fields of one form of several stand as `entry:event.key`. */
function fieldsOf(document, given, path = '', depth = 0, seen = []) {
  const schema = resolve(document, given);
  if (schema.name && seen.includes(schema.name)) return [];
  const on = schema.name ? [...seen, schema.name] : seen;
  if (schema.items) return fieldsOf(document, schema.items, `${path}[]`, depth, on);
  const forms = (choices(schema) ?? []).filter((one) => resolve(document, one).properties || choices(resolve(document, one)));
  if (forms.length > 0 && !schema.properties) return forms.flatMap((one, index) => fieldsOf(document, one, forms.length === 1 ? path : `${path}:${formOf(document, one, index)}`, depth, on));
  return Object.entries(schema.properties ?? {}).filter(([key, property]) => !(key === 'type' && path.includes(':') && resolve(document, property).enum?.length === 1)).flatMap(([key, property]) => {
    const name = path === '' ? key : `${path}.${key}`;
    const inside = resolve(document, property);
    const words = [inside.description ?? '', limits(inside)].filter((text) => text !== '').join(' · ');
    const row = [name, typeOf(document, property), (schema.required ?? []).includes(key) ? 'yes' : '', words];
    return [row, ...(depth + 1 < DEEP ? fieldsOf(document, property, name, depth + 1, on) : [])];
  });
}

function fieldTable(document, schema, must, most = MOST_ROWS) {
  const rows = fieldsOf(document, schema);
  if (rows.length === 0) return [`${typeOf(document, schema)}.`];
  const head = must ? ['| Field | Type | Needed | |', '|---|---|---|---|'] : ['| Field | Type | |', '|---|---|---|'];
  const lines = rows.slice(0, most).map(([name, type, needed, words]) => `| ${code(name.replace(/^:/, ''))} | ${type} |${must ? ` ${needed} |` : ''} ${cell(words)} |`);
  return [...head, ...lines, ...(rows.length > most ? ['', `… and ${rows.length - most} more fields: [openapi.json](/openapi.json).`] : [])];
}

function contentOf(document, content, must) {
  return Object.entries(content ?? {}).flatMap(([type, { schema }]) => [...(type === 'application/json' ? [] : [`As ${code(type)}:`]), '', ...fieldTable(document, schema ?? {}, must), '']);
}

const MAY = { owner: 'owner', marketer: 'marketer', analyst: 'analyst', ingest: 'ingest' };

/** One route as markdown lines. */
function routeOf(document, path, method, route) {
  const parameters = (route.parameters ?? []).filter((one) => one.in !== 'header');
  const roles = route['x-danbi-roles'];
  const answers = Object.entries(route.responses ?? {}).filter(([status]) => /^2/.test(status));
  return [
    `## ${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, '', ...(route.summary ? [`${route.summary}.`.replace(/\.\.$/, '.'), ''] : []), ...(route.description ? [route.description, ''] : []),
    roles ? `For ${roles.map((role) => MAY[role] ?? role).join(', ')}.` : 'Open to who has what it asks for, without a role.', '',
    ...(parameters.length === 0 ? [] : ['| Parameter | Where | Type | |', '|---|---|---|---|', ...parameters.map((one) => `| ${code(one.name)} | ${one.in}${one.required && one.in !== 'path' ? ', needed' : ''} | ${typeOf(document, one.schema ?? {})} | ${cell([one.description ?? '', limits(one.schema ?? {})].filter(Boolean).join(' · '))} |`), '']),
    ...(route.requestBody ? ['**Body**', ...contentOf(document, route.requestBody.content, true)] : []),
    ...answers.flatMap(([status, { content, description }]) => (content ? [`**Answer ${status}**`, ...contentOf(document, content, false)] : [`**Answer ${status}**${description ? `: ${description}` : ', without a body'}`, ''])),
  ];
}

/** @returns `[address, markdown]` of the first page of the reference and of one page a tag */
export function apiPages(document) {
  const tags = new Map();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS.filter((one) => item[one])) {
      for (const tag of item[method].tags ?? ['Other']) tags.set(tag, [...(tags.get(tag) ?? []), { path, method, route: item[method] }]);
    }
  }
  const names = [...tags.keys()].toSorted((a, b) => a.localeCompare(b, 'en'));
  const note = 'Made from `openapi.json` when the site is built.';
  return [['api/index', overview(document, tags)], ['api/definitions', definitionsPage(document)], ...names.map((tag) => [`api/${slug(tag)}`, ['---', 'outline: 2', 'editLink: false', '---', `# ${tag}`, '', note, '', ...tags.get(tag).flatMap(({ path, method, route }) => routeOf(document, path, method, route))].join('\n')])];
}

/** What campaigns and segments are made of, by the names that routes use for them. */
const DEFINITIONS = { CampaignDefinition: 'A campaign', SegmentNode: 'A segment', EmailContent: 'An e-mail', EmailBlocks: 'An e-mail in blocks', InAppContent: 'An in-app message', CampaignPacing: 'Pace of a campaign', PacingSettings: 'Caps and quiet hours of the workspace' };
function definitionsPage(document) {
  const parts = Object.entries(DEFINITIONS).filter(([name]) => document.components.schemas[name]).flatMap(([name, title]) => [`## ${title}`, '', `${code(name)} in \`openapi.json\`.`, '', ...fieldTable(document, { $ref: `#/components/schemas/${name}` }, true, 400), '']);
  return ['---', 'outline: 2', '---', '# Definitions', '', 'What the fields called `definition`, `content` and `pacing` hold. Where there are several forms, `entry:event.key` is the field `key` of an `entry` whose `type` is `event`; `[]` is one of a list.', '', ...parts].join('\n');
}

/** The first page: how to be let in, and which tag has what. */
function overview(document, tags) {
  const counted = [...tags.values()].reduce((sum, routes) => sum + routes.length, 0);
  return ['# API', '', `${counted} routes, described by [openapi.json](/openapi.json) (OpenAPI ${document.openapi}), which every installation answers at \`/openapi.json\` too. The dashboard uses nothing else.`, '',
    '- **Server keys** (`dnb_sk_…`) go into `Authorization: Bearer`; they have a role. **Write keys** (`dnb_wk_…`) are public and may only send events and ask for what a browser shows.',
    '- A **session** of the dashboard that changes something sends `x-danbi-csrf: 1` beside its cookie.',
    '- **Lists** come page by page: `limit`, and `after` with the `next` of the page before.',
    '- **Errors** have a stable `code`, a sentence `message` (and `messageKo`), and `problems` with the place of each.',
    '- Who may call what: [the table of routes](/routes.md). What definitions look like: [Definitions](/api/definitions.md).', '',
    '| Part | Routes |', '|---|---|', ...[...tags.keys()].toSorted((a, b) => a.localeCompare(b, 'en')).map((tag) => `| [${tag}](/api/${slug(tag)}.md) | ${tags.get(tag).length} |`), ''].join('\n');
}

/** Names and addresses of the pages by tag, for the side bar. */
export function apiTags(document) {
  const tags = new Set(Object.values(document.paths).flatMap((item) => METHODS.flatMap((method) => item[method]?.tags ?? (item[method] ? ['Other'] : []))));
  return [...tags].toSorted((a, b) => a.localeCompare(b, 'en')).map((tag) => ({ text: tag, link: `/api/${slug(tag)}` }));
}
