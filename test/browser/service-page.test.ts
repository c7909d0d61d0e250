/**
 * The page of the drift service in Chromium, over HTTP with its headers: it is styled, loads nothing
 * else, and says that a later check failed. Screenshots are in `.cache/pages/`.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkout } from '../cli/run-lockstep.ts'
import { findProgram } from '../find-program.ts'
import { runServiceRounds, withSimulatedCluster } from '../service-rounds.ts'

const folder = join(checkout, '.cache', 'pages')
const found = findProgram('chromium', { debian: 'chromium', variable: 'LOCKSTEP_TEST_CHROMIUM' })

let browser: Browser
beforeAll(async () => {
  if (found.kind === 'missing') return
  await mkdir(folder, { recursive: true })
  // The tests run as root in containers, where Chromium has no sandbox.
  browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox'] })
})
afterAll(async () => {
  if (found.kind === 'there') await browser.close()
})

/** What a person sees at an address, and what the browser asked for and complained of. */
async function look(url: string, screenshot: string) {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  const requests: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  await page.screenshot({ path: join(folder, screenshot) })
  const text = await page.locator('body').innerText()
  const font = await page.evaluate<string>('getComputedStyle(document.body).fontFamily')
  await page.close()
  return { text, font, requests, complaints }
}

it.skipIf(found.kind === 'missing')('the page of the service', async () => {
  await withSimulatedCluster(async (cluster) => {
    const seen: Awaited<ReturnType<typeof look>>[] = []
    const desired = await readFile(cluster.file, 'utf8')
    await runServiceRounds(cluster, {
      rounds: 2,
      betweenRounds: async (round, address) => {
        const url = `http://${address}/`
        seen.push(await look(url, `service-round-${round}.png`))
        expect(seen.at(-1)?.requests).toEqual([url])
        await writeFile(cluster.file, desired.replace('"plugins"', '"<b>plugins"'))
      },
    })

    const [drifted, failed] = seen
    for (const { font, complaints } of seen) {
      expect(complaints).toEqual([])
      // The style of the page holds, under its own policy and that of the header.
      expect(font).toContain('sans-serif')
    }
    expect(drifted?.text).toContain('app-0/')
    expect(drifted?.text).not.toContain('failed (')
    expect(failed?.text).toContain('failed (invalid-input)')
    expect(failed?.text).toContain('unknown key <b>plugins; did you mean plugins?')
    expect(failed?.text).not.toContain('\\n')
    expect(failed?.text).toContain('app-0/')
  })
})
