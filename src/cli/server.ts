import type { z } from 'zod';
import type { FileList, FilesApplied, FilesPlan } from '../contract/files.js';
import { placeOfPath, type FileText } from '../files/domain/kinds.js';
import { Fault } from './fault.js';

/** A request holds 4 MB. Of a folder that is near it, files that are here as they are there stay at home: they change nothing. */
const NEAR_LIMIT = 3_000_000;
const PATIENCE_MS = 300_000;

/** What is to be published, and taken away, beside what files write. */
export interface Asked { publish: boolean; remove: boolean }
const bodyOf = ({ publish, remove }: Asked) => ({ publish, others: remove ? 'remove' : 'show' });

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

  async plan(files: readonly FileText[], asked: Asked): Promise<FilesPlan> {
    return this.call('POST', '/v1/files/plan', { ...(await this.sent(files)), ...bodyOf(asked) });
  }

  async apply(files: readonly FileText[], asked: Asked, digest: string): Promise<FilesApplied> {
    return this.call('POST', '/v1/files/apply', { ...(await this.sent(files)), ...bodyOf(asked), digest });
  }

  /** What stays at home is named, so that the server does not take it for missing. */
  private async sent(files: readonly FileText[]): Promise<{ files: readonly FileText[]; has?: string[] }> {
    if (files.reduce((sum, { content }) => sum + Buffer.byteLength(JSON.stringify(content)), 0) < NEAR_LIMIT) return { files };
    const there = new Map((await this.files()).map(({ path, content }) => [content, path]));
    const other = files.filter(({ content }) => !there.has(content));
    const sent = other.length > 0 ? other : files.slice(0, 1);
    return { files: sent, has: files.flatMap((file) => (sent.includes(file) ? [] : [placeOfPath(there.get(file.content)!)])) };
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
