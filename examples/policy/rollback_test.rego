package lockstep.rollback_test

import data.lockstep.rollback
import rego.v1

plan := {
	"cluster": {"name": "prod-eu"},
	"desired": {"mounts": {
		"a/": {"plugin": "secret/kv", "canary": true},
		"b/": {"plugin": "auth/jwt", "canary": true},
	}},
	"findings": [{
		"rule": "no-rollback",
		"subject": "secret/kv",
		"message": "a/ cannot be rolled back.",
		"allowed": "we know",
	}],
	"steps": [],
}

canary_reload(mount) := {"canary": true, "action": {"kind": "reload", "mounts": [mount]}}

test_without_a_canary_is_refused if {
	rollback.deny == {"secret/kv on prod-eu: a/ cannot be rolled back. Mark one of its mounts as the canary (`canary: true`)."} with input as plan
}

test_a_canary_of_another_plugin_does_not_count if {
	count(rollback.deny) == 1 with input as object.union(plan, {"steps": [canary_reload("b/")]})
}

test_with_a_canary_passes if {
	count(rollback.deny) == 0 with input as object.union(plan, {"steps": [canary_reload("a/")]})
}

test_another_cluster_passes if {
	count(rollback.deny) == 0 with input as object.union(plan, {"cluster": {"name": "lab"}})
}

test_another_finding_passes if {
	count(rollback.deny) == 0 with input as object.union(plan, {"findings": [{"rule": "siblings"}]})
}
