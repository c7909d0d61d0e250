/**
 * The tools of Prometheus and Alertmanager, and Grafana's types, on what Lockstep writes for them:
 * metrics, and the rules, the dashboard and the configurations of `examples/scheduled-drift/`.
 */
import { readFileSync } from 'node:fs'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { checkout } from '../cli/run-lockstep.ts'
import { makeScratchFolder } from '../cli/scratch-folder.ts'
import { ensureTool } from '../cluster/cache.ts'
import { runServiceRounds, withSimulatedCluster } from '../service-rounds.ts'

const folder = join(checkout, 'examples', 'scheduled-drift')

let tools: { readonly promtool: string; readonly amtool: string }
beforeAll(async () => {
  tools = { promtool: await ensureTool('promtool'), amtool: await ensureTool('amtool') }
})

async function runTool(name: keyof typeof tools, args: readonly string[], input = '') {
  const { exitCode, all } = await execa(tools[name], args, { input, all: true, reject: false })
  return { exitCode, all }
}

/** What `promtool check metrics` says; empty if it accepts the text. */
async function checkMetrics(text: string): Promise<string> {
  const { exitCode, all } = await runTool('promtool', ['check', 'metrics'], text)
  expect(exitCode === 0).toBe(all === '')
  return all
}

describe('promtool check metrics', () => {
  it('accepts the textfile, of a check that failed too', async () => {
    await withSimulatedCluster(async ({ file, run }) => {
      const args = ['drift', '-f', file, '--format', 'prometheus']
      const drifted = await run(args)
      const failed = await run(args, { env: { BAO_ADDR: 'http://127.0.0.1:1', BAO_TOKEN: 'x' } })

      expect(drifted.exitCode).toBe(2)
      expect(drifted.stdout).toContain('lockstep_drift_check_success{cluster="lab"} 1\n')
      expect(await checkMetrics(drifted.stdout)).toBe('')
      expect(failed.exitCode).toBe(1)
      expect(failed.stdout).toContain('lockstep_drift_check_success{cluster="lab"} 0\n')
      expect(await checkMetrics(failed.stdout)).toBe('')
    })
  })

  it('accepts the metrics of the service, after a failed round too', async () => {
    await withSimulatedCluster(async (cluster) => {
      const good = await readFile(cluster.file, 'utf8')
      const pages: string[] = []
      await runServiceRounds(cluster, {
        rounds: 2,
        betweenRounds: async (_, address) => {
          pages.push(await (await fetch(`http://${address}/metrics`)).text())
          await writeFile(cluster.file, 'version: 1\nplugins: [')
        },
      })
      await writeFile(cluster.file, good)

      const [first = '', second = ''] = pages
      expect(first).toContain('lockstep_drift_check_success{cluster="lab"} 1\n')
      expect(second).toContain('lockstep_service_failed_rounds_total{cause="invalid-input"} 1\n')
      for (const page of pages) expect(await checkMetrics(page)).toBe('')
      expect(await checkMetrics(first.replace(/^# HELP .*\n/m, ''))).toContain('no help text')
      expect(await checkMetrics(first.replaceAll('rounds_total', 'rounds'))).toContain('_total')
    })
  })
})

describe('the alert rules', () => {
  it('are rules, and fire as their tests say', async () => {
    const rules = await runTool('promtool', ['check', 'rules', join(folder, 'alerts.yml')])
    expect(rules.exitCode, rules.all).toBe(0)
    const tests = await runTool('promtool', ['test', 'rules', join(folder, 'alerts_test.yml')])
    expect(tests.exitCode, tests.all).toBe(0)
  })

  it.each([
    ['severity="error"', 'severity="warning"'],
    ['lockstep_drift_complete) == 0', 'lockstep_drift_complete) == 1'],
    ['for: 2h', 'for: 3h'],
    ['> 3600', '> 36000'],
  ])('fail their tests with %s as %s', async (from, to) => {
    await using scratch = await makeScratchFolder()
    await cp(folder, scratch.path, { recursive: true })
    const rules = readFileSync(join(folder, 'alerts.yml'), 'utf8')
    expect(rules).toContain(from)
    await writeFile(join(scratch.path, 'alerts.yml'), rules.replace(from, to))

    const tests = await runTool('promtool', [
      ...['test', 'rules', join(scratch.path, 'alerts_test.yml')],
    ])
    expect(tests.exitCode).toBe(1)
    expect(tests.all).toContain('FAILED')
  })
})

it('promtool can read the expressions of the dashboard', async () => {
  const { panels } = JSON.parse(readFileSync(join(folder, 'grafana-dashboard.json'), 'utf8')) as {
    panels: { targets: { expr: string }[] }[]
  }
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  expect(expressions.length).toBeGreaterThan(5)
  await using scratch = await makeScratchFolder()
  const file = join(scratch.path, 'rules.yml')
  const check = async (expressions: readonly string[]) => {
    const rules = expressions.map((expr, at) => ({
      record: `panel_${at}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }))
    await writeFile(file, stringify({ groups: [{ name: 'dashboard', rules }] }))
    return runTool('promtool', ['check', 'rules', '--lint=none', file])
  }
  const { exitCode, all } = await check(expressions)
  expect(exitCode, all).toBe(0)
  expect((await check(['max by cluster (up)'])).exitCode).toBe(1)
})

it('the dashboard has all properties that Grafana needs, and no others', async () => {
  const program = await ensureTool('grafana-dashboard')
  const check = (input: string) => execa(program, { input, all: true, reject: false })
  const text = readFileSync(join(folder, 'grafana-dashboard.json'), 'utf8')

  expect(await check(text)).toMatchObject({ exitCode: 0, all: '' })
  const misspelt = await check(text.replace('"reduceOptions"', '"reduceOption"'))
  expect(misspelt.exitCode).toBe(1)
  expect(misspelt.all).toContain("unexpected field 'reduceOption'")
})

it('Prometheus and Alertmanager can read their configurations', async () => {
  const prometheus = await runTool('promtool', ['check', 'config', join(folder, 'prometheus.yml')])
  expect(prometheus.exitCode, prometheus.all).toBe(0)
  expect(prometheus.all).toContain('9 rules found')
  const alertmanager = await runTool('amtool', ['check-config', join(folder, 'alertmanager.yml')])
  expect(alertmanager.exitCode, alertmanager.all).toBe(0)
})

it('critical alerts go to Slack and the webhook, others to Slack', async () => {
  const config = `--config.file=${join(folder, 'alertmanager.yml')}`
  const receiverOf = async (...labels: readonly string[]) =>
    (await runTool('amtool', ['config', 'routes', 'test', config, ...labels])).all

  expect(await receiverOf('alertname=LockstepDrift', 'severity=critical')).toBe('slack-and-webhook')
  expect(await receiverOf('alertname=LockstepDriftIncomplete', 'severity=warning')).toBe('slack')
  expect(await receiverOf('alertname=LockstepUnusedIgnore', 'severity=info')).toBe('slack')
})
