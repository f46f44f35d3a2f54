#!/usr/bin/env node
import { createInterface } from 'node:readline/promises';
import { runCli, type Terminal } from './cli/run.js';

const terminal: Terminal = {
  say: (text) => { process.stdout.write(`${text}\n`); },
  complain: (text) => { process.stderr.write(`${text}\n`); },
  ask: process.stdin.isTTY ? async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return await lines.question(question);
    } finally {
      lines.close();
    }
  } : null,
};

process.exitCode = await runCli(process.argv.slice(2), process.env, terminal);
