package lockstep.waivers_test

import data.lockstep.waivers
import rego.v1

plan(waiver) := {
	"created_at": "2026-05-01T10:00:00.000Z",
	"desired": {"allow": [object.union({"rule": "data-upgrade", "subject": "secret/kv", "by": "Ana"}, waiver)]},
}

test_no_waiver_passes if count(waivers.deny) == 0 with input as {"desired": {}}

test_14_days_pass if count(waivers.deny) == 0 with input as plan({"until": "2026-05-15"})

test_15_days_are_refused if {
	waivers.deny == {"The waiver of data-upgrade for secret/kv holds until 2026-05-16. It must end within 14 days of the plan."} with input as plan({"until": "2026-05-16"})
}

test_no_person_is_refused if {
	some message in waivers.deny with input as plan({"until": "2026-05-15", "by": false})
	startswith(message, "The waiver of data-upgrade for secret/kv does not say who accepts it.")
}

test_no_last_day_is_refused if {
	some message in waivers.deny with input as plan({})
	startswith(message, "The waiver of data-upgrade for secret/kv never ends.")
}

test_no_time_of_the_plan_is_refused if {
	unsaved := object.remove(plan({"until": "2026-05-15"}), ["created_at"])
	count(waivers.deny) == 1 with input as unsaved
}

test_no_date_is_refused if count(waivers.deny) == 1 with input as plan({"until": "soon"})
