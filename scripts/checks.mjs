// Everything that is checked without running a test, side by side: types, lint, floors, and the generated files. Says what each one
// said, in that order, and fails when one of them does.
import { spawn } from 'node:child_process';

const CHECKS = ['types', 'lint', 'floors', 'schema:check', 'openapi:check', 'lock:check'];

const found = await Promise.all(CHECKS.map((name) => new Promise((done) => {
  const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (part) => { said += part; });
  child.stderr.on('data', (part) => { said += part; });
  child.once('close', (code) => { done({ name, code, said }); });
})));
for (const { name, code, said } of found) process.stdout.write(`${name}: ${code === 0 ? 'ok' : `FAILED (${code})`}\n${said}`);
process.exitCode = found.every(({ code }) => code === 0) ? 0 : 1;
