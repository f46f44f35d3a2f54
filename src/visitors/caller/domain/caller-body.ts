import { AppError, type Problem } from '../../../kernel/errors.js';
import { isJsonObject, type JsonObject } from '../../../people/domain/json.js';
import { personIdProblem } from '../../../people/domain/person-ids.js';

/** Who a browser says it is (`Caller` of contract/visitor-wire.ts), checked for form and nothing else. */
export interface StatedCaller { key: string; anonymousId: string; userId?: string; userHash?: string; jwt?: string }

const LONGEST_KEY = 300;
const LONGEST_PROOF = 8_192;

/** @throws AppError `invalid_json` when the text is not a JSON object */
export function readObject(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_json', `The body is not valid JSON: ${(cause as Error).message}`, 'invalid', [], { cause });
  }
  if (!isJsonObject(value)) throw new AppError('invalid_json', 'The body must be a JSON object.');
  return value;
}

/** @throws AppError `invalid_caller` with one problem per fault */
export function readCaller(said: JsonObject): StatedCaller {
  const problems: Problem[] = [];
  const text = (name: string, longest: number): string | undefined => {
    const value = said[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string' && value.length <= longest) return value;
    problems.push({ path: name, code: 'invalid', message: `must be a text of at most ${longest} characters` });
    return undefined;
  };
  const id = (name: string): string | undefined => {
    const value = said[name];
    if (value === undefined || value === null || value === '') return undefined;
    const message = typeof value === 'string' ? personIdProblem(value) : 'must be a text';
    if (message === null) return value as string;
    problems.push({ path: name, code: name === 'u' ? 'invalid_user_id' : 'invalid_anonymous_id', message });
    return undefined;
  };
  const caller = { key: text('k', LONGEST_KEY) ?? '', anonymousId: id('a') ?? '', userId: id('u'), userHash: text('h', LONGEST_PROOF), jwt: text('j', LONGEST_PROOF) };
  if (caller.anonymousId === '' && problems.length === 0) problems.push({ path: 'a', code: 'invalid_anonymous_id', message: 'is missing: the anonymous id of this browser' });
  if (problems.length > 0) throw new AppError('invalid_caller', `${problems[0]!.path}: ${problems[0]!.message}`, 'invalid', problems);
  return caller;
}
