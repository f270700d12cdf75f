/** Stops what the setup started; a stack that was given stays. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.drmStack?.stop();
}
