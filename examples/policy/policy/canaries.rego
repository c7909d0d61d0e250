# A plan that reloads more than three mounts of a plugin reloads a canary before them.
package main

import rego.v1

most_without_canary := 3

reloaded contains mount if {
	some step in input.steps
	step.action.kind == "reload"
	some mount in step.action.mounts
}

has_canary if {
	some step in input.steps
	step.canary
}

deny contains message if {
	count(reloaded) > most_without_canary
	not has_canary
	message := sprintf("%d mounts are reloaded, and none of them is a canary", [count(reloaded)])
}
