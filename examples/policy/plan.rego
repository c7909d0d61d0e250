# Refuses a document that the other policies do not know: they would find nothing in it, and pass.
package lockstep.plan

import rego.v1

deny contains "This is not a plan of format 2, and the policies are written for format 2." if {
	not input.format == 2
}
