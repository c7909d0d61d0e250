/**
 * The pages in Chromium, opened as files: what is seen, the keyboard, contrast and roles, narrow
 * screens, paper, and that a page asks for nothing and says nothing on the console. Screenshots are
 * in `.cache/pages/`, for the eye.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PLANS } from '../render/cases.ts'
import { reviewed } from '../render/comment.ts'
import { PAGES, renderPlanPages } from '../render/pages.ts'
import { bySize } from '../size.ts'
import { EVIL_MARKUP, spoiled } from '../render/spoiled.ts'
import { findProgram } from '../find-program.ts'

const folder = fileURLToPath(new URL('../../.cache/pages/', import.meta.url))
const found = findProgram('chromium', { debian: 'chromium', variable: 'LOCKSTEP_TEST_CHROMIUM' })
const title = 'a page in Chromium'
const describePages =
  found.kind === 'there'
    ? (tests: () => void) => describe(title, tests)
    : (tests: () => void) => describe.skip(`${title} (skipped: ${found.reason})`, tests)

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

const DESKTOP = { width: 1200, height: 900 }
const NARROW = { width: 320, height: 700 }

/** Opens a page; fails if it asks for anything but itself, or says anything on the console. */
async function opened<Result>(
  name: string,
  options: BrowserContextOptions,
  use: (page: Page) => Promise<Result>,
): Promise<Result> {
  return openedText(PAGES[name] ?? '', `${name}.html`, { options, use })
}

async function openedText<Result>(
  text: string,
  file: string,
  {
    options,
    use,
  }: { readonly options: BrowserContextOptions; readonly use: (page: Page) => Promise<Result> },
): Promise<Result> {
  const path = join(folder, file)
  await writeFile(path, text)
  const url = pathToFileURL(path).href
  const context = await browser.newContext({ viewport: DESKTOP, ...options })
  try {
    const page = await context.newPage()
    const told: string[] = []
    page.on('console', (message) => told.push(message.text()))
    page.on('pageerror', (error) => told.push(error.message))
    page.on('request', (request) => {
      if (request.url() !== url) told.push(`asks for ${request.url()}`)
    })
    await page.goto(url)
    const result = await use(page)
    // Of a link within the page only the fragment changes.
    expect(page.url().split('#')[0]).toBe(url)
    expect(told).toEqual([])
    return result
  } finally {
    await context.close()
  }
}

const names = Object.keys(PAGES)
/** One of each kind of page, with every part that there is; all of them where there is time. */
const judged = bySize({
  few: ['blocked', 'mixed', 'three-clusters', 'drift', 'run-failed'],
  many: names,
})

describePages(() => {
  it.each(judged)('%s: contrast, roles and names, light and dark', async (name) => {
    await opened(name, { colorScheme: 'light' }, async (page) => {
      await screenshot(page, `${name}-light`)
      await page.evaluate(OPEN_ALL)
      expect(await findFaults(new AxeBuilder({ page }))).toEqual([])

      await page.emulateMedia({ colorScheme: 'dark' })
      expect(await findFaults(new AxeBuilder({ page }).withRules('color-contrast'))).toEqual([])
    })
    for (const [kind, options] of [
      ['dark', { colorScheme: 'dark' }],
      ['narrow', { viewport: NARROW }],
    ] as const) {
      await opened(name, options, (page) => screenshot(page, `${name}-${kind}`))
    }
  })

  it.each(names)('%s fits a screen of 320 pixels, with every fold open', async (name) => {
    await opened(name, { viewport: NARROW }, async (page) => {
      expect(await page.evaluate(FIND_WIDE)).toEqual([])
      await page.evaluate(OPEN_ALL)
      expect(await page.evaluate(FIND_WIDE)).toEqual([])
    })
  })

  it.each(names)('%s has everything that it has with script, without script', async (name) => {
    const read = (javaScriptEnabled: boolean) =>
      opened(name, { javaScriptEnabled }, (page) => page.locator('body').innerText())

    expect(await read(false)).toBe(await read(true))
  })

  it('reaches each fold by Tab and opens it by Enter', async () => {
    await opened('blocked', { javaScriptEnabled: false }, async (page) => {
      const folds = await page.locator('details').all()
      const closed = page.locator('details:not([open])')
      expect(folds.length).toBeGreaterThan(4)
      for (let open = 0; open < folds.length; open += 1) {
        expect(await closed.count()).toBe(folds.length - open)
        await page.keyboard.press('Tab')
        await page.keyboard.press('Enter')
        // What is inside an open fold comes next.
      }
      expect(await closed.count()).toBe(0)
    })
  })

  it('has its tables and headings by role', async () => {
    await opened('upgrade', {}, async (page) => {
      const heading = page.getByRole('heading', { level: 1 })
      expect(await heading.allInnerTexts()).toEqual([
        'Upgrades 3 mounts on 3 nodes; can be rolled back',
      ])
      const table = page.getByRole('region', { name: 'Mounts and nodes, before and after' })
      const row = table.getByRole('row', { name: 'team-002/' })
      expect(await row.getByRole('cell').allInnerTexts()).toEqual(
        Array.from({ length: 4 }, (): unknown =>
          expect.stringMatching(/^v0\.16\.2 →\s+to\s+v0\.21\.0$/),
        ),
      )
      expect(await page.getByText('To apply exactly this plan:').count()).toBe(1)
      expect(await page.getByText('Safe to stop after this step').count()).toBeGreaterThan(5)
    })
  })

  it('keeps the rows and cells of a table on a narrow screen', async () => {
    await opened('upgrade', { viewport: NARROW }, async (page) => {
      const row = page.getByRole('row', { name: 'team-002/' })
      expect(await row.getByRole('cell').count()).toBe(4)
    })
  })

  it('shows on paper what is folded', async () => {
    await opened('300-mounts', {}, async (page) => {
      const last = page.getByText('team-299/').first()
      expect(await last.isVisible()).toBe(false)
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
      expect(await last.isVisible()).toBe(true)
      const background = await page.evaluate<string>(
        `getComputedStyle(document.querySelector('.part')).backgroundColor`,
      )
      expect(background).toBe('rgb(255, 255, 255)')
      const paper = await page.pdf({ path: join(folder, '300-mounts.pdf') })
      expect(paper.length).toBeGreaterThan(10_000)
    })
  })

  it('goes to the part of a cluster', async () => {
    await opened('three-clusters', { javaScriptEnabled: false }, async (page) => {
      await page.getByRole('link', { name: 'prod-us' }).click()
      expect(page.url()).toMatch(/#cluster-2$/)
    })
  })

  it('makes no element of what a plan says', async () => {
    const plans = [...spoiled(PLANS.blocked, EVIL_MARKUP)]
    // Each alone is read by a parser in a test without a browser.
    for (const plan of plans.filter((_, at) => at % 40 === 0)) {
      const text = renderPlanPages([reviewed(plan, { apply: EVIL_MARKUP })])
      await openedText(text, 'hostile.html', {
        options: {},
        use: async (page) => {
          expect(await page.locator('script, img, iframe, link, a, [onerror]').count()).toBe(0)
          expect(await page.locator('style').count()).toBe(1)
          expect(await page.evaluate(FIND_WIDE)).toEqual([])
        },
      })
    }
  })

  it('would fail for a request, a message or a wide page', async () => {
    const spoil = (markup: string) => PAGES['nothing-to-do']!.replace('<main>', `<main>${markup}`)
    const open = (markup: string) =>
      openedText(spoil(markup), 'spoiled.html', {
        options: { viewport: NARROW },
        use: (page) => page.evaluate(FIND_WIDE),
      })

    await expect(open('<img src="http://127.0.0.1:9/x.png">')).rejects.toThrow()
    await expect(open('<script>console.log(1)</script>')).rejects.toThrow()
    expect(await open('<pre>{{wide}}</pre>'.replace('{{wide}}', 'x'.repeat(99)))).toEqual([])
    expect(await open('<svg width="600" height="9"></svg>')).not.toEqual([])
  })
})

async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

async function findFaults(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

const OPEN_ALL = `document.querySelectorAll('details').forEach((fold) => (fold.open = true))`

/** What stands out to the right. A text: this program's types know of no document. */
const FIND_WIDE = `(() => {
  const { clientWidth, scrollWidth } = document.documentElement
  if (scrollWidth <= clientWidth) return []
  return [...document.body.querySelectorAll('*')]
    .filter((one) => one.getBoundingClientRect().right > clientWidth)
    .map((one) => one.tagName + ' ' + one.className + ': ' + (one.textContent ?? '').slice(0, 60))
})()`
