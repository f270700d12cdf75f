import { describe, expect, it } from '@jest/globals';
import { testEnvironment } from './run-jest.ts';
import { isGood, skippedPart, summaryLines, tallyOfJest, type JestReport } from './summary.ts';

const report = (over: Partial<JestReport> = {}): JestReport => ({
  numPassedTests: 2,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
  ...over,
});
const tally = (over: Partial<JestReport> = {}, exitCode: number | null = 0) =>
  tallyOfJest('unit', report(over), exitCode, '/repo', 1);

describe('the result of a run', () => {
  it('ends with one line that counts everything', () => {
    const lines = summaryLines([tally(), tally({ numFailedTests: 1 }, 1)]);
    expect(lines.at(-1)).toBe('4 passed, 1 failed');
    expect(summaryLines([tally(), skippedPart('browser', 'no chromium')]).at(-1)).toBe(
      '2 passed, 0 failed, 1 skipped',
    );
  });

  it('names what was skipped, whole suites by one line, and what failed', () => {
    const test = (status: string, fullName: string) => ({ status, fullName });
    const failing = tally(
      {
        numFailedTests: 1,
        testResults: [
          {
            name: '/repo/libs/a.spec.ts',
            status: 'failed',
            message: '',
            assertionResults: [test('failed', 'adds'), test('pending', 'subtracts')],
          },
          {
            name: '/repo/libs/b.spec.ts',
            status: 'passed',
            message: '',
            assertionResults: [test('pending', 'one'), test('todo', 'two')],
          },
        ],
      },
      1,
    );
    expect(failing.failedNames).toEqual(['libs/a.spec.ts: adds']);
    expect(failing.skippedNames).toEqual(['libs/a.spec.ts: subtracts', 'libs/b.spec.ts (all)']);
  });

  it('counts a suite that could not run as failed', () => {
    const suite = { name: '/repo/x.spec.ts', status: 'failed', message: '', assertionResults: [] };
    const broken = tally({ numRuntimeErrorTestSuites: 1, testResults: [suite] }, 1);
    expect(broken.failed).toBe(1);
    expect(broken.failedNames).toEqual(['x.spec.ts: the suite did not run']);
  });

  it('counts a jest that ended without a result, or badly after good tests, as failed', () => {
    expect(tallyOfJest('unit', null, null, '/repo', 1).failed).toBe(1);
    expect(tally({}, 1).failed).toBe(1);
  });

  it('is bad with a failure, and bad when nothing was tested', () => {
    expect(isGood([tally()])).toBe(true);
    expect(isGood([tally(), tally({ numFailedTests: 1 }, 1)])).toBe(false);
    expect(isGood([tally({ numPassedTests: 0 })])).toBe(false);
    expect(isGood([])).toBe(false);
  });
});

describe('the environment of tests', () => {
  it("leaves out what a developer's shell would change", () => {
    const shell = {
      PATH: '/bin',
      HOME: '/h',
      DATABASE_URL: 'x',
      DRM_BIND: 'x',
      NODE_ENV: 'production',
    };
    expect(testEnvironment({ TEST_DATABASE_URL: 'mine' }, shell)).toEqual({
      PATH: '/bin',
      HOME: '/h',
      TEST_DATABASE_URL: 'mine',
    });
  });
});
