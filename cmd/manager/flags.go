package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/spf13/pflag"
	"go.uber.org/zap/zapcore"

	"github.com/taskrole/ecs-taskrole-controller/controllers"
	"github.com/taskrole/ecs-taskrole-controller/internal/aws"
)

// settings are what the command line says.
type settings struct {
	controller controllers.Options
	aws        aws.Options
	manager    managerSettings
	log        logSettings
	version    bool
}

type managerSettings struct {
	metricsAddress string
	metricsSecure  bool
	metricsCerts   string
	probeAddress   string
	elect          bool
	electNamespace string
	lease          time.Duration
	renew          time.Duration
	retry          time.Duration
	shutdown       time.Duration
}

type logSettings struct {
	level  string
	format string
}

const about = `The ECS TaskRole controller gives each Amazon ECS task definition family an IAM
role of its own, as TaskRole objects declare it.

AWS credentials, endpoints and proxies are found as every AWS SDK finds them: from
the environment (AWS_ENDPOINT_URL among it), from shared files, or from the pod's
identity (IRSA, EKS Pod Identity).

Usage:
  manager --cluster-id=ID [flags]

Flags:
`

// helpWidth is what a terminal shows beside a log.
const helpWidth = 120

// parse reads the command line. Asking for help is flag.ErrHelp, after the help
// was written to out.
func parse(args []string, out io.Writer) (settings, error) {
	var s settings
	flags := pflag.NewFlagSet("manager", pflag.ContinueOnError)
	flags.SetOutput(out)
	flags.SortFlags = false
	// That out cannot be written to is nothing that could be told on it.
	flags.Usage = func() { _, _ = fmt.Fprintln(out, about+flags.FlagUsagesWrapped(helpWidth)) }
	s.addController(flags)
	s.addAWS(flags)
	s.addManager(flags)
	// controller-runtime defines this one itself.
	if kubeconfig := flag.Lookup("kubeconfig"); kubeconfig != nil {
		flags.AddGoFlag(kubeconfig)
	}
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.version {
		return s, nil
	}
	if flags.NArg() > 0 {
		return s, fmt.Errorf("%q is no flag: every setting is a flag, see --help", flags.Arg(0))
	}
	err := s.check()
	return s, err
}

func (s *settings) addController(flags *pflag.FlagSet) {
	o := &s.controller
	flags.StringVar(&o.ClusterID, "cluster-id", "",
		"required: what tells this cluster from others that manage roles in the same accounts; part of every role's path, name and tags, and never to be changed")
	flags.StringSliceVar(&o.MovedFrom, "moved-from", nil,
		"UID of the namespace kube-system of a cluster of the same --cluster-id whose place this one takes: its roles are taken over; refused else, because two clusters may be given one id by mistake")
	flags.DurationVar(&o.Resync, "resync-period", 5*time.Minute, "time between two looks at an unchanged TaskRole, by up to a tenth longer")
	flags.DurationVar(&o.PropagationWait, "propagation-wait", 15*time.Second, "how old a new role must be before a task definition names it: ECS cannot assume it at once")
	flags.DurationVar(&o.ReadLag, "read-lag", 15*time.Second, "how long reads of AWS may not show what was written: until then, what looks like drift may be our own work and is left alone")
	flags.DurationVar(&o.SurveyAge, "survey-age", time.Minute, "how old what is known of services, tasks and hosts becomes before it is read again; longer where reading takes more than a tenth of that")
	flags.DurationVar(&o.RolloutPoll, "rollout-poll", 15*time.Second, "time between two looks at a service's deployment that is waited for")
	flags.IntVar(&o.MaxAttached, "max-attached-policies", 10, "the accounts' quota of managed policies on a role")
	flags.IntVar(&o.MaxConcurrent, "max-concurrent-reconciles", 8, "how many TaskRoles are worked on at once")
	flags.DurationVar(&o.RetryFirst, "retry-first", time.Second, "wait before the first retry after a failure that may pass")
	flags.DurationVar(&o.RetryMost, "retry-most", 5*time.Minute, "longest wait between two retries")
}

func (s *settings) addAWS(flags *pflag.FlagSet) {
	o := &s.aws
	flags.DurationVar(&o.CallTimeout, "aws-call-timeout", 30*time.Second, "longest time that one attempt of an AWS call may take; reads are tried up to three times")
	flags.Float64Var(&o.IAMRate, "iam-rate", 10, "IAM calls a second in one account, retries included")
	flags.IntVar(&o.IAMBurst, "iam-burst", 30, "IAM calls that may be made at once before iam-rate holds")
	flags.Float64Var(&o.ECSRate, "ecs-rate", 10, "ECS calls a second in one account and region, retries included")
	flags.IntVar(&o.ECSBurst, "ecs-burst", 30, "ECS calls that may be made at once before ecs-rate holds")
	flags.Float64Var(&o.RegistrationRate, "registration-rate", 0.5, "task definitions registered a second in one account and region; AWS takes 1 of everybody together")
	flags.IntVar(&o.RegistrationBurst, "registration-burst", 5, "task definitions that may be registered at once before registration-rate holds")
}

func (s *settings) addManager(flags *pflag.FlagSet) {
	m := &s.manager
	flags.StringVar(&m.metricsAddress, "metrics-bind-address", ":8443", "where metrics are served; 0 for nowhere")
	flags.BoolVar(&m.metricsSecure, "metrics-secure", true, "serve metrics over HTTPS, to whom the API server lets read them")
	flags.StringVar(&m.metricsCerts, "metrics-cert-dir", "", "folder of tls.crt and tls.key for metrics; absent: a self-signed certificate")
	flags.StringVar(&m.probeAddress, "health-probe-bind-address", ":8081", "where /healthz and /readyz are served")
	flags.BoolVar(&m.elect, "leader-elect", false, "act only while holding the lease: needed with more than one replica")
	flags.StringVar(&m.electNamespace, "leader-election-namespace", "", "namespace of the lease; absent: the pod's own")
	flags.DurationVar(&m.lease, "leader-elect-lease-duration", 15*time.Second, "how long a lease holds that nobody renews")
	flags.DurationVar(&m.renew, "leader-elect-renew-deadline", 10*time.Second, "how long the leader tries to renew before it gives up")
	flags.DurationVar(&m.retry, "leader-elect-retry-period", 2*time.Second, "time between two tries to get or renew the lease")
	flags.DurationVar(&m.shutdown, "graceful-shutdown-timeout", 30*time.Second, "how long the manager may take to end after SIGTERM; a look that it breaks off is taken up by the next one")
	flags.StringVar(&s.log.level, "log-level", "info", "debug, info, warn or error")
	flags.StringVar(&s.log.format, "log-format", "json", "json, or console for people")
	flags.BoolVar(&s.version, "version", false, "print the version and end")
}

// clusterID holds no dot and no slash, because names and paths are made of it:
// two clusters, or two namespaces of them, never meet in one name.
var clusterID = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`)

func (s *settings) check() error {
	var errs []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	o := s.controller
	refuse(o.ClusterID == "", "--cluster-id is required: name this cluster, such as --cluster-id=prod-eu-1")
	refuse(o.ClusterID != "" && !clusterID.MatchString(o.ClusterID),
		"--cluster-id=%s: it has lower-case letters, digits and hyphens only, 32 at most, and neither begins nor ends with a hyphen", o.ClusterID)
	refuse(o.Resync < time.Second, "--resync-period=%s: at least 1s", o.Resync)
	refuse(o.PropagationWait < 0, "--propagation-wait=%s: not below 0", o.PropagationWait)
	refuse(o.ReadLag < 0, "--read-lag=%s: not below 0", o.ReadLag)
	refuse(o.SurveyAge < time.Second, "--survey-age=%s: at least 1s", o.SurveyAge)
	refuse(o.RolloutPoll < time.Second, "--rollout-poll=%s: at least 1s", o.RolloutPoll)
	refuse(o.MaxAttached < 1, "--max-attached-policies=%d: at least 1", o.MaxAttached)
	refuse(o.MaxConcurrent < 1, "--max-concurrent-reconciles=%d: at least 1", o.MaxConcurrent)
	refuse(o.RetryFirst <= 0 || o.RetryMost < o.RetryFirst,
		"--retry-first=%s and --retry-most=%s: the first is above 0, and not above the second", o.RetryFirst, o.RetryMost)
	a := s.aws
	refuse(a.CallTimeout <= 0, "--aws-call-timeout=%s: above 0", a.CallTimeout)
	refuse(a.IAMRate <= 0 || a.ECSRate <= 0, "--iam-rate=%v and --ecs-rate=%v: above 0", a.IAMRate, a.ECSRate)
	refuse(a.IAMBurst < 1 || a.ECSBurst < 1, "--iam-burst=%d and --ecs-burst=%d: at least 1", a.IAMBurst, a.ECSBurst)
	refuse(a.RegistrationRate <= 0 || a.RegistrationBurst < 1,
		"--registration-rate=%v and --registration-burst=%d: the first above 0, the second at least 1", a.RegistrationRate, a.RegistrationBurst)
	if _, err := zapcore.ParseLevel(s.log.level); err != nil {
		refuse(true, "--log-level=%s: debug, info, warn or error", s.log.level)
	}
	refuse(s.log.format != "json" && s.log.format != "console", "--log-format=%s: json or console", s.log.format)
	return errors.Join(errs...)
}
