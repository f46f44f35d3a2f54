// One container from the image as compose.yaml would run it: read-only but for /data and /tmp, without capabilities, without new rights.
// It shares the network of this machine; its processes, its mounts and its names are its own.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { run } from './tools.mjs';

const mount = (destination, type, options) => ({ destination, type, source: type, options });

/** What the Dockerfile says of how it is run, for `runc`. */
function specification({ rootfs, settings, data, env }) {
  const capabilities = Object.fromEntries(['bounding', 'effective', 'inheritable', 'permitted'].map((kind) => [kind, []]));
  return {
    ociVersion: '1.0.2',
    hostname: 'danbi',
    root: { path: rootfs, readonly: true },
    process: {
      terminal: false,
      user: { uid: 1000, gid: 1000 },
      args: [...(settings.Entrypoint ?? []), ...settings.Cmd],
      env: [...settings.Env, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)],
      cwd: settings.WorkingDir,
      capabilities,
      noNewPrivileges: true,
    },
    mounts: [
      mount('/proc', 'proc', []),
      mount('/dev', 'tmpfs', ['nosuid', 'mode=755', 'size=65536k']),
      mount('/dev/shm', 'tmpfs', ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k']),
      mount('/sys', 'sysfs', ['nosuid', 'noexec', 'nodev', 'ro']),
      mount('/tmp', 'tmpfs', ['nosuid', 'nodev', 'mode=1777']),
      ...['/etc/resolv.conf', '/etc/hosts'].map((file) => ({ destination: file, type: 'bind', source: file, options: ['bind', 'ro'] })),
      { destination: '/data', type: 'bind', source: data, options: ['bind', 'rw'] },
    ],
    linux: { namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })), maskedPaths: ['/proc/kcore', '/proc/keys'], readonlyPaths: ['/proc/sys', '/proc/sysrq-trigger'] },
  };
}

/** Starts it. `settings` is the image's `Config`; `data` a folder that uid 1000 owns. */
export function startContainer({ folder, name, ...how }) {
  const bundle = `${folder}/${name}`;
  mkdirSync(bundle);
  writeFileSync(`${bundle}/config.json`, JSON.stringify(specification(how)));
  const runc = (...args) => ['--root', `${folder}/runc`, ...args];
  const child = spawn('runc', runc('run', '--bundle', bundle, name), { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const waiting = new Set();
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { printed += chunk; for (const look of waiting) look(); });
  const ended = new Promise((resolve) => { child.on('exit', (code) => { resolve(code); for (const look of waiting) look(true); }); });
  return {
    ended,
    printed: () => printed,
    /** Waits for what it prints. @throws {Error} when it ends before */
    until: (pattern) => new Promise((resolve, reject) => {
      const look = (isOver = false) => {
        const found = pattern.exec(printed);
        if (found) resolve(found); else if (isOver || child.exitCode !== null) reject(new Error(`the container ended (${child.exitCode}) and never printed ${pattern}:\n${printed.slice(-3000)}`)); else return;
        waiting.delete(look);
      };
      waiting.add(look);
      look();
    }),
    exec: (...command) => run('runc', runc('exec', name, ...command)),
    signal: (signal) => run('runc', runc('kill', name, signal)),
    /** Ids on the machine of all its processes. */
    processes: () => JSON.parse(run('runc', runc('ps', '--format', 'json', name))),
    /** Ends it whatever it does. */
    destroy: () => { try { run('runc', runc('delete', '--force', name)); } catch { /* it is gone already */ } },
  };
}
