package awssim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/ecs"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/iam"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/shape"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/sts"
)

// Server is a running AWS.
type Server struct {
	options Options
	http    *http.Server
	url     string
	keys    *keyring
	iam     *iam.Service
	ecs     *ecs.Service
	doors   map[string]protocol // by the service that a signature names
	buckets *buckets
	flights flights
	closed  chan struct{} // ends what is delayed
	served  chan struct{} // closed when the listener's goroutine has ended
	running sync.WaitGroup

	mu     sync.Mutex
	shut   bool
	calls  []Call
	decide func(Call) Fault
}

// Start listens on a free port of loopback.
func Start(options Options) (*Server, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	var config net.ListenConfig
	listener, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("simulated AWS: %w", err)
	}
	s := &Server{
		options: options,
		url:     "http://" + listener.Addr().String(),
		buckets: &buckets{options: options},
		closed:  make(chan struct{}),
		served:  make(chan struct{}),
	}
	s.open()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() {
		defer close(s.served)
		// Serve always ends with an error: that of Close.
		_ = s.http.Serve(listener)
	}()
	return s, nil
}

// open makes the services and the protocol of each.
func (s *Server) open() {
	s.keys = newKeyring(s.options.Now)
	s.iam = iam.New(iam.Options{
		PageSize:    s.options.PageSize,
		MaxAttached: s.options.MaxAttached,
		Propagation: s.options.Propagation,
		Now:         s.options.Now,
		UserExists:  s.keys.hasUser,
		Stale:       s.options.Stale,
	})
	s.keys.role = s.iam.SessionRole
	tokens := sts.New(s.iam, s.keys, s.options.Now)
	options := s.options.forECS()
	if s.options.Propagation > 0 {
		options.Assumable = s.iam.AssumableByECS
	}
	s.ecs = ecs.New(options)
	s.doors = map[string]protocol{
		"iam": query{api: iamModel(), call: s.iam.Do, asked: s.iam.Asked},
		"sts": query{api: shape.Load("sts"), call: tokens.Do, asked: tokens.Asked},
		"ecs": jsonRPC{target: "AmazonEC2ContainerServiceV20141113", call: s.ecs.Do, asked: s.ecs.Asked},
	}
}

// URL is the address for AWS_ENDPOINT_URL.
func (s *Server) URL() string { return s.url }

// Close cuts every connection and waits until nothing runs any more.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.shut {
		s.mu.Unlock()
		return errors.New("simulated AWS: closed already")
	}
	s.shut = true
	s.mu.Unlock()
	close(s.closed)
	err := s.http.Close()
	<-s.served
	s.running.Wait()
	return err
}

// ECS is the simulated ECS, for what AWS has no operation to arrange.
func (s *Server) ECS() *ecs.Service { return s.ecs }

// User returns credentials of the IAM user arn:aws:iam::ACCOUNT:user/NAME. The
// account and the user come into being with it.
func (s *Server) User(account, name string) Credentials {
	return s.keys.user(account, name)
}

// Session returns credentials of arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION,
// as if somebody had been allowed to assume the role. A role that was never
// created can be named as a principal from then on, but not be found in IAM.
func (s *Server) Session(account, role, session string) Credentials {
	s.iam.SessionRole("aws", account, role)
	return s.keys.session(account, role, session)
}

// RoleVisibleToECS says whether a role is there and has had time to reach ECS.
func (s *Server) RoleVisibleToECS(account, arn string) bool {
	return s.iam.VisibleToECS(account, arn)
}
