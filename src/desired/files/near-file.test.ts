import { expect, test } from 'vitest'
import { commandNear } from './near-file.ts'

test.each([
  ['conf/lockstep.yaml', './smoke.sh', 'conf/smoke.sh'],
  ['conf/lockstep.yaml', '../bin/smoke', 'bin/smoke'],
  ['/etc/lockstep/a.yaml', 'checks/smoke', '/etc/lockstep/checks/smoke'],
  // Without the slash it would be searched on the PATH.
  ['lockstep.yaml', './smoke.sh', './smoke.sh'],
  ['conf/lockstep.yaml', '/usr/bin/env', '/usr/bin/env'],
  ['conf/lockstep.yaml', 'curl', 'curl'],
])('in %s, %s is %s', (file, program, found) => {
  expect(commandNear(file, [program, './an-argument'])).toEqual([found, './an-argument'])
})
