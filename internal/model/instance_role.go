package model

// InstanceRole is the IAM role that a container instance itself has, such as
// ecsInstanceRole.
type InstanceRole struct {
	Name string
	// Beyond are the actions that its policies allow beyond the managed policy
	// AmazonEC2ContainerServiceforEC2Role, as patterns such as s3:Get* or "*", sorted,
	// without those that another of them covers. What an Allow with NotAction gives
	// is one element, such as "everything but iam:* and sts:*".
	Beyond []string
	// Unread says why not all could be read, for people; empty: all was. Beyond is
	// what was found all the same.
	Unread string
}
