/**
 * The document around a page. It loads nothing and runs nothing: no script, no request, one style
 * that the policy names by its hash. Every fold opens without script.
 */
import { createHash } from 'node:crypto'
import { html, type Html } from './html.ts'
import { STYLE } from './style.ts'

export interface Page {
  readonly title: string
  /** What kind of page it is: `Plan`. */
  readonly kind: string
  readonly main: Html
  /** Of this program. */
  readonly version: string
}

/** Ends with a newline. */
export function renderPage({ title, kind, main, version }: Page): string {
  const hash = createHash('sha256').update(STYLE).digest('base64')
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
  const head = html`<meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="referrer" content="no-referrer" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>`
  const body = html`<header class="top"><strong>lockstep</strong> <span>${kind}</span></header>
    <main>${main}</main>
    <footer>
      <p>Shown by lockstep ${version}. This page loads nothing and runs no script.</p>
    </footer>`
  return `<!doctype html>
<html lang="en">
<head>
${String(head)}
<style>${STYLE}</style>
</head>
<body>
${String(body)}
</body>
</html>
`
}
