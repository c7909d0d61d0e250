/** Renders texts as GitHub's Markdown and checks the resulting elements. */
import { gfm, gfmHtml } from 'micromark-extension-gfm'
import { micromark } from 'micromark'
import { describe, expect, it } from 'vitest'
import { finding, plan, planCluster, upgradePlan } from '../../../test/builders/plan.ts'
import { liveNode, mountPath, plugin, version } from '../../../test/builders/live.ts'
import { code, prose } from './markdown-text.ts'
import { troubledDrift } from '../../../test/render/drifts.ts'
import { spoiledAll } from '../../../test/render/spoiled.ts'
import { renderDriftMarkdown } from './drift-markdown.ts'
import { renderComment, reviewed } from '../../../test/render/comment.ts'

const HOSTILE = [
  '[link](http://evil.example)',
  '![image](http://evil.example/x.png)',
  '[ref]: http://evil.example',
  '[ref][]',
  '<http://evil.example>',
  'https://evil.example/x',
  'www.evil.example',
  'mail@evil.example',
  '@team please',
  'ping @org/team!',
  'closes #12',
  'GH-12',
  'owner/repository#12',
  '!12 ~label $1 %2 &3',
  'a:smile:b :tada:',
  '<img src=x onerror=y>',
  '</details><script>x</script>',
  '<!-- hidden',
  '&lt;b&gt; &#64;team',
  '[^note] [^note]: text',
  '**bold** _i_ ~~s~~ *x*',
  '# title',
  'a\n# title\n\n- item',
  '| a | b |\n|---|---|',
  '`code` @team `',
  '`a`b @team',
  '``` @team',
  '\\`@team\\`',
  '`` ` `` @team',
  '',
  ' ',
  '`',
  '- [ ] task',
  '/close',
  'a\u202eb\u200bc',
  '```\n@team',
] as const

/** The elements of a rendered comment, and its text outside of code. */
function render(markdown: string): { elements: Set<string>; text: string } {
  const html = micromark(markdown, {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  })
  const outside = html.replace(/<code[^>]*>[^<]*<\/code>/g, '<code></code>')
  const elements = new Set([...outside.matchAll(/<(!?[a-z0-9-]+)/gi)].map(([, name]) => name!))
  return { elements, text: outside.replace(/<[^>]*>/g, ' ') }
}

/** What hosts turn into links, images and mentions after they render the Markdown. */
const ACTIVE = /[@#]\w|\b[A-Za-z]+-\d|:[\w+-]+:|:\/\/|www\.|[!~$%&]\d|\[\^|[\u200b\u202e]/

/** GitLab runs a line of a comment or an issue that begins with a slash. */
const GITLAB_ACTION = /^\s*\//m

const HARMLESS = new Set([
  'h2',
  'h3',
  'h4',
  'p',
  'ul',
  'ol',
  'li',
  'code',
  'pre',
  'strong',
  'br',
  'details',
  'summary',
  'sub',
])

function expectInert(markdown: string): void {
  const { elements, text } = render(markdown)
  expect([...elements].filter((element) => !HARMLESS.has(element))).toEqual([])
  expect(text).not.toMatch(ACTIVE)
}

describe('prose', () => {
  it.each(HOSTILE)('creates no markup from %j', (text) => {
    expectInert(`- Fix: ${prose(`do ${text} now, ${text}`)}<br>Fix: ${prose(text)}`)
  })

  it('creates no markup from any two of these texts', () => {
    for (const one of HOSTILE) {
      for (const other of HOSTILE) expectInert(`- a: ${prose(`${one} ${other}`)}: ${prose(one)}`)
    }
  })

  it('leaves plain words as they are, and shows names as code', () => {
    expect(prose('Configured for it: team-a/, team-b/ (v0.21.0); see `lockstep plan -f x`.')).toBe(
      'Configured for it: `team-a/`, `team-b/` (`v0.21.0`); see `lockstep plan -f x`.',
    )
  })
})

describe('code', () => {
  it.each(HOSTILE)('keeps all of %j in the code span', (text) => {
    expectInert(`- a ${code(text)} b ${code(text)}`)
  })
})

describe('a plan of hostile names', () => {
  it.each(HOSTILE)('is shown only as text: %j', (text) => {
    const nodes = [liveNode(1)]
    const hostile = upgradePlan(
      {
        plugin: plugin('secret/my-kv'),
        from: version('v1.0.0'),
        to: version('v1.1.0'),
        nodes,
        mounts: [mountPath('a/')],
      },
      {
        cluster: planCluster(nodes, {
          name: text,
          server_version: text,
          lock: text,
          binary_check: { command: [text], files: [] },
        }),
        findings: (['error', 'note'] as const).map((severity) =>
          finding({
            severity,
            rule: text,
            subject: text,
            message: text,
            fix: text,
            at: text,
            lines: [text],
          }),
        ),
      },
    )
    const allowed = { ...finding({ message: text }), allowed: text }
    const why = hostile.steps.map((one) => ({ ...one, why: text }))
    const changes = hostile.changes.map((one) => ({
      ...one,
      subject: text,
      why: text,
      fields: [{ name: text, from: `${text}1`, to: text }],
    }))

    const verify = [{ mount: mountPath('a/'), kind: 'run' as const, command: [text, text] }]
    const [first, ...others] = why
    const whole = plan({
      ...hostile,
      created_at: text,
      steps: [{ ...first!, group: text, verify }, ...others],
      changes,
      findings: [...hostile.findings, allowed],
      desired: {
        version: 1,
        plugins: {},
        allow: [
          { rule: text, subject: text, because: text, by: text, until: text },
          { rule: 'x', subject: text, because: text },
        ],
      },
    })
    const comment = renderComment(
      [reviewed(whole, { apply: text, seeAll: text, expiresAt: text, isEdited: true })],
      { commit: text, version: text },
    )
    const [marker, ...rest] = comment.split('\n')

    expect(marker).toMatch(/^<!-- lockstep:plan (?:(?!--|[<>]).)+ -->$/)
    expectInert(rest.join('\n'))
    expect(comment).not.toMatch(GITLAB_ACTION)
  })
})

describe('a drift report of hostile names', () => {
  it.each(HOSTILE)('is shown only as text: %j', (text) => {
    const report = spoiledAll(troubledDrift(), text)
    const hostile = { ...report, unconfirmed: report.differences }
    const markdown = renderDriftMarkdown(hostile, { limit: 60_000, seeAll: text })

    expectInert(markdown)
    expect(markdown).not.toMatch(GITLAB_ACTION)
  })
})
