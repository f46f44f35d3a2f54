import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

/** A sentence as it stands in the code: what is put in at run time is `x`. */
export interface Sentence { file: string; text: string }

/** What makes an error or says what is wrong; the sentence is any of its texts. */
const SAYING = /^(?:AppError|TooManyError|conflict|fault|warning|TemplateFault|RenderFailure|AddressRefused|badKey|invalid|refuse|refused|refuseNamed|refuseUsed|problem|bad|broken|issue|add|target|answer|wrong|repeated)$/;
/** Where zod takes a text of ours. */
const SCHEMA = /^(?:refine|regex|min|max|email|uuid|literal|custom|check|superRefine|startsWith|int)$/;
const isSentence = (text: string) => /[a-z]+[,:]? [a-z"“{<]/.test(text) && !/^\s*(?:select|insert|update|delete|with|union|and|or)\b/i.test(text) && !/[가-힣]/.test(text);

/** The texts an expression can be: both sides of a condition, `x` for what is only known at run time. */
function textsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (!ts.isTemplateExpression(node)) return [];
  return node.templateSpans.reduce((heads, span) => {
    const inside = textsOf(span.expression);
    return heads.flatMap((head) => (inside.length === 0 ? ['x'] : inside).map((text) => head + text + span.literal.text));
  }, [node.head.text]);
}

/** Every sentence that the code of a file says to people; conditional ones as a list of which one suffices. */
function sentencesOf(file: string): string[][] {
  const code = readFileSync(file, 'utf8');
  // Most files say nothing: reading them as TypeScript would be most of the work.
  if (!/\b(?:message|error):|AppError|conflict\(|[Ff]ault|Failure|Refused|\.(?:refine|regex|min|max|email|uuid|literal|int)\(|issue\(|\b(?:refuse|problem|bad|broken|invalid|badKey|target|add)/.test(code)) return [];
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const found: string[][] = [];
  const keep = (node: ts.Expression) => {
    const texts = textsOf(node).filter(isSentence);
    if (texts.length === 0) return;
    if (ts.isTemplateExpression(node)) found.push(texts);
    else found.push(...texts.map((text) => [text]));
  };
  const visit = (node: ts.Node) => {
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && node.arguments) {
      const name = node.expression.getText().split('.').at(-1)!;
      if (SAYING.test(name) || SCHEMA.test(name)) node.arguments.forEach(keep);
    }
    if (ts.isPropertyAssignment(node) && /^(?:message|error)$/.test(node.name.getText())) keep(node.initializer);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** All sentences of these folders of `src`. @param skipped parts of paths that say nothing to a person at the dashboard */
export function sentencesIn(folders: readonly string[], skipped: readonly RegExp[]): { file: string; texts: string[] }[] {
  return folders.flatMap((folder) => readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`))
    .filter((name) => !skipped.some((one) => one.test(name)))
    .flatMap((file) => sentencesOf(`src/${file}`).map((texts) => ({ file, texts })));
}

/** The nouns that `notFound(noun, id)` is called with. */
export function missingThings(folders: readonly string[]): string[] {
  const files = folders.flatMap((folder) => readdirSync(`src/${folder}`, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts')).map((name) => `src/${folder}/${name}`));
  return [...new Set(files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bnotFound\('([^']+)'/g)].map(([, noun]) => noun!)))];
}
