/** What one part of the run came to. */
export interface Tally {
  readonly part: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Suites or tests that did not run, with the reason where one is known. */
  readonly skippedNames: readonly string[];
  readonly failedNames: readonly string[];
  readonly seconds: number;
}

interface JestTest {
  readonly status: string;
  readonly fullName: string;
}

/** The part of jest's `--json` output that is used here. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly JestTest[];
  }[];
}

/**
 * @param report null when jest wrote none: it crashed or was ended, which is a failure
 * @param exitCode of jest; not 0 without a failed test (a broken teardown) is a failure, too
 */
export function tallyOfJest(
  part: string,
  report: JestReport | null,
  exitCode: number | null,
  root: string,
  seconds: number,
): Tally {
  if (report === null) {
    const failedNames = [`${part}: ended without a result (exit code ${exitCode ?? 'none'})`];
    return { part, passed: 0, failed: 1, skipped: 0, skippedNames: [], failedNames, seconds };
  }
  const short = (name: string): string => name.replace(`${root}/`, '');
  const skippedNames: string[] = [];
  const failedNames: string[] = [];
  for (const suite of report.testResults) {
    const tests = suite.assertionResults;
    const isSkipped = ({ status }: JestTest): boolean => status === 'pending' || status === 'todo';
    if (tests.length > 0 && tests.every(isSkipped)) skippedNames.push(`${short(suite.name)} (all)`);
    else {
      for (const test of tests.filter(isSkipped)) {
        skippedNames.push(`${short(suite.name)}: ${test.fullName}`);
      }
    }
    for (const test of tests.filter(({ status }) => status === 'failed')) {
      failedNames.push(`${short(suite.name)}: ${test.fullName}`);
    }
    if (suite.status === 'failed' && !tests.some(({ status }) => status === 'failed')) {
      failedNames.push(`${short(suite.name)}: the suite did not run`);
    }
  }
  let failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  if (exitCode !== 0 && failed === 0) {
    failed = 1;
    failedNames.push(`${part}: no test failed, but jest ended with ${exitCode ?? 'a signal'}`);
  }
  return {
    part,
    passed: report.numPassedTests,
    failed,
    skipped: report.numPendingTests + report.numTodoTests,
    skippedNames,
    failedNames,
    seconds,
  };
}

/** A part that did not run at all: counts as one skipped. */
export const skippedPart = (part: string, reason: string): Tally => ({
  part,
  passed: 0,
  failed: 0,
  skipped: 1,
  skippedNames: [`${part}: ${reason}`],
  failedNames: [],
  seconds: 0,
});

/** The lines that end a run; the last one is `N passed, N failed[, N skipped]`. */
export function summaryLines(tallies: readonly Tally[]): string[] {
  const sum = (pick: (tally: Tally) => number): number =>
    tallies.reduce((total, tally) => total + pick(tally), 0);
  const skipped = sum((tally) => tally.skipped);
  const lines = tallies.map(
    (tally) =>
      `${tally.part}: ${tally.passed} passed, ${tally.failed} failed` +
      `${tally.skipped > 0 ? `, ${tally.skipped} skipped` : ''} (${tally.seconds.toFixed(0)} s)`,
  );
  const list = (title: string, names: readonly string[]): void => {
    if (names.length > 0) lines.push('', title, ...names.map((name) => `  ${name}`));
  };
  list(
    'Skipped:',
    tallies.flatMap((tally) => tally.skippedNames),
  );
  list(
    'Failed:',
    tallies.flatMap((tally) => tally.failedNames),
  );
  const total = `${sum((tally) => tally.passed)} passed, ${sum((tally) => tally.failed)} failed`;
  lines.push('', skipped > 0 ? `${total}, ${skipped} skipped` : total);
  return lines;
}

/** A run without a single passed test proves nothing. */
export const isGood = (tallies: readonly Tally[]): boolean =>
  tallies.every((tally) => tally.failed === 0) && tallies.some((tally) => tally.passed > 0);
