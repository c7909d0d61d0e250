# An error that the file accepts must say who accepts it, and until when.
package main

import rego.v1

deny contains message if {
	some finding in input.findings
	finding.severity == "error"
	finding.allowed
	not is_signed(finding)
	message := sprintf("%s of %s is accepted without `by` and `until`", [finding.rule, finding.subject])
}

is_signed(finding) if {
	some allowance in input.desired.allow
	allowance.rule == finding.rule
	allowance.subject == finding.subject
	allowance.by
	allowance.until
}
