// What an image that only runs must not hold.
import { existsSync, readFileSync } from 'node:fs';
import { run } from './tools.mjs';

const BUILDERS = ['gcc', 'g++', 'cc', 'make', 'python3', 'git', 'tsc'];
/** What stands in /app; anything else came along by mistake. */
const APP = ['dist', 'node_modules', 'package.json'];

/** What is there and should not be, one a line. @param root of the repository, for its lock file */
export function contentFaults(rootfs, root) {
  const found = (folder, ...args) => run('find', [`${rootfs}${folder}`, ...args]).split('\n').filter((line) => line !== '').map((line) => line.slice(rootfs.length));
  const lock = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8')).packages;
  return [
    ...found('/app', '-mindepth', '1', '-maxdepth', '1').filter((path) => !APP.includes(path.slice('/app/'.length))),
    ...found('/app/dist', '-name', '*.ts', '-not', '-name', '*.d.ts'),
    ...found('/app/dist', '-maxdepth', '1', '(', '-name', 'test', '-o', '-name', 'bench', ')'),
    ...found('/app', '-name', '.env*', '-o', '-name', '.npmrc', '-o', '-name', '*.pem', '-path', '/app/dist/*', '-o', '-name', 'secret.key'),
    ...found('/app', '!', '-user', 'root'),
    ...BUILDERS.flatMap((program) => ['/bin', '/usr/bin', '/usr/local/bin', '/app/node_modules/.bin'].map((place) => `${place}/${program}`).filter((path) => existsSync(`${rootfs}${path}`))),
    ...Object.entries(lock).filter(([place, { dev }]) => dev && existsSync(`${rootfs}/app/${place}/package.json`)).map(([place]) => place),
  ];
}
