package lockstep.plan_test

import data.lockstep.plan
import rego.v1

test_a_plan_of_format_2_passes if count(plan.deny) == 0 with input as {"format": 2}

test_a_newer_format_is_refused if count(plan.deny) == 1 with input as {"format": 3}

test_another_document_is_refused if count(plan.deny) == 1 with input as {}
