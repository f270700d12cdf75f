export interface TestServer {
  /** Administrator's URL of the server's `postgres` database. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The PostgreSQL that TEST_DATABASE_URL names; `npm test` starts one and sets it. */
export async function provideTestServer(): Promise<TestServer> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url === undefined || url === '') {
    throw new Error(
      'TEST_DATABASE_URL is not set. Run `npm test`, or: node tools/test/database.mjs',
    );
  }
  return { url, stop: () => Promise.resolve() };
}
