// What `@jest/globals` is for a file that runs natively: the framework's functions as they are when the file is loaded.
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } = globalThis[Symbol.for('danbi.test-globals')];
