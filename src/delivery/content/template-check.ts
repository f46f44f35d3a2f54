import { HELPERS, MARKS } from './template-helpers.js';
import { engine } from './template-engine.js';
import type { Inlined } from './snippets.js';
import { normalised, scanMustaches, TemplateFault, type Mustache } from './template-source.js';

/** The outermost names a template may use. */
export const ROOTS = ['person', 'event', 'workspace', 'message'] as const;
const LOOP_DATA = new Set(['index', 'key', 'first', 'last']);
const FORBIDDEN = new Set(['constructor', '__proto__', 'prototype', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__']);

/** A template whose every expression is known to be allowed. */
export interface CheckedTemplate {
  source: string;
  mustaches: Mustache[];
  /** What stands for each mustache in the stored source: values that must exist carry their name. */
  stored: string[];
  /** Where each stretch of `source` was written, when snippets stand in it. */
  inlined?: Pick<Inlined, 'pieces' | 'source'>;
  uses: Use[];
  helpers: string[];
}

/** A value that a template may say: `person.items[].name` is the name of each item. */
export interface Use {
  path: string;
  /** It must exist, or the message is not made. */
  required: boolean;
}

interface Edit { start: number; end: number; text: string }

/**
 * Parses a template, refuses unknown helpers, variables and prototype names with their place, and marks each value that
 * must exist. Marking replaces Handlebars' own strict mode, which can not name a whole path and fails on missing parents.
 */
export function checkTemplate(text: string): CheckedTemplate {
  const source = normalised(text);
  const mustaches = scanMustaches(source);
  if (mustaches.length === 0) return { source, mustaches, stored: [], uses: [], helpers: [] };
  const walk = new Walk(source);
  const edits = walk.program(parse(source));
  const stored = mustaches.map((mustache) => applyEdits(source, mustache, edits.filter((edit) => edit.start >= mustache.start && edit.end <= mustache.end)));
  return { source, mustaches, stored, uses: walk.uses, helpers: [...walk.helpers] };
}

/** The source with its mustaches replaced by `replacement(index)`, and its fixed text by `fixed`. */
export function restore({ source, mustaches }: Pick<CheckedTemplate, 'source' | 'mustaches'>, replacement: (index: number) => string, fixed: (text: string) => string = (text) => text): string {
  let at = 0;
  let out = '';
  for (const [index, { start, end }] of mustaches.entries()) {
    out += fixed(source.slice(at, start)) + replacement(index);
    at = end;
  }
  return out + fixed(source.slice(at));
}

export const storedSource = (checked: CheckedTemplate): string => restore(checked, (index) => checked.stored[index]!);

function parse(source: string): hbs.AST.Program {
  try {
    return engine.parse(source);
  } catch (cause) {
    const { message = '', lineNumber } = cause as { message?: string; lineNumber?: number };
    const line = Number(lineNumber ?? /line (\d+)/.exec(message)?.[1] ?? 1);
    const unlike = /^(\S+) doesn't match (\S+)/.exec(message);
    const said = unlike ? `"${unlike[1]}" is closed by "${unlike[2]}"` : 'this expression can not be read; a block may not be closed';
    throw new TemplateFault('template.syntax', said, offsetOf(source, { line, column: 0 }));
  }
}

function offsetOf(source: string, { line, column }: { line: number; column: number }): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    const next = source.indexOf('\n', start);
    if (next < 0) break;
    start = next + 1;
  }
  return Math.min(source.length, start + column);
}

function applyEdits(source: string, { start, end }: Mustache, edits: Edit[]): string {
  let at = start;
  let out = '';
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    out += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return out + source.slice(at, end);
}

const below = (self: string | null, parts: readonly string[]): string | null => (self === null ? null : [self, ...parts].join('.'));

/** What names mean inside a block: `this`, and the names it gives. Null: what a helper made. */
interface Scope { self: string | null; names: Map<string, string | null> }

/** One walk over a syntax tree. `inner` counts blocks that change what names mean (`each`, `with`). */
class Walk {
  readonly uses: Use[] = [];
  readonly helpers = new Set<string>();
  private readonly scopes: Scope[] = [];
  private readonly edits: Edit[] = [];
  private readonly lines: number[];
  private readonly named: string[] = [];
  private inner = 0;

  constructor(private readonly source: string) {
    this.lines = [0];
    for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) this.lines.push(at + 1);
  }

  program(program: hbs.AST.Program): Edit[] {
    for (const statement of program.body) this.statement(statement);
    return this.edits;
  }

  private statement(node: hbs.AST.Statement): void {
    if (node.type === 'ContentStatement' || node.type === 'CommentStatement') return;
    if (node.type === 'MustacheStatement') return this.mustache(node as hbs.AST.MustacheStatement);
    if (node.type === 'BlockStatement') return this.block(node as hbs.AST.BlockStatement);
    throw this.fault('template.partial', 'partials and decorators are not offered', node);
  }

  private mustache(node: hbs.AST.MustacheStatement): void {
    if (!node.escaped) throw this.fault('template.unescaped', 'only "{{ }}" is offered', node);
    const path = node.path as hbs.AST.PathExpression;
    const helper = node.params.length > 0 || node.hash !== undefined || this.isHelper(path);
    if (helper) return this.call(node, false);
    this.path(path);
    this.use(path, true);
    this.mark(path, MARKS.text, '', '');
  }

  private block(node: hbs.AST.BlockStatement): void {
    this.call(node, true);
    const name = node.path.original;
    const scoped = name === 'each' || name === 'with';
    const names = (node.program as { blockParams?: string[] } | undefined)?.blockParams ?? [];
    this.named.push(...names);
    if (scoped) this.enter(node, names);
    if (node.program) this.program(node.program);
    if (scoped) this.leave();
    this.named.splice(this.named.length - names.length);
    if (node.inverse) this.program(node.inverse);
  }

  private enter(node: hbs.AST.BlockStatement, names: readonly string[]): void {
    const over = node.params[0]?.type === 'PathExpression' ? this.meaning(node.params[0] as hbs.AST.PathExpression) : null;
    const self = over !== null && node.path.original === 'each' ? `${over}[]` : over;
    this.scopes.push({ self, names: new Map(names.map((name, index) => [name, index === 0 ? self : null])) });
    this.inner += 1;
  }

  private leave(): void {
    this.scopes.pop();
    this.inner -= 1;
  }

  /** The value a path stands for, from the outermost names; null for what loops and helpers make themselves. */
  private meaning({ parts, depth, data }: hbs.AST.PathExpression): string | null {
    if (data) return parts[0] === 'root' ? parts.slice(1).join('.') : null;
    const [first, ...rest] = parts;
    const named = depth === 0 ? this.scopes.findLast(({ names }) => first !== undefined && names.has(first)) : undefined;
    if (named) return below(named.names.get(first!)!, rest);
    const at = this.scopes.length - 1 - depth;
    return at < 0 ? parts.join('.') : below(this.scopes[at]!.self, parts);
  }

  private use(path: hbs.AST.PathExpression, required: boolean): void {
    const meant = this.meaning(path);
    if (meant !== null && meant !== '') this.uses.push({ path: meant, required });
  }

  private isHelper(path: hbs.AST.PathExpression): boolean {
    return path.type === 'PathExpression' && path.parts.length === 1 && path.depth === 0 && !path.data && !/^(this|\.)/.test(path.original) && Object.hasOwn(HELPERS, path.original);
  }

  private call(node: hbs.AST.MustacheStatement | hbs.AST.BlockStatement | hbs.AST.SubExpression, block: boolean): void {
    const name = String((node.path as hbs.AST.PathExpression).original);
    const rule = Object.hasOwn(HELPERS, name) ? HELPERS[name]! : null;
    if (!rule || !this.isHelper(node.path as hbs.AST.PathExpression)) throw this.fault('template.unknown-helper', `there is no ${block ? 'block' : 'helper'} "${name}"; the ${block ? 'blocks' : 'helpers'} are ${Object.keys(HELPERS).filter((known) => !block || HELPERS[known]!.block).join(', ')}`, node.path);
    if (Boolean(rule.block) !== block) throw this.fault('template.unknown-helper', rule.block ? `"${name}" opens a block: {{#${name} …}} … {{/${name}}}` : `"${name}" is not a block`, node.path);
    this.helpers.add(name);
    const [least, most] = rule.args;
    if (node.params.length < least || node.params.length > most) throw this.fault('template.arguments', `"${name}" takes ${least === most ? least : `${least} to ${most}`} argument${most === 1 ? '' : 's'}, here ${node.params.length}`, node);
    const extra = node.hash?.pairs.find((pair) => !rule.named?.includes(pair.key));
    if (extra) throw this.fault('template.arguments', `"${name}" has no option "${extra.key}"`, extra);
    const wrong = rule.wrong?.(node.params.length, node.hash?.pairs.map(({ key }) => key) ?? []);
    if (wrong) throw this.fault('template.arguments', wrong, node);
    const needed = rule.needs === 'first' ? 0 : rule.needs === 'last' ? node.params.length - 1 : -1;
    for (const [index, param] of node.params.entries()) this.argument(param, index === needed);
    for (const pair of node.hash?.pairs ?? []) this.argument(pair.value, true);
  }

  private argument(node: hbs.AST.Expression, needed: boolean): void {
    if (node.type === 'SubExpression') return this.call(node as hbs.AST.SubExpression, false);
    if (node.type !== 'PathExpression') return;
    this.path(node as hbs.AST.PathExpression);
    this.use(node as hbs.AST.PathExpression, needed);
    if (needed) this.mark(node as hbs.AST.PathExpression, MARKS.value, '(', ')');
  }

  private path(path: hbs.AST.PathExpression): void {
    if (path.type !== 'PathExpression') throw this.fault('template.literal', 'a fixed value needs no braces', path);
    const bad = path.parts.find((part) => FORBIDDEN.has(part));
    if (bad !== undefined) throw this.fault('template.forbidden-name', `"${bad}" is not offered`, path);
    const first = path.parts[0];
    if (path.data) {
      if (first === 'root' && path.parts.length > 1) return this.root(path, path.parts[1]!);
      if (first === undefined || !LOOP_DATA.has(first) || path.parts.length > 1) throw this.fault('template.unknown-variable', `there is no "${path.original}"; in loops there are @index, @key, @first, @last, and @root.person everywhere`, path);
      return;
    }
    if (path.depth > this.inner) throw this.fault('template.unknown-variable', '"../" leads out of the template', path);
    if (this.inner > 0 || first === undefined) {
      if (this.inner === 0) throw this.fault('template.unknown-variable', '"this" has a meaning only inside each and with', path);
      return;
    }
    if (!this.named.includes(first)) this.root(path, first);
  }

  private root(path: hbs.AST.PathExpression, name: string): void {
    if ((ROOTS as readonly string[]).includes(name)) return;
    throw this.fault('template.unknown-variable', `"${name}" is not known; variables begin with ${ROOTS.join(', ')} (perhaps person.${name})`, path);
  }

  private mark(path: hbs.AST.PathExpression, mark: string, before: string, after: string): void {
    const { start, end } = this.span(path);
    const label = this.source.slice(start, end).replace(/["\\]/g, '');
    this.edits.push({ start, end, text: `${before}${mark} ${this.source.slice(start, end)} "${label}"${after}` });
  }

  private span(node: hbs.AST.Node): { start: number; end: number } {
    const at = ({ line, column }: hbs.AST.Position) => this.lines[line - 1]! + column;
    return { start: at(node.loc.start), end: at(node.loc.end) };
  }

  private fault(code: string, message: string, node: hbs.AST.Node): TemplateFault {
    return new TemplateFault(code, message, this.span(node).start);
  }
}
