import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { issueWords } from './issue-words.ts';

const words = (schema: z.ZodType, value: unknown): string => {
  const issue = schema.safeParse(value).error?.issues[0];
  return issue ? issueWords(issue) : '';
};

describe('issueWords', () => {
  it.each([
    [z.number().int().min(1), 0, 'At least 1.'],
    [z.number().int().max(100_000), 100_001, 'At most 100,000.'],
    [z.string().min(1), '', 'Enter something here.'],
    [z.string().max(80), 'x'.repeat(81), 'At most 80 characters.'],
    [z.string().regex(/^a$/, 'letters only'), 'b', 'letters only'],
    [z.number().int(), 1.5, 'This is not of the right kind. Enter a whole number.'],
  ])('%#', (schema, value, expected) => {
    expect(words(schema, value)).toBe(expected);
  });
});
