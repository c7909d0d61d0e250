/** Whole pages, as reviewers get them: their text, and that nothing that was read is markup. */
import { describe, expect, it } from 'vitest'
import { SaxesParser } from 'saxes'
import { PLANS } from './cases.ts'
import { reviewed } from './comment.ts'
import { manyDrift, troubledDrift } from './drifts.ts'
import { PAGES, renderDriftPages, renderPlanPages, renderRun } from './pages.ts'
import { failedRun, finishedRun } from './runs.ts'
import { EVIL_MARKUP, spoiled } from './spoiled.ts'

/** The style is the same in all of them, and has a test of its own kind: the eye. */
function withoutStyle(page: string): string {
  return page
    .replace(/<style>[^<]*<\/style>/, '<style>…</style>')
    .replace(/'sha256-[^']+'/, "'sha256-…'")
}

/** Update them with `npx vitest run --project unit test/render/pages.test.ts -u`. */
describe('a page', () => {
  it.each(Object.entries(PAGES))('%s', async (name, page) => {
    await expect(withoutStyle(page)).toMatchFileSnapshot(`../golden/page-${name}.html`)
  })
})

describe('the page of a run', () => {
  it('says of a run without an end whether it is under way', () => {
    const cut = finishedRun().slice(0, 4)

    expect(renderRun(cut)).toContain('The run was killed; 1 of 11 steps done')
    expect(renderRun(cut, { isUnderWay: true })).toContain('Under way; 1 of 11 steps done')
    // Its last step was begun, and nothing says what came of it.
    expect(renderRun(cut)).toContain('not known')
  })

  it('shows what each node runs after it, and as before what was rolled back', () => {
    expect(renderRun(finishedRun())).toMatch(/<del>v0\.16\.2<\/del>.*<ins>v0\.21\.0<\/ins>/s)
    const failed = renderRun(failedRun())
    expect(failed).not.toContain('<ins>')
    expect(failed).toContain('as before')
  })

  it.each(['no date', '+275760-09-13T00:00:00.001Z', ''])('is drawn for the time %j', (at) => {
    const events = finishedRun().map((event) => ({ ...event, at }))

    expect(renderRun(events)).toContain('11 of 11 steps done and checked')
  })
})

/** Every element and attribute that a page may have. */
const ELEMENTS = new Set(
  (
    'a article body br code dd del details div dl dt footer h1 h2 h3 header ins li main ol p pre ' +
    'rect section small span strong summary svg table tbody td th thead tr ul'
  ).split(' '),
)
const ATTRIBUTES = new Set(
  (
    'aria-hidden aria-label aria-labelledby class colspan data-label focusable height href id ' +
    'preserveAspectRatio role scope viewBox width x y'
  ).split(' '),
)

/** The body is read as XML, whose parser stops at anything that does not close. */
function expectInert(page: string): void {
  expect(page).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u)
  expect(page.match(/<(?:script|style|meta|title|img|link|base|form|iframe)\b/g)).toEqual([
    ...['<meta', '<meta', '<meta', '<meta', '<meta', '<title', '<style'],
  ])
  const body = page.slice(page.indexOf('<body>'), page.indexOf('</body>') + '</body>'.length)
  const ids = new Set<string>()
  const parser = new SaxesParser()
  parser.on('error', (error) => expect.fail(error.message))
  parser.on('opentag', ({ name, attributes }) => {
    if (!ELEMENTS.has(name)) expect.fail(`there is a ${name}`)
    for (const [key, value] of Object.entries(attributes)) {
      if (!ATTRIBUTES.has(key)) expect.fail(`there is an attribute ${key}`)
      if (key === 'class' && !/^[a-z -]+$/.test(value)) expect.fail(`there is a class ${value}`)
      if (key === 'href' && !/^#(?:cluster|plugin)-\d+$/.test(value))
        expect.fail(`there is a link ${value}`)
      if (key === 'id' && (!/^[a-z]+(?:-\d+)?(?:-[a-z]+)?$/.test(value) || ids.has(value))) {
        expect.fail(`there is an id ${value}`)
      }
      if (key === 'id') ids.add(value)
    }
  })
  parser.write(body).close()
}

it('says that a plan has expired, and gives no command for it', () => {
  const expired = { expiresAt: '2026-05-01T09:59:59.000Z' }
  const page = renderPlanPages([reviewed(PLANS.upgrade, expired)])

  expect(page).toContain('refuses this plan: it has expired. Plan again.')
  expect(page).toContain('<dt>Expired</dt>')
  expect(page).not.toContain('--expect')
})

describe('nothing that was read is markup', () => {
  it.each(Object.entries(PAGES))('%s', (_, page) => expectInert(page))

  it.each(['blocked', 'mixed', 'vault'] as const)('a hostile plan: %s', (name) => {
    let tried = 0
    for (const plan of spoiled(PLANS[name], EVIL_MARKUP)) {
      expectInert(renderPlanPages([reviewed(plan)]))
      tried += 1
    }
    expect(tried).toBeGreaterThan(50)
  })

  it('hostile commands, times and commits', () => {
    const hostile = { apply: EVIL_MARKUP, seeAll: EVIL_MARKUP, expiresAt: EVIL_MARKUP }
    expectInert(renderPlanPages([reviewed(PLANS.upgrade, hostile)]))
  })

  it('hostile drift', () => {
    for (const report of spoiled(troubledDrift(), EVIL_MARKUP)) {
      expectInert(renderDriftPages(report))
    }
    const { differences, ...many } = manyDrift()
    const firsts = differences.filter((one, at) => one.plugin !== differences[at - 1]?.plugin)
    for (const report of spoiled({ ...many, differences: firsts }, EVIL_MARKUP)) {
      expectInert(renderDriftPages(report))
    }
  })

  it.each([finishedRun, failedRun])('a hostile journal', (make) => {
    for (const events of spoiled(make(), EVIL_MARKUP)) {
      expectInert(renderRun(events, { name: EVIL_MARKUP }))
    }
  })

  it('would be found', () => {
    const page = PAGES['upgrade']!
    for (const markup of ['<img src="x"/>', '<p onclick="x"></p>', '<a href="javascript:x"></a>']) {
      expect(() => expectInert(page.replace('<main>', `<main>${markup}`))).toThrow()
    }
  })
})
