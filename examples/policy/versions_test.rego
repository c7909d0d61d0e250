package lockstep.versions_test

import data.lockstep.versions
import rego.v1

allowed := {"secret/kv": {"v1.1.0": "aa"}}

plan(version, sha256, use) := {"desired": {
	"plugins": {"secret/kv": {"use": version, "versions": {version: {"sha256": sha256}}}},
	"mounts": {"a/": {"plugin": "secret/kv", "use": use}, "b/": {"plugin": "secret/kv"}},
}}

test_a_listed_binary_passes if {
	count(versions.deny) == 0 with input as plan("v1.1.0", "aa", "v1.1.0")
		with data.allowed_binaries as allowed
}

test_the_builtin_passes if {
	count(versions.deny) == 0 with input as plan("v1.1.0", "aa", "builtin")
		with data.allowed_binaries as allowed
}

test_another_version_is_refused if {
	versions.deny == {"secret/kv v1.0.0 with SHA-256 aa is not in the list of allowed binaries."} with input as plan("v1.0.0", "aa", "v1.0.0")
		with data.allowed_binaries as allowed
}

test_another_binary_is_refused if {
	count(versions.deny) == 1 with input as plan("v1.1.0", "bb", "v1.1.0")
		with data.allowed_binaries as allowed
}

test_a_use_that_is_not_listed_is_refused if {
	every use in ["v1.0.0", "latest", "unversioned"] {
		count(versions.deny) == 1 with input as plan("v1.1.0", "aa", use)
			with data.allowed_binaries as allowed
	}
}

test_all_is_refused_without_a_list if {
	count(versions.deny) == 1 with input as plan("v1.1.0", "aa", "v1.1.0")
		with data.allowed_binaries as {}
}
