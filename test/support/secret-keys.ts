/** The key of every database that tests clone: processes with folders of their own share it. */
export const TEST_SECRET_KEY = Buffer.alloc(32, 7).toString('base64');
export const TEST_KEYS = { environment: TEST_SECRET_KEY, file: '/nonexistent/secret.key' };
