import { spawn } from 'node:child_process';
import { AppError } from '../../kernel/errors.js';

/** The user a program runs as; ours when absent. */
export interface RunAs { uid?: number; gid?: number }

/** Runs a program to its end; output goes to the error of a failure. `ignore` on stdio keeps a daemon from holding our pipes. */
export function run(command: string, args: string[], runAs: RunAs): Promise<void> {
  return new Promise((done, fail) => {
    const starts = args[0] === 'start';
    const child = spawn(command, args, { ...runAs, cwd: '/', detached: true, stdio: ['ignore', starts ? 'ignore' : 'pipe', starts ? 'ignore' : 'pipe'] });
    let output = '';
    child.stdout?.on('data', (part) => { output += part; });
    child.stderr?.on('data', (part) => { output += part; });
    child.once('error', fail);
    child.once('close', (code) => (code === 0 ? done() : fail(new AppError('database.start-failed', `${command.split('/').pop()} ${args[0]} ended with code ${code}. ${output.replace(/\s+/g, ' ').trim().slice(-400)}`, 'unavailable'))));
  });
}
