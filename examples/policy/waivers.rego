# A waiver (an entry of `allow`, or --allow) says who accepts it, and ends within 14 days of the plan.
package lockstep.waivers

import rego.v1

# Your choice.
max_days := 14

deny contains message if {
	some waiver in input.desired.allow
	not waiver.by
	message := sprintf(
		"The waiver of %s for %s does not say who accepts it. Write it into the file with `by`.",
		[waiver.rule, waiver.subject],
	)
}

deny contains message if {
	some waiver in input.desired.allow
	not waiver.until
	message := sprintf(
		"The waiver of %s for %s never ends. Write it into the file with `until: YYYY-MM-DD`, at most %d days ahead.",
		[waiver.rule, waiver.subject, max_days],
	)
}

deny contains message if {
	some waiver in input.desired.allow
	waiver.until
	not ends_in_time(waiver)
	message := sprintf(
		"The waiver of %s for %s holds until %s. It must end within %d days of the plan.",
		[waiver.rule, waiver.subject, waiver.until, max_days],
	)
}

# Compares with the time of the plan, so that a saved plan is judged the same on any day. A plan
# that was not saved with --out has no time: its waivers are refused.
ends_in_time(waiver) if {
	last_day := time.parse_ns("2006-01-02", waiver.until)
	planned := time.parse_rfc3339_ns(input.created_at)
	last_day - planned <= (((max_days * 24) * 60) * 60) * 1000000000
}
