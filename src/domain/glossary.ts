/**
 * The words of the program. Each has one meaning in every message, document and name. `lockstep
 * explain` prints them, and ARCHITECTURE.md lists them (a test compares the two).
 */

export interface Term {
  /** As it is written within a sentence. */
  readonly word: string
  /** One to three sentences. */
  readonly meaning: string
}

/** In alphabetical order. */
export const GLOSSARY: readonly Term[] = [
  {
    word: 'active node',
    meaning:
      'The node that leads the cluster and does all writes. Lockstep reloads it last, after the standbys.',
  },
  {
    word: 'allowance',
    meaning:
      'A finding that a person accepted, with a reason. It is written under `allow` in the file, or as `--allow rule=subject`. An unused allowance matches no finding and is reported.',
  },
  {
    word: 'builtin',
    meaning: 'A plugin that is compiled into the server. The version of a builtin has `+builtin`.',
  },
  {
    word: 'canary',
    meaning:
      'A mount with `canary: true`. It is upgraded and checked on every node before any other mount of its plugin.',
  },
  {
    word: 'catalog',
    meaning:
      'The list of registered plugins. There is one for the whole cluster: `sys/plugins/catalog`.',
  },
  {
    word: 'change',
    meaning: 'What a plan does to one mount or one entry. Several steps make one change.',
  },
  {
    word: 'check',
    meaning:
      'A comparison with what a server answers, before or after a step. A `check` step sends no write: it checks a mount that an earlier run upgraded and did not check.',
  },
  {
    word: 'configured',
    meaning: 'The version in a mount’s setting. It says nothing about what a node runs.',
  },
  {
    word: 'desired',
    meaning: 'What the file asks for.',
  },
  {
    word: 'drift',
    meaning: 'A difference between the file and what a node has or runs.',
  },
  {
    word: 'entry',
    meaning:
      'One registration in the catalog. It has a type, a name, a version, a command and a SHA-256. An unversioned entry has no version.',
  },
  {
    word: 'finding',
    meaning:
      'What a rule says about a plan. It is an error, a warning or a note, with its subject and a fix. An error blocks the plan.',
  },
  {
    word: 'group',
    meaning: 'Steps that roll back together.',
  },
  {
    word: 'in sync',
    meaning: 'As the file says, seen on every node.',
  },
  {
    word: 'journal',
    meaning:
      'The record of one run. Each request is written to it before it is sent. `lockstep history` shows it. It is a file on this machine; `cluster.journal` in the file adds one that all machines see.',
  },
  {
    word: 'lock',
    meaning:
      'It prevents two runs on one cluster at the same time. One lock is a file on this machine; `cluster.lock` in the file adds one that all machines see.',
  },
  {
    word: 'mount',
    meaning:
      'A secrets engine or auth method at a path. The path of an auth method begins with `auth/`. Lockstep never disables a mount: that deletes its data.',
  },
  {
    word: 'node',
    meaning:
      'One server of the cluster. Its name is its host, with the port if two nodes share a host.',
  },
  {
    word: 'override',
    meaning:
      'An entry without a version under a builtin’s name. It replaces the builtin for every mount of that type.',
  },
  {
    word: 'pin',
    meaning:
      'A version that Vault’s catalog forces on every mount of a plugin. Lockstep reports pins and never sets or removes one.',
  },
  {
    word: 'plan',
    meaning:
      'The ordered steps from the live state to the desired state, with the findings and the rehearsal.',
  },
  {
    word: 'plan id',
    meaning:
      'A hash of everything that a plan does. An approval names it: `apply --expect PLAN_ID`.',
  },
  {
    word: 'plugin',
    meaning:
      'A program that the server starts for its mounts. Its type and name identify it: `secret/team-kv`, `auth/jwt`, `database/redis`.',
  },
  {
    word: 'registered',
    meaning: 'In the catalog. It says nothing about what a node runs.',
  },
  {
    word: 'rehearsal',
    meaning:
      'A plan carried out on a model of the cluster. After each step the rehearsal asks whether a stop there, or a restart of every node, loses a mount.',
  },
  {
    word: 'reload',
    meaning:
      'The request that makes a node start the configured version of a mount. It reaches only the node that it is sent to.',
  },
  {
    word: 'resume',
    meaning:
      'To run `lockstep apply` again after an interruption or a failure. It plans from what the cluster is now.',
  },
  {
    word: 'retire',
    meaning:
      'To deregister a version that the file names under `retire`, after every node was seen not to use it.',
  },
  {
    word: 'roll back',
    meaning:
      'To undo what a failed step or a run did, and check it. A step that fails rolls back its group (exit 5). `lockstep rollback` rolls back a run.',
  },
  {
    word: 'rule',
    meaning:
      'One thing that every plan is judged by. A rule makes findings. `lockstep explain` lists the rules.',
  },
  {
    word: 'run',
    meaning: 'One `apply` or `rollback`, with one journal.',
  },
  {
    word: 'running',
    meaning:
      'The binary that a node runs for a mount, by its SHA-256. Servers copy the running version from the configuration, so the version proves nothing.',
  },
  {
    word: 'stale',
    meaning:
      'A saved plan is stale if the cluster has changed since, and the change matters (exit 4).',
  },
  {
    word: 'standby',
    meaning:
      'A node that is not active. A standby of OpenBao serves reads and runs its own plugins; a standby of Vault runs none.',
  },
  {
    word: 'step',
    meaning:
      'One request to one node, with the checks before and after it and the requests that undo it.',
  },
  {
    word: 'tune',
    meaning:
      'To set the version in a mount’s configuration. Nothing runs the version until the mount is reloaded.',
  },
  {
    word: 'twin',
    meaning: 'The model of a cluster that rehearses plans. It needs no server.',
  },
  {
    word: 'unversioned',
    meaning:
      'Without a version. An unversioned entry is shared by every mount of its name that has no version.',
  },
  {
    word: 'verify',
    meaning:
      'A check that the file adds to a mount. It reads a path or runs a command, on each node after a reload.',
  },
]

/** The term of a word. `Roll back`, `rollback` and `roll-back` are the same word. */
export function findTerm(word: string): Term | undefined {
  const letters = lettersOf(word)
  return GLOSSARY.find((term) => lettersOf(term.word) === letters)
}

function lettersOf(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/g, '')
}
