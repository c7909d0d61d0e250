import { describe, expect, it } from 'vitest'
import { html, join } from './html.ts'

const EVIL = `<b>"x" & 'y'</b>\u202e\n`

describe('html', () => {
  it('escapes what is no markup, between tags and in attributes', () => {
    expect(String(html`<p class="${EVIL}">${EVIL} ${1}</p>`)).toBe(
      '<p class="&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;\\u{202e}\\n">' +
        '&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;\\u{202e}\\n 1</p>',
    )
  })

  it('takes markup as it is, by itself and in lists', () => {
    const item = html`<b>${'<'}</b>`

    expect(String(html`<p>${[item, item]}</p>`)).toBe('<p><b>&lt;</b><b>&lt;</b></p>')
    expect(String(join([item, item], '<'))).toBe('<b>&lt;</b>&lt;<b>&lt;</b>')
  })

  it('takes nothing for markup that looks like it', () => {
    const forged = { toString: () => '<b>', text: '<b>' }

    // @ts-expect-error -- only markup is taken
    expect(() => String(html`<p>${forged}</p>`)).toThrow()
  })

  it('refuses a place where an escaped text would act', () => {
    expect(() => html`<p class=${'x'}></p>`).toThrow('outside a quoted attribute')
    expect(() => html`<${'x'}></${'x'}>`).toThrow('outside a quoted attribute')
    expect(() => html`<p ${'x'}="y"></p>`).toThrow('outside a quoted attribute')
    expect(
      () =>
        html`<style>
          ${'x'}
        </style>`,
    ).toThrow('in a style')
    expect(
      () =>
        html`<script>
          ${'x'}
        </script>`,
    ).toThrow('in a style')
    expect(() => html`<!-- ${'x'} -->`).toThrow('comment')
  })
})
