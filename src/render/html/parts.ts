/** The small parts that every page is put together from. */
import { count } from '../../domain/count.ts'
import type { NodeNames } from '../node-names.ts'
import { describeNodeState, shortenHashes } from '../wording.ts'
import { html, type Html, join, NOTHING } from './html.ts'

/** What a colour means: something failed or blocks; look here; all is well; for information. */
export type Tone = 'bad' | 'warn' | 'good' | 'info' | 'quiet'

export function badge(tone: Tone, text: string): Html {
  return html`<span class="badge ${tone}">${text}</span>`
}

/** A name, path, hash or version, as it is typed. */
export function name(text: string): Html {
  return html`<code>${text}</code>`
}

export function names(texts: readonly string[]): Html {
  return join(texts.map(name), ', ')
}

/** A sentence: what stands in backquotes is code, hashes are short, nodes have their short names. */
export function prose(text: string, nodes: NodeNames): Html {
  return join(
    shortenHashes(nodes.within(text))
      .split(/(`[^`]+`)/)
      .map((part) =>
        /^`[^`]+`$/.test(part) ? html`<code>${part.slice(1, -1)}</code>` : html`${part}`,
      ),
  )
}

/** Something to copy: a command, or lines of a policy. */
export function copied(lines: readonly string[]): Html {
  return html`<pre class="copied"><code>${join(
    lines.map((line) => html`${line}`),
    '\n',
  )}</code></pre>`
}

/** Folded until it is opened; on paper it is open. */
export function fold(summary: Html | string, body: Html): Html {
  return html`<details>
    <summary>${summary}</summary>
    <div class="folded">${body}</div>
  </details>`
}

/** The first `most` parts in sight, the others folded. */
export function foldRest(parts: readonly Html[], { most, noun, draw }: FoldRestOptions): Html {
  // One more part takes the same room as a fold that says `1 more`.
  if (parts.length <= most + 1) return draw(parts)
  const rest = parts.slice(most)
  return html`${draw(parts.slice(0, most))}${fold(count(rest.length, `more ${noun}`), draw(rest))}`
}

interface FoldRestOptions {
  readonly most: number
  /** What one part is: `step`. */
  readonly noun: string
  /** Draws the element around some of the parts. */
  readonly draw: (parts: readonly Html[]) => Html
}

/** At which level the sections of a page begin: one cluster has the page for itself, or not. */
export type Level = 2 | 3

export interface Section {
  /** Unique in the page, made by this program. */
  readonly id: string
  readonly title: Html | string
  readonly body: Html
  readonly tone?: Tone
}

export function section(level: Level, { id, title, body, tone = 'quiet' }: Section): Html {
  const heading =
    level === 2 ? html`<h2 id="${id}">${title}</h2>` : html`<h3 id="${id}">${title}</h3>`
  return html`<section class="part ${tone}" aria-labelledby="${id}">${heading}${body}</section> `
}

export interface Hero {
  readonly id: string
  readonly level: 1 | 2
  readonly tone: Tone
  /** One or two words: `Blocked`. */
  readonly label: string
  /** What the page is about: the cluster and its servers. */
  readonly about: Html
  readonly verdict: string
  readonly summary: Html
  readonly facts: readonly Figure[]
}

export interface Figure {
  readonly name: string
  readonly value: Html | string
  readonly tone?: Tone
}

/** A number that is shown only if it is not 0. */
export function figureIfAny(name: string, number: number, tone: Tone): Figure[] {
  return number === 0 ? [] : [{ name, value: String(number), tone }]
}

/** The top of a page: what it is about, and the verdict. */
export function hero({ id, level, tone, label, about, verdict, summary, facts }: Hero): Html {
  const heading =
    level === 1 ? html`<h1 id="${id}">${verdict}</h1>` : html`<h2 id="${id}">${verdict}</h2>`
  return html`<div class="hero ${tone}">
    <p class="about">${badge(tone, label)} <span>${about}</span></p>
    ${heading}
    <p class="summary">${summary}</p>
    ${factList(facts)}
  </div> `
}

function factList(facts: readonly Figure[]): Html {
  if (facts.length === 0) return NOTHING
  return html`<dl class="facts">
    ${facts.map(
      ({ name: title, value, tone = 'quiet' }) =>
        html`<div class="${tone}">
          <dt>${title}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl> `
}

export interface ShownNode {
  readonly address: string
  readonly role: string
  readonly state: Parameters<typeof describeNodeState>[0]
}

/** Each node's short name, role, address, and what is odd about it. */
export function nodeList(nodes: readonly ShownNode[], nodeNames: NodeNames): Html {
  if (nodes.length === 0) return NOTHING
  return html`<ul class="nodes" aria-label="Nodes">
    ${nodes.map(({ address, role, state }) => {
      const odd = describeNodeState(state).replace(/^\((.*)\)$/, '$1')
      const tone = state === 'serving' || state === 'forwarding' ? 'quiet' : 'bad'
      return html`<li>
        <strong>${nodeNames.of(address)}</strong>
        ${role === 'active' ? badge('info', role) : html`<span class="muted">${role}</span>`}${odd === '' ? NOTHING : html` ${badge(tone, odd)}`}<br /><span
          class="address"
          >${address}</span
        >
      </li>`
    })}
  </ul> `
}

/** A value before and after: `v1 → v2`. */
export function transition(from: string, to: string): Html {
  return html`<span class="step-over"
    ><del>${from}</del> <span class="arrow" aria-hidden="true">→</span
    ><span class="hidden"> to </span> <ins>${to}</ins></span
  >`
}
