package ecs

import (
	"errors"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Cluster names a cluster of an account and region. An empty Name is "default".
type Cluster struct{ Account, Region, Name string }

var errIdle = errors.New("no deployment of the service is in progress")

// CompleteDeployment has a service's deployment that is in progress, or the rollback
// of one, end well at once, whatever time it had left. It fails where the tasks
// cannot start.
func (s *Service) CompleteDeployment(in Cluster, name string) error {
	return s.drive(in, name, func(c *call, s *service) error {
		for {
			r := s.ongoing()
			if r == nil {
				return nil
			}
			r.stuck = false
			c.next(s, r)
			if r.waiting {
				return errors.New("its tasks cannot start")
			}
		}
	})
}

// StepDeployment takes a service's deployment that is in progress on to its next
// lifecycle stage, and says which that is; empty at the end, and for strategy ROLLING.
func (s *Service) StepDeployment(in Cluster, name string) (stage string, err error) {
	err = s.drive(in, name, func(c *call, s *service) error {
		c.next(s, s.ongoing())
		if r := s.ongoing(); r != nil {
			stage = r.stage().stage
		}
		return nil
	})
	return stage, err
}

// FailDeployment has the tasks of a service's deployment that is in progress fail to
// start, as often as the circuit breaker takes to act. Without one the deployment
// stays in progress for good. Where a rollback is in progress, that fails.
func (s *Service) FailDeployment(in Cluster, name string) error {
	return s.drive(in, name, func(c *call, s *service) error {
		r := s.ongoing()
		if r.back != "" {
			s.deployment(r.back).set(stateFailed, "ECS deployment circuit breaker: tasks failed to start.", c.now)
			r.set(rollbackFailed, r.backReason, c.now)
			return nil
		}
		r.stuck = true
		if r.status == rolloutPending {
			r.status, r.started = rolloutInProgress, c.now
		}
		tasks, _ := s.alive(r.target)
		for _, t := range tasks {
			t.stop(c.now, "TaskFailedToStart", "Task failed to start")
		}
		c.count(s, r, threshold(r.config, s.desired))
		return nil
	})
}

// drive does something to a service of which a deployment is in progress.
func (s *Service) drive(in Cluster, name string, do func(*call, *service) error) error {
	return s.reach(in, func(c *call, cl *cluster) error {
		at := cl.services[c.serviceName(cl, name)]
		if at == nil || at.status != statusActive {
			return errors.New("no such service")
		}
		if at.ongoing() == nil {
			return errIdle
		}
		return do(c, at)
	})
}

// reach does something to a cluster, as if by one of AWS's own hands.
func (s *Service) reach(in Cluster, do func(*call, *cluster) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := wire.Caller{Partition: "aws", Account: in.Account, Region: in.Region}
	c := &call{Caller: at, region: s.region(at), service: s, now: s.options.Now(), in: object{"cluster": in.Name}}
	c.pass()
	cl, err := c.cluster()
	if err != nil {
		return err
	}
	_, err = c.write(func(c *call) (object, error) { return nil, do(c, cl) })
	return err
}
