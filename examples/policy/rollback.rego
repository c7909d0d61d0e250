# On a production cluster, a step that cannot be rolled back is tried on a canary first.
package lockstep.rollback

import rego.v1

# Your choice: how the names of production clusters begin. The name is the servers' own.
production if startswith(input.cluster.name, "prod")

# A waiver of no-rollback does not count here.
deny contains message if {
	production
	some finding in input.findings
	finding.rule == "no-rollback"
	not has_canary(finding.subject)
	message := sprintf(
		"%s on %s: %s Mark one of its mounts as the canary (`canary: true`).",
		[finding.subject, input.cluster.name, finding.message],
	)
}

# Not only marked in the file: the plan reloads the canary, so it is checked before the others.
has_canary(plugin) if {
	some step in input.steps
	step.canary
	step.action.kind == "reload"
	some mount in step.action.mounts
	input.desired.mounts[mount].plugin == plugin
}
