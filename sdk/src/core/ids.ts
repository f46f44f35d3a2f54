/** A UUID of version 7; `randomUUID` is missing outside of https, and would be of version 4. @param ms since 1970 @param random 18 numbers */
export function newId(ms = Date.now(), random = crypto.getRandomValues(new Uint8Array(18))): string {
  let at = 0;
  return ms.toString(16).padStart(12, '0').replace(/.{8}/, '$&-') + '-7xxx-8xxx-xxxxxxxxxxxx'.replace(/x/g, () => (random[at++]! % 16).toString(16));
}

/** What broken code sends when it has no id; accepting one would join strangers. The server refuses the same. */
const MEANINGLESS = /^(|undefined|null|nil|none|nan|true|false|0|-1|\[object object\]|anonymous|guest|distinct_id|user_?id|id|not_authenticated)$/i;

export const isPersonId = (id: string): boolean => !MEANINGLESS.test(id.trim()) && id.length <= 256;
