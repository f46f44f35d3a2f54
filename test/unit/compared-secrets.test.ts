import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { isSameSecret } from '../../src/kernel/same-secret.js';

/** The one place that may compare in a time of its own. */
const HOME = 'kernel/same-secret.ts';
/** Names of what only its owner knows, or of what proves it. */
const SECRET = /(?:^|[a-z_])(?:signature|secret|mac|hmac|digest|token|password|apiKey|credential)s?$|^(?:given|presented)$|(?:token|secret|password|code|key)Hash$/i;
/** Compared as they are, with why that tells nobody anything. */
const ALLOWED: Record<string, string> = {
  'analytics/rollups.service.ts: goals.digest !== plan.digest': 'a digest of what is counted, no secret',
  'analytics/cells.service.ts: goals.digest !== plan.digest': 'a digest of what is counted, no secret',
  'analytics/cells.service.ts: goals.digest === plan.digest': 'a digest of what is counted, no secret',
  'files/files.service.ts: planned.plan.digest !== digest': 'a digest of a plan that the asker was shown',
  'campaigns/entry/entry-files.service.ts: state.digest !== batch.digest': 'a digest of a file that the asker sends',
  'campaigns/entry/entry-files.service.ts: state.digest !== batch.before': 'a digest of a file that the asker sends',
  'delivery/returns/providers/connections.service.ts: value === secret.value': 'an owner, who enters the secret, is told that it is there already',
  "delivery/tracking/link-token.ts: bytes.toString('base64url') !== token": 'a text with its own bytes: no secret takes part',
  'access/domain/password.ts: password.toLowerCase() === email.toLowerCase()': 'a password that is being chosen must not be the e-mail; both come from the asker',
  'delivery/tracking/origins.ts: this.of.secret !== secret': 'ours against ours: whether a kept value is of today',
  'delivery/rules/domain/ad-label.ts: rest !== given': 'texts of subjects',
  "visitors/stream/ticket-token.ts: bytes.toString('base64url') !== token": 'a text with its own bytes: no secret takes part',
};

/** Make a MAC, and compare none: they derive keys, name things by a key, or sign what goes out. */
const MAKERS = ['delivery/hooks/domain/signature.ts', 'delivery/tracking/origins.ts', 'platform/database/analyst-role.ts', 'visitors/stream/ticket-token.ts'];

const nameOf = (node: ts.Expression): string => {
  if (ts.isIdentifier(node)) return node.text;
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'value' ? `${nameOf(node.expression)}` : node.name.text;
  if (ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return nameOf(node.expression);
  if (ts.isElementAccessExpression(node)) return nameOf(node.expression);
  // `token.slice(0, 5)`, `mac.toString('hex')`, `hashOf(token)`, `createHmac(…).digest()`: what is said of a secret is one.
  if (ts.isCallExpression(node)) return ts.isPropertyAccessExpression(node.expression) && /^(?:toString|slice|subarray|trim|toLowerCase|digest|at)$/.test(node.expression.name.text) ? (node.expression.name.text === 'digest' ? 'digest' : nameOf(node.expression.expression)) : nameOf(node.expression).replace(/Of$/, '');
  return '';
};
/** Nothing, a length, a word that stands in the code: what is compared with it is no guess. */
const isPlain = (node: ts.Expression): boolean => node.kind === ts.SyntaxKind.NullKeyword || ts.isLiteralExpression(node) || ts.isNumericLiteral(node) || node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword || (ts.isIdentifier(node) && node.text === 'undefined') || ts.isTypeOfExpression(node);
const EQUALITY = new Set([ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken, ts.SyntaxKind.EqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsToken]);

/** Every comparison of a file that stops where its two sides differ and has a secret on one side. */
function comparisonsOf(code: string): string[] {
  // Most files have none: reading them as TypeScript would be most of the work.
  if (!/signature|secret|mac\b|digest|token|password|apiKey|credential|given|presented|Hash\b/i.test(code)) return [];
  const source = ts.createSourceFile('x.ts', code, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && EQUALITY.has(node.operatorToken.kind) && !isPlain(node.left) && !isPlain(node.right) && [node.left, node.right].some((side) => SECRET.test(nameOf(side)))) found.push(node.getText());
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [what, of, first] = [node.expression.name.text, node.expression.expression, node.arguments[0]];
      if (/^(?:equals|compare|localeCompare)$/.test(what) && (/^Buffer$/.test(of.getText()) || [of, ...node.arguments].some((side) => SECRET.test(nameOf(side))))) found.push(node.getText());
      if (/^(?:includes|indexOf|startsWith|endsWith)$/.test(what) && first && !isPlain(first) && SECRET.test(nameOf(first))) found.push(node.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.includes('migrations/'));
const codes = new Map(files.map((name) => [name, readFileSync(`src/${name}`, 'utf8')]));

test('only one function compares in a time of its own, and those that need it call it', () => {
  const naming = (name: string) => files.filter((file) => new RegExp(String.raw`\b${name}\b`).test(codes.get(file)!));
  expect(naming('timingSafeEqual')).toEqual([HOME]);
  expect(naming('isSameSecret').length).toBeGreaterThanOrEqual(7);
  // Whatever makes a MAC to check one calls it; the others only make them.
  const makers = files.filter((file) => /\bcreateHmac\(/.test(codes.get(file)!) && !/\bisSameSecret\(/.test(codes.get(file)!));
  expect(makers.toSorted()).toEqual(MAKERS.toSorted());
});

test('no signature, token, hash or password is compared in a way that stops at the first difference', () => {
  const found = files.filter((file) => file !== HOME).flatMap((file) => comparisonsOf(codes.get(file)!).map((text) => `${file}: ${text}`));
  expect(found.filter((one) => !(one in ALLOWED))).toEqual([]);
  // What is allowed is still there.
  expect(Object.keys(ALLOWED).filter((one) => !found.includes(one))).toEqual([]);
});

test('the database finds secrets by their hashes', () => {
  const found = files.flatMap((file) => [...codes.get(file)!.matchAll(/\b\w+\.(?:token|secret|password|signature)\s*(?:=|<>)\s*\$\d/g)].map(([text]) => `${file}: ${text}`));
  expect(found.filter((one) => !/update .*set/.test(one))).toEqual([]);
});

test.each([
  'if (token !== given) refuse();', 'return signature === hmac(secret, body).toString("hex");', 'mac.equals(wanted)', 'Buffer.compare(mac, b) === 0', 'secrets.some((secret) => secret === header)', 'keys.includes(presented)', 'hashOf(token) === row.tokenHash', 'a == b.password',
])('the look at the code sees: %s', (code) => { expect(comparisonsOf(code)).not.toEqual([]); });

test('bytes are the same only when all are, whatever their length', () => {
  const bytes = Buffer.from('0123456789abcdef');
  expect(isSameSecret(bytes, Buffer.from(bytes))).toBe(true);
  expect([bytes.subarray(1), Buffer.alloc(0), Buffer.from('0123456789abcdeF'), Buffer.concat([bytes, Buffer.of(0)])].filter((other) => isSameSecret(other, bytes))).toEqual([]);
  expect(isSameSecret(Buffer.alloc(0), Buffer.alloc(0))).toBe(true);
});
