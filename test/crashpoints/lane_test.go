package crashpoints

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"

	"k8s.io/client-go/rest"

	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

// laneLabel is on everything that a lane's manager is to see.
const laneLabel = "lane"

// lane is a manager after the other, each with the same cluster id.
type lane struct {
	name       string   // also its cluster id, and the value of its label
	home       string   // the managers' own AWS account
	flags      []string // of the managers, besides the common ones
	door       *httptest.Server
	kubeconfig string
	manager    *ground.Manager
}

func newLane(n int) (*lane, error) {
	l := &lane{name: fmt.Sprintf("lane-%d", n), home: fmt.Sprintf("1%011d", n)}
	door, err := laneDoor(l.name)
	if err != nil {
		return nil, err
	}
	l.door = door
	l.kubeconfig, err = world.Kubeconfig(l.name, &rest.Config{Host: door.URL})
	return l, err
}

// listed are the collections of which a lane's manager sees its own only: it
// would else carry out what is declared for another lane's.
var listed = []string{
	"/api/v1/namespaces",
	"/apis/ecs.taskrole.dev/v1alpha1/taskroles",
	"/apis/ecs.taskrole.dev/v1alpha1/taskroleclasses",
}

// laneDoor is the way to the API server, with an administrator's rights, that
// narrows lists and watches to the lane's objects.
func laneDoor(name string) (*httptest.Server, error) {
	config := world.Plane.Config()
	transport, err := rest.TransportFor(config)
	if err != nil {
		return nil, err
	}
	server, err := url.Parse(config.Host)
	if err != nil {
		return nil, err
	}
	proxy := &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(server)
			if query := r.Out.URL.Query(); r.Out.Method == http.MethodGet && slices.Contains(listed, r.Out.URL.Path) {
				query.Set("labelSelector", laneLabel+"="+name)
				r.Out.URL.RawQuery = query.Encode()
			}
		},
		FlushInterval: -1, // watches
		// A killed manager's connections end as they end.
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
		ErrorLog:     nil,
	}
	return httptest.NewServer(proxy), nil
}

// run starts a manager where none runs.
func (l *lane) run() (err error) {
	if l.manager != nil && l.manager.Alive() {
		return nil
	}
	if err := l.healthy(); err != nil {
		return err
	}
	l.manager, err = launch(l)
	return err
}

// healthy says what no log of ours may ever contain.
func (l *lane) healthy() error {
	if l.manager == nil {
		return nil
	}
	return l.manager.Healthy()
}

func (l *lane) close() error {
	var err error
	if l.manager != nil {
		l.manager.Kill()
		err = l.healthy()
	}
	l.door.CloseClientConnections()
	l.door.Close()
	return err
}
