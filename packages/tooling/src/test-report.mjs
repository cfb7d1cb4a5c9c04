// The report that the test runner itself wrote. Plain Node, no dependencies.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { root } from './install.mjs';

/** Where `npm test` lets vitest write its JSON report. */
export const reportFile = `${root}/.reports/tests.json`;

/**
 * `N passed, N failed, N skipped`. What fails outside of a test counts as one: a file that could not be loaded, or a run
 * that ended badly (`hasFailed`) without any such test, for example because of a rejection that nobody handled.
 */
export function summary(report, hasFailed = false) {
  const broken = report.testResults.filter((file) => file.status === 'failed' && !hasFailedTest(file));
  const failed = report.numFailedTests + broken.length || Number(hasFailed);
  return `${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`;
}

const hasFailedTest = (file) => file.assertionResults.some((test) => test.status === 'failed');

/** No report means that the run did not come to its end, which is a failure of its own. */
function readSummary() {
  try {
    return summary(JSON.parse(readFileSync(reportFile, 'utf8')), process.argv.includes('--failed'));
  } catch (error) {
    console.log(`The test runner left no report: ${error.message}`);
    return '0 passed, 1 failed, 0 skipped';
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(readSummary());
