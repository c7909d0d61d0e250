/**
 * Counts how the source is built: the longest chain of calls from the `apply` command to the
 * HTTP request, in files; the folders that the chain enters more than once; the files of each
 * folder; and exported names that two files declare. Run by hand: `node scripts/count-structure.mjs`.
 *
 * The chain is found in the graph of functions: an edge is a call of another function, or an
 * argument that is a function. A call of an interface's method leads to each object that has the
 * interface. Functions that call each other in a circle count as one.
 */
import { execFileSync } from 'node:child_process'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import typescript from 'typescript'

const FIRST = { file: 'src/cli/commands/apply.ts', name: 'apply' }
const LAST = { file: 'src/server/transport.ts' }

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const files = execFileSync('git', ['-C', root, 'ls-files', 'src/*.ts'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => !file.endsWith('.test.ts'))

const { config } = typescript.readConfigFile(join(root, 'tsconfig.json'), typescript.sys.readFile)
const { options } = typescript.parseJsonConfigFileContent(config, typescript.sys, root)
const program = typescript.createProgram(
  files.map((file) => join(root, file)),
  options,
)
const checker = program.getTypeChecker()
/** Without the demo, which runs the whole program again, and its model of a cluster. */
const NOT_ON_THE_WAY = /^src\/(twin\/|cli\/demo\/|cli\/commands\/demo\.ts)/
const sources = program.getSourceFiles().filter(({ fileName }) => isOurs(fileName))

printChain(findChain(readCalls()))
printFolders()
printSharedNames()

function isOurs(path) {
  const file = relative(root, path)
  return file.startsWith('src') && !NOT_ON_THE_WAY.test(file)
}

function fileOf(node) {
  return relative(root, node.getSourceFile().fileName)
}

/** The function or the top-level constant that a node is part of. */
function ownerOf(node) {
  let owner
  for (let at = node; at.parent !== undefined; at = at.parent) {
    const isFunction = typescript.isFunctionLike(at)
    const isConstant = typescript.isVariableStatement(at) && typescript.isSourceFile(at.parent)
    if ((isFunction && at.body !== undefined) || isConstant || typescript.isClassElement(at)) {
      owner ??= at
    }
  }
  return owner
}

function isCalledOrHandedOver(identifier) {
  const { parent } = identifier
  const whole =
    typescript.isPropertyAccessExpression(parent) && parent.name === identifier
      ? parent
      : identifier
  const { parent: user } = whole
  return (
    typescript.isCallExpression(user) ||
    typescript.isNewExpression(user) ||
    (typescript.isPropertyAssignment(user) && user.initializer === whole) ||
    typescript.isShorthandPropertyAssignment(user)
  )
}

/** Follows an import to the declaration. */
function declarationsOf(symbol) {
  if (symbol === undefined) return []
  const isAlias = (symbol.flags & typescript.SymbolFlags.Alias) !== 0
  return (isAlias ? checker.getAliasedSymbol(symbol) : symbol).declarations ?? []
}

function functionOf(declaration) {
  if (typescript.isFunctionLike(declaration) && declaration.body !== undefined) return declaration
  const value = declaration.initializer
  if (value === undefined) return undefined
  if (typescript.isFunctionLike(value)) return value
  const statement = declaration.parent?.parent
  return statement !== undefined && typescript.isVariableStatement(statement)
    ? statement
    : undefined
}

/** The function that a member of an object names: `{ send: sendOnce }`, `{ send }`. */
function functionNamedBy(member) {
  const isShorthand = typescript.isShorthandPropertyAssignment(member)
  const value = isShorthand ? member.name : member.initializer
  if (value === undefined || !typescript.isIdentifier(value)) return undefined
  const symbol = isShorthand
    ? checker.getShorthandAssignmentValueSymbol(member)
    : checker.getSymbolAtLocation(value)
  return declarationsOf(symbol)
    .map(functionOf)
    .find((one) => one !== undefined)
}

/** Each function with the functions that it calls or hands over. */
function readCalls() {
  const calls = new Map()
  const implementations = new Map()
  const mentions = []
  const add = (map, key, value) => map.set(key, (map.get(key) ?? new Set()).add(value))
  const visit = (node) => {
    if (typescript.isObjectLiteralExpression(node)) {
      const type = checker.getContextualType(node)
      for (const member of node.properties) {
        const name = member.name?.getText()
        const declared = name === undefined ? undefined : type?.getProperty(name)
        for (const declaration of declared?.declarations ?? [])
          add(implementations, declaration, member)
      }
    }
    if (typescript.isClassDeclaration(node)) {
      for (const clause of node.heritageClauses ?? []) {
        for (const implemented of clause.types) {
          const type = checker.getTypeAtLocation(implemented)
          for (const member of node.members) {
            const declared = member.name && type.getProperty(member.name.getText())
            for (const declaration of declared?.declarations ?? [])
              add(implementations, declaration, member)
          }
        }
      }
    }
    if (typescript.isIdentifier(node) && isCalledOrHandedOver(node)) mentions.push(node)
    typescript.forEachChild(node, visit)
  }
  for (const source of sources) visit(source)
  for (const node of mentions) {
    const owner = ownerOf(node)
    if (owner === undefined) continue
    const symbol = typescript.isShorthandPropertyAssignment(node.parent)
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node)
    for (const declaration of declarationsOf(symbol)) {
      if (!isOurs(declaration.getSourceFile().fileName)) continue
      const members = implementations.get(declaration) ?? []
      for (const one of [declaration, ...members]) {
        const called = functionOf(one) ?? functionNamedBy(one)
        if (called !== undefined && called !== owner) add(calls, owner, called)
      }
    }
    // A function inside another runs as a part of it.
    const outer = owner.parent === undefined ? undefined : ownerOf(owner.parent)
    if (outer !== undefined) add(calls, outer, owner)
  }
  return calls
}

/** The chain that enters most files, as files; two calls within a file are one entry. */
function findChain(calls) {
  const first = sources
    .find(({ fileName }) => relative(root, fileName) === FIRST.file)
    ?.statements.find((one) => one.name?.text === FIRST.name)
  if (first === undefined) throw new Error(`no function ${FIRST.name} in ${FIRST.file}`)
  const component = findComponents(first, calls)
  const longest = new Map()
  const follow = (id) => {
    const known = longest.get(id)
    if (known !== undefined) return known
    const members = component.members.get(id)
    const file = fileOf(members[0])
    let best = members.some((one) => fileOf(one) === LAST.file) ? [LAST.file] : []
    for (const member of members) {
      for (const called of calls.get(member) ?? []) {
        const next = component.of.get(called)
        if (next === id) continue
        const chain = follow(next)
        if (chain.length === 0) continue
        const own = chain[0] === file ? chain : [file, ...chain]
        if (own.length > best.length) best = own
      }
    }
    longest.set(id, best)
    return best
  }
  return follow(component.of.get(first))
}

/** Tarjan's strongly connected components of what `first` reaches. */
function findComponents(first, calls) {
  const order = new Map()
  const low = new Map()
  const stack = []
  const of = new Map()
  const members = new Map()
  const visit = (node) => {
    order.set(node, order.size)
    low.set(node, order.get(node))
    stack.push(node)
    for (const called of calls.get(node) ?? []) {
      if (!order.has(called)) visit(called)
      if (!of.has(called)) low.set(node, Math.min(low.get(node), low.get(called)))
    }
    if (low.get(node) !== order.get(node)) return
    const id = members.size
    const group = stack.splice(stack.indexOf(node))
    for (const one of group) of.set(one, id)
    members.set(id, group)
  }
  visit(first)
  return { of, members }
}

function printChain(chain) {
  print(`Longest chain of calls from ${FIRST.name} to the HTTP request: ${chain.length} files`)
  for (const file of chain) print(`  ${file}`)
  const entered = new Map()
  chain.forEach((file, index) => {
    const folder = dirname(file)
    if (index > 0 && dirname(chain[index - 1]) === folder) return
    entered.set(folder, (entered.get(folder) ?? 0) + 1)
  })
  const often = [...entered].filter(([, times]) => times > 1)
  print('Folders entered more than once on it:')
  for (const [folder, times] of often) print(`  ${folder}  ${times}`)
  if (often.length === 0) print('  none')
}

function printFolders() {
  const folders = new Map()
  for (const file of files) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1)
  print('Files per folder, without tests:')
  for (const [folder, number] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1))) {
    print(`  ${folder}  ${number}`)
  }
}

function printSharedNames() {
  const places = new Map()
  for (const source of sources) {
    if (source.fileName.endsWith('.generated.ts')) continue
    const module = checker.getSymbolAtLocation(source)
    for (const symbol of module === undefined ? [] : checker.getExportsOfModule(module)) {
      // A name that is only passed on is declared elsewhere.
      if ((symbol.flags & typescript.SymbolFlags.Alias) !== 0) continue
      places.set(symbol.name, [...(places.get(symbol.name) ?? []), relative(root, source.fileName)])
    }
  }
  const shared = [...places].filter(([, paths]) => paths.length > 1)
  print(`Exported names that more than one file declares: ${shared.length}`)
  for (const [name, paths] of shared) print(`  ${name}: ${paths.join(', ')}`)
}

function print(line) {
  process.stdout.write(`${line}\n`)
}
