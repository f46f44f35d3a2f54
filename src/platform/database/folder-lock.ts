import { createHash } from 'node:crypto';
import { realpath, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../kernel/errors.js';

const LONGEST_SOCKET_PATH = 100;

/**
 * Keeps two processes from running the embedded database of one folder. The lock is a listening local socket: the operating
 * system lets go of it however the process ends, so a kill -9 leaves nothing to clean up by hand.
 * @returns what releases it
 * @throws data-dir.in-use
 */
export async function lockFolder(directory: string): Promise<() => Promise<void>> {
  const path = await socketPath(directory);
  const server = (await listen(path)) ?? (await takeOver(path));
  if (!server) throw new AppError('data-dir.in-use', `Another Danbi runs on the data folder ${directory}. Stop it first, or choose another folder with DATA_DIR.`, 'unavailable');
  return () => new Promise((done) => { server.close(() => done()); });
}

async function socketPath(directory: string): Promise<string> {
  const real = await realpath(directory);
  const inside = join(real, 'danbi.sock');
  // Socket paths are short by law of the operating system; a deep folder gets one by its hash.
  return Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH ? inside : join(tmpdir(), `danbi-${createHash('sha256').update(real).digest('hex').slice(0, 16)}.sock`);
}

/** A socket file without a listener is what a killed process left. */
async function takeOver(path: string): Promise<Server | null> {
  if (await answers(path)) return null;
  await rm(path, { force: true });
  return listen(path);
}

function listen(path: string): Promise<Server | null> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? done(null) : fail(error)));
    server.listen(path, () => done(server.unref()));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path);
    socket.once('connect', () => { socket.destroy(); done(true); });
    socket.once('error', () => done(false));
  });
}
