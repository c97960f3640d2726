// Package setup prints what makes a machine able to serve task roles: agent
// variables, network rules that survive a reboot, the block of the instance's own
// credentials, and on Windows the user data and the script that containers start
// with. It prints and runs nothing. What it sets up is that of AWS's page "Amazon
// ECS task IAM role" (Amazon ECS Developer Guide).
package setup
