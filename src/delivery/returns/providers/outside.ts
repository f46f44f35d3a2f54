import { Injectable } from '@nestjs/common';

const ANSWER_BYTES = 64 * 1024;

/** The only way by which webhooks make us ask somebody else. Callers have checked the address. */
@Injectable()
export class Outside {
  /** How long an answer may take with its body, in milliseconds. */
  timeoutMs = 3_000;

  /**
   * Gets one address: no redirect, 3 seconds, at most 64 KB.
   *
   * @throws Error when the answer is not a 2xx or breaks one of the limits
   */
  async get(url: string): Promise<Buffer> {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(this.timeoutMs) });
    if (!answer.ok) {
      await answer.body?.cancel();
      throw new Error(`it answered ${answer.status}`);
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of answer.body ?? []) {
      length += part.length;
      if (length > ANSWER_BYTES) throw new Error(`it answered more than ${ANSWER_BYTES} bytes`);
      parts.push(part);
    }
    return Buffer.concat(parts);
  }
}
