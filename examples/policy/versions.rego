# Only binaries of the list in allowed.yaml, by plugin, version and SHA-256.
package lockstep.versions

import rego.v1

deny contains message if {
	some plugin, settings in input.desired.plugins
	some version, binary in settings.versions
	not data.allowed_binaries[plugin][version] == binary.sha256
	message := sprintf("%s %s with SHA-256 %s is not in the list of allowed binaries.", [plugin, version, binary.sha256])
}

# A version that the file uses and does not list has no SHA-256 here. So has `latest`.
deny contains message if {
	some use in uses
	use.version != "builtin"
	not input.desired.plugins[use.plugin].versions[use.version]
	message := sprintf("%s uses %s, and the file does not list its SHA-256 under `versions`.", [use.plugin, use.version])
}

uses contains {"plugin": plugin, "version": settings.use} if {
	some plugin, settings in input.desired.plugins
}

uses contains {"plugin": settings.plugin, "version": settings.use} if {
	some part in ["mounts", "connections"]
	some settings in input.desired[part]
}
