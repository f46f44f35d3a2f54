/** Texts that need no quotes in an array: letters, digits and hyphens, as of ids and keys. `null` would be one that is not there. */
const PLAIN = /^[A-Za-z0-9-]+$/;

/**
 * An array as PostgreSQL reads one, when all of it is plain: ids, keys, whole numbers, truths. The client's own way quotes and escapes each element, which for
 * the columns of a page of thousands of people is a tenth of all work of a launch.
 *
 * @returns null when anything in it is not plain: then it is the client's to write
 */
export function plainArray(list: readonly unknown[]): string | null {
  let text = '{';
  for (let index = 0; index < list.length; index += 1) {
    const one = list[index];
    if (typeof one === 'string' ? !PLAIN.test(one) || (one.length === 4 && one.toLowerCase() === 'null') : typeof one !== 'boolean' && !(typeof one === 'number' && Number.isSafeInteger(one))) return null;
    text += index === 0 ? one as string : `,${one as string}`;
  }
  return `${text}}`;
}

/** The values of a statement with its plain arrays written out. */
export const withPlainArrays = (values: readonly unknown[]): unknown[] => values.map((value) => (Array.isArray(value) && value.length > 1 ? plainArray(value) ?? value : value));
