import type { z } from 'zod';
import type { FileList, FilesApplied, FilesPlan } from '../contract/files.js';
import type { FileText } from '../files/domain/kinds.js';
import { Fault } from './fault.js';

/** A request holds 4 MB. Of a folder that is near it, files that are here as they are there stay at home: they change nothing. */
const NEAR_LIMIT = 3_000_000;
const PATIENCE_MS = 300_000;

interface Refusal { message?: string; problems?: { path: string; message: string }[] }

/** The API of one environment. */
export class Server {
  private readonly url: string;
  private readonly key: string;

  /** @throws Fault when the environment does not say where the server is, or who asks */
  constructor({ DANBI_URL, DANBI_KEY }: NodeJS.ProcessEnv) {
    if (!DANBI_URL || !URL.canParse(DANBI_URL)) throw new Fault('Set DANBI_URL to the address of the server, such as https://danbi.example.com.');
    if (!DANBI_KEY) throw new Fault('Set DANBI_KEY to a server key (Settings, API keys).');
    this.url = DANBI_URL.replace(/\/+$/, '');
    this.key = DANBI_KEY;
  }

  async files(): Promise<FileText[]> {
    return (await this.call<z.infer<typeof FileList>>('GET', '/v1/files')).files;
  }

  async plan(files: readonly FileText[], publish: boolean): Promise<FilesPlan> {
    return this.call('POST', '/v1/files/plan', { files: await this.sent(files), publish });
  }

  async apply(files: readonly FileText[], publish: boolean, digest: string): Promise<FilesApplied> {
    return this.call('POST', '/v1/files/apply', { files: await this.sent(files), publish, digest });
  }

  private async sent(files: readonly FileText[]): Promise<readonly FileText[]> {
    if (files.reduce((sum, { content }) => sum + Buffer.byteLength(JSON.stringify(content)), 0) < NEAR_LIMIT) return files;
    const there = new Set((await this.files()).map(({ content }) => content));
    const other = files.filter(({ content }) => !there.has(content));
    return other.length > 0 ? other : files.slice(0, 1);
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers = { authorization: `Bearer ${this.key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    let status: number;
    let text: string;
    try {
      const answer = await fetch(`${this.url}${path}`, { method, headers, signal: AbortSignal.timeout(PATIENCE_MS), ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      [status, text] = [answer.status, await answer.text()];
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { message?: string; code?: string } };
      throw new Fault(`${this.url} does not answer: ${cause?.code ?? cause?.message ?? message}.`);
    }
    const said = jsonOf(text);
    if (status >= 200 && status < 300 && said !== undefined) return said as T;
    const { message, problems = [] } = (said as Refusal | undefined) ?? {};
    throw new Fault([message ?? `${this.url}${path} answered ${status}, and not as Danbi does.`, ...problems.slice(0, 50).map((problem) => `  ${problem.path}: ${problem.message}`)].join('\n'));
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
