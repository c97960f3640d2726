package ecs

import "fmt"

// unassumable is the role of a revision that ECS may not assume, empty when there
// is none.
func (c *call) unassumable(v *revision) string {
	may := c.service.options.Assumable
	if may == nil {
		return ""
	}
	for _, member := range []string{"taskRoleArn", "executionRoleArn"} {
		if arn := text(v.definition, member); arn != "" && !may(c.Account, arn) {
			return arn
		}
	}
	return ""
}

func cannotAssume(role string) string {
	return fmt.Sprintf("ECS was unable to assume the role '%s' that was provided for this task. Please verify that the role "+
		"being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.", role)
}
