import { expect, test } from 'vitest'
import { resumeCommand } from './resume-command.ts'

const color = 'auto'

test('names the plan file, and the nodes as they were given', () => {
  const nodes = ['http://n1:8200', 'http://n2:8200']
  expect(resumeCommand(['apply', 'plan.json'], { color, node: nodes })).toBe(
    'lockstep apply plan.json --node http://n1:8200 --node http://n2:8200',
  )
})

test('names the files, the allowances and the journal, quoted for a shell', () => {
  const typed = { file: ['a.yaml', "it's here/"], allow: ['siblings=a/'], journal: '/j' }
  expect(resumeCommand(['apply'], { color, ...typed })).toBe(
    `lockstep apply -f a.yaml -f 'it'\\''s here/' --allow siblings=a/ --journal /j`,
  )
})

test('holds no credential', () => {
  const address = 'https://me:word@bao.example.com:8200/'
  expect(resumeCommand(['rollback', 'run-1'], { color, address, clientKey: 'key.pem' })).toBe(
    'lockstep rollback run-1 --address https://bao.example.com:8200',
  )
})

test('logs in as before', () => {
  const typed = {
    ...{ auth: 'approle', authMount: 'ci', roleId: 'r', secretIdFile: 'id', secretIdWrapped: true },
  }
  expect(resumeCommand(['apply'], { color, ...typed })).toBe(
    'lockstep apply --auth approle --auth-mount ci --role-id r --secret-id-file id --secret-id-wrapped',
  )
})
