// Writes lines of JSON to the file KV_FOREIGN_RESULTS: file and title of each test before the first one runs, and again
// what became of it.
const { appendFileSync } = require('node:fs');
const { relative } = require('node:path');

const textOf = (error) => (error === undefined ? undefined : String(error.stack ?? error).slice(0, 1000));

module.exports = class Reporter {
  constructor(runner) {
    const write = (test, state, error) => {
      const file = relative(process.cwd(), test.file ?? test.parent?.file ?? '').replaceAll('\\', '/');
      const line = JSON.stringify({ file, title: test.fullTitle(), state, error: textOf(error) });
      appendFileSync(process.env.KV_FOREIGN_RESULTS, `${line}\n`);
    };
    runner.on('pass', (test) => write(test, 'passed'));
    runner.on('pending', (test) => write(test, 'skipped'));
    runner.on('fail', (test, error) => write(test, test.type === 'hook' ? 'hook' : 'failed', error));
    runner.on('start', () => runner.suite.eachTest((test) => write(test, 'planned')));
  }
};
