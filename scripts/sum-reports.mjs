// Reads what vitest's JSON reporter wrote of one or more runs: prints how long each test file took,
// the longest first, which tests failed and why, then `N passed, N failed` over all runs. Ends with 1 where a test failed, a
// report is missing, or nothing ran. Vitest's own closing lines count by project and suite.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

const files = process.argv.slice(2).flatMap(readReport)
for (const { name, seconds } of files.toSorted((a, b) => b.seconds - a.seconds)) {
  console.log(`${seconds.toFixed(1).padStart(7)} s  ${name}`)
}
for (const { name, failures } of files) {
  for (const { test, why } of failures) console.log(`\nFAILED ${name}: ${test}\n${why}`)
}
const count = (outcome) => files.reduce((sum, file) => sum + file[outcome], 0)
const [passed, failed] = [count('passed'), count('failed')]
if (passed + failed === 0) console.error('No test ran.')
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0

function readReport(path) {
  const report = parse(path)
  // Without a report the run itself did not get far: that is one failure.
  if (report === undefined) return [{ name: path, seconds: 0, passed: 0, failed: 1, failures: [] }]
  const suites = report.testResults.map(
    ({ name, startTime, endTime, status, message, assertionResults }) => {
      const having = (outcome) => assertionResults.filter((test) => test.status === outcome).length
      // A suite that could not be loaded has no tests to count, so it counts as one that failed.
      const failed = having('failed') || (status === 'failed' ? 1 : 0)
      const failures = assertionResults
        .filter((test) => test.status === 'failed')
        .map((test) => ({ test: test.fullName, why: shortened(test.failureMessages.join('\n')) }))
      if (failures.length < failed) failures.push({ test: 'the file', why: shortened(message) })
      const seconds = Math.max(0, endTime - startTime) / 1000
      return { name: relative('.', name), seconds, passed: having('passed'), failed, failures }
    },
  )
  // As an error outside of every test.
  if (report.success || suites.some(({ failed }) => failed > 0)) return suites
  return [
    ...suites,
    { name: `${path}: the run itself`, seconds: 0, passed: 0, failed: 1, failures: [] },
  ]
}

function shortened(text) {
  return text.length > 3000 ? `${text.slice(0, 3000)} …` : text
}

function parse(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    console.error(`${path}: ${error.message}`)
    return undefined
  }
}
