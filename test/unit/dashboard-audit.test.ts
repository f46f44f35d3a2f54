import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

interface Words { kinds: Record<string, string>; verbs: Record<string, string>; exact: Record<string, string> }
const wordsOf = (language: string) => JSON.parse(readFileSync(`web/src/i18n/${language}/audit.json`, 'utf8')) as Words;

/** Every text that an expression may be; of what is put together by the program the part that is fixed, with a star. */
function textsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isTemplateExpression(node)) return node.templateSpans.reduce((texts, { expression, literal }) => texts.flatMap((text) => (ts.isConditionalExpression(expression) ? textsOf(expression) : ['*']).map((part) => text + part + literal.text)), [node.head.text]);
  return [];
}

/** Every `action` that is recorded in the audit log, as the code spells it. */
function actionsOf(code: string): string[] {
  if (!/\baction:/.test(code)) return [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'action') found.push(...textsOf(node.initializer));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('x.ts', code, ts.ScriptTarget.Latest, true));
  return found.filter((text) => /^[a-z_-]+\.[a-z_*-]+$/.test(text));
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const actions = [...new Set(files.flatMap((name) => actionsOf(readFileSync(`src/${name}`, 'utf8'))))].toSorted();

test.each(['en', 'ko'])('whatever is recorded in the audit log has words: %s', (language) => {
  const { kinds, verbs, exact } = wordsOf(language);
  expect(actions.length).toBeGreaterThan(100);
  const mute = actions.filter((action) => {
    const [kind, verb] = action.split('.') as [string, string];
    return !(action.replace('.', '_') in exact) && !(kind in kinds && (verb === '*' || verb in verbs));
  });
  expect(mute).toEqual([]);
});
