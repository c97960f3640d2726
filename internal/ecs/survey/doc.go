// Package survey reads what runs in the ECS clusters of an account and region:
// services, tasks that no service started, and the container instances. It asks in
// batches as large as ECS takes, once for all families, and keeps what it read
// until that is old.
package survey
