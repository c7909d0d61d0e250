/**
 * The order of the test files: those on real servers first, since they mostly wait, then those that
 * only compute, which fill what is left of the machine. Within these, what took longest last time.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const ORDER = ['exhaustive', 'faults', 'real', 'cli', 'unit', 'browser']

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = (file: TestSpecification): number => ORDER.indexOf(file.project.name)
    return (await super.sort(files)).sort((one, other) => place(one) - place(other))
  }
}
