// The image: a base made here in place of the one that a registry would give, then the Dockerfile as it stands.
import { existsSync, mkdirSync, cpSync, rmSync, readFileSync } from 'node:fs';
import { run, sizeOf } from './tools.mjs';

/** The image that the Dockerfile starts from. */
export const baseName = (root) => /^FROM (\S+)/m.exec(readFileSync(`${root}/Dockerfile`, 'utf8'))[1];

/**
 * Makes a stand-in for the base: Debian bookworm by debootstrap, with this machine's Node and npm and the user `node`, as the real one has
 * them. It is not the real one: another version of Node, no `docker-entrypoint.sh`, no yarn.
 */
export function makeBase(buildah, folder, name) {
  const root = `${folder}/base`;
  run('debootstrap', ['--variant=minbase', '--include=ca-certificates,libstdc++6', 'bookworm', root]);
  run('sh', ['-c', `rm -rf ${root}/var/cache/apt/* ${root}/var/lib/apt/lists/*`]);
  cpSync(process.execPath, `${root}/usr/local/bin/node`, { dereference: true });
  const npm = `${run('npm', ['root', '-g'])}/npm`;
  mkdirSync(`${root}/usr/local/lib/node_modules`, { recursive: true });
  cpSync(npm, `${root}/usr/local/lib/node_modules/npm`, { recursive: true, dereference: true });
  for (const program of ['npm', 'npx']) run('ln', ['-s', `../lib/node_modules/npm/bin/${program}-cli.js`, `${root}/usr/local/bin/${program}`]);
  run('chroot', [root, 'sh', '-c', 'groupadd --gid 1000 node && useradd --uid 1000 --gid node --shell /bin/bash --create-home node']);
  const container = buildah('from', 'scratch');
  buildah('add', '--quiet', container, root, '/');
  buildah('config', '--env', `NODE_VERSION=${process.versions.node}`, '--cmd', 'node', container);
  buildah('commit', '--quiet', '--rm', container, name);
  const size = sizeOf(root);
  rmSync(root, { recursive: true, force: true });
  return { node: process.versions.node, npm: JSON.parse(readFileSync(`${npm}/package.json`, 'utf8')).version, size };
}

/**
 * Builds the Dockerfile from what is committed here (a clone of it: the context of a newcomer, without what lies about in this folder).
 * Where npm of this machine needs a certificate of its own to reach its registry, the build sees it and the image does not keep it.
 */
export function buildImage(buildah, folder, root, image) {
  const context = `${folder}/context`;
  mkdirSync(context);
  run('sh', ['-c', `git -C "${root}" archive HEAD | tar x -C "${context}"`]);
  const certificates = run('npm', ['config', 'get', 'cafile']);
  const seen = existsSync(certificates) ? ['--volume', `${certificates}:/etc/ssl/certs/ca-certificates.crt:ro`, '--volume', `${npmSettings(folder)}:/usr/local/etc:ro`] : [];
  // In the format of OCI there is no health check: it would be dropped with a warning.
  buildah('bud', '--isolation', 'chroot', '--format', 'docker', '--pull-never', ...seen, '--tag', image, context);
}

function npmSettings(folder) {
  mkdirSync(`${folder}/npm`);
  run('sh', ['-c', `echo cafile=/etc/ssl/certs/ca-certificates.crt > ${folder}/npm/npmrc`]);
  return `${folder}/npm`;
}
