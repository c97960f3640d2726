package model

import "time"

// Service is one ECS service that uses a family.
type Service struct {
	ARN, Name   string
	ClusterARN  string
	Cluster     string // short name
	Definition  string // ARN of the revision that it is to run
	Controller  string // of its deployments: ECS, CODE_DEPLOY or EXTERNAL
	Launch      string // launch type; empty with capacity providers
	Providers   []string
	OnHosts     bool // it runs on EC2 or external instances, not on machines that AWS keeps
	Exec        bool // ECS Exec is enabled
	Deployments []Deployment
	// Sources are ARNs of revisions to which the deployment in progress may return.
	Sources []string
	// Draining: it is being deleted.
	Draining bool
	// Busy: a deployment is in progress.
	Busy bool
	// Failed are the revisions onto which a deployment failed, was rolled back or was
	// stopped, and why; they are looked for only where the service is to be moved.
	Failed map[string]string
}

// Deployment is what of a service runs one revision.
type Deployment struct {
	Definition string // ARN of the revision
	Primary    bool
	State      string // COMPLETED, IN_PROGRESS or FAILED; empty where ECS does not say
	Reason     string
	Desired    int32
	Running    int32
}

// Revisions are the ARNs of all revisions that the service runs, is to run, or may
// return to.
func (s Service) Revisions() []string {
	out := []string{s.Definition}
	for _, d := range s.Deployments {
		out = append(out, d.Definition)
	}
	return append(out, s.Sources...)
}

// String is how messages name a service.
func (s Service) String() string { return "service " + s.Cluster + "/" + s.Name }

// Primary is the deployment of the revision that the service is to run.
func (s Service) Primary() Deployment {
	for _, d := range s.Deployments {
		if d.Primary {
			return d
		}
	}
	return Deployment{Definition: s.Definition}
}

// Task is one running task.
type Task struct {
	ARN, ID    string
	Cluster    string // short name
	Definition string // ARN of its revision
	RoleARN    string // the role that overrides the definition's; empty: none
	Launch     string
	Provider   string // capacity provider; empty: none
	Exec       bool   // ECS Exec is enabled
	StartedBy  string // such as events-rule/nightly; empty: whoever called RunTask did not say
	ByService  bool   // a service started it, and tells of it
	Created    time.Time
}

// String is how messages name a task.
func (t Task) String() string { return "task " + t.Cluster + "/" + t.ID }

// ClusterExec is what a cluster's configuration says about ECS Exec
// (Amazon ECS API Reference: ExecuteCommandConfiguration).
type ClusterExec struct {
	KMSKeyID         string // id, ARN or alias; empty: none
	Logging          string // NONE, DEFAULT or OVERRIDE; empty: DEFAULT
	CloudWatchGroup  string
	S3Bucket, Prefix string
}

// Use is what runs of one family, in the clusters that are looked at.
type Use struct {
	Services []Service
	Tasks    []Task // that no service started
	// Exec are the settings of the clusters where it runs, by the cluster's name.
	Exec map[string]ClusterExec
}

// Execs says whether ECS Exec is enabled on something of the family.
func (u Use) Execs() bool {
	for _, s := range u.Services {
		if s.Exec {
			return true
		}
	}
	for _, t := range u.Tasks {
		if t.Exec {
			return true
		}
	}
	return false
}
