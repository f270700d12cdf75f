import { describe } from '@jest/globals';
import { findBrowser } from './find-browser.ts';

/** Tests in a browser; skipped where there is none (the global setup prints the reason). */
export const describeInBrowser = 'path' in findBrowser() ? describe : describe.skip;
