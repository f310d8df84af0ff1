// report.mjs - run tests one after the other, and say how they went in the
// words of cmocka, which tests/system/check.sh counts

export async function runTests(tests) {
  let failed = 0;
  console.log(`[==========] Running ${tests.length} test(s).`);
  for (const [name, test] of tests) {
    console.log(`[ RUN      ] ${name}`);
    try {
      await test();
      console.log(`[       OK ] ${name}`);
    } catch (error) {
      failed++;
      console.log(String(error.stack ?? error).replace(/^/gm, '  '));
      console.log(`[  FAILED  ] ${name}`);
    }
  }
  console.log(`[==========] ${tests.length} test(s) run.`);
  process.exitCode = failed === 0 ? 0 : 1;
}
