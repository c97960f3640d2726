package crashpoints

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
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
	manager    *manager
}

func newLane(n int) (*lane, error) {
	l := &lane{name: fmt.Sprintf("lane-%d", n), home: fmt.Sprintf("1%011d", n)}
	door, err := laneDoor(l.name)
	if err != nil {
		return nil, err
	}
	l.door = door
	kubeconfig, err := clientcmd.Write(clientcmdapi.Config{
		Clusters:       map[string]*clientcmdapi.Cluster{l.name: {Server: door.URL}},
		Contexts:       map[string]*clientcmdapi.Context{l.name: {Cluster: l.name}},
		CurrentContext: l.name,
	})
	if err != nil {
		return nil, err
	}
	l.kubeconfig = filepath.Join(world.folder, l.name+".kubeconfig")
	return l, os.WriteFile(l.kubeconfig, kubeconfig, 0o600)
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
	config := world.plane.Config()
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
	if l.manager != nil && l.manager.alive() {
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
	content, err := os.ReadFile(l.manager.log)
	if err != nil {
		return err
	}
	for _, sign := range []string{"panic", "DATA RACE"} {
		if at := bytes.Index(content, []byte(sign)); at >= 0 {
			return fmt.Errorf("the manager's log tells of %q:\n%s", sign, content[max(0, at-500):min(len(content), at+3000)])
		}
	}
	return nil
}

func (l *lane) close() error {
	var err error
	if l.manager != nil {
		l.manager.kill()
		err = l.healthy()
	}
	l.door.CloseClientConnections()
	l.door.Close()
	return err
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
