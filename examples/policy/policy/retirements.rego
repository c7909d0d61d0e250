# Old versions are retired in a plan of their own: the plan before can then still be rolled back.
package main

import rego.v1

deny contains message if {
	some removed in input.steps
	removed.action.kind == "deregister"
	some other in input.steps
	other.action.kind in {"register", "tune", "enable", "repoint"}
	message := sprintf("%s %s is retired in the same plan as %s", [removed.action.plugin, removed.action.version, other.id])
}
