// The licences of the packages that a bundle holds: what is shipped with their code.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** `metafiles`: of each bundle, from esbuild. Fails for a package that says no licence. */
export async function thirdPartyLicenses(metafiles) {
  const inputs = metafiles.flatMap(({ inputs }) => Object.keys(inputs))
  const folders = new Set(inputs.flatMap((input) => packageFolder(input) ?? []))
  const texts = await Promise.all([...folders].sort().map(licenseOf))
  return `Lockstep's program holds code of the packages below, each under its own licence.\n\n${texts.join('\n')}`
}

function packageFolder(input) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]
}

async function licenseOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  )
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort()
  if (license === undefined && files.length === 0) throw new Error(`${folder} says no licence`)
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))
  return [`${name} ${version} (${license})`, '', ...texts.map((text) => text.trim()), ''].join('\n')
}
