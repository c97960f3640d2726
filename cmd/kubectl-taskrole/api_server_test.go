package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// The versions of the API that an API server may have.
const (
	nothing   = ""
	ours      = "v1alpha1"
	later     = "v1beta1"
	elsewhere = "no API server at all"
)

// apiServer answers as an API server that holds the TaskRoles, and denies whatever
// is in the namespace "secret". Its kubeconfig is the one that commands find.
func apiServer(t *testing.T, installed string, taskRoles ...*v1alpha1.TaskRole) {
	t.Helper()
	group := "/apis/" + v1alpha1.GroupVersion.Group
	resource := v1alpha1.GroupVersion.WithResource("taskroles").GroupResource()
	answer := func(w http.ResponseWriter, code int, body any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		if err := json.NewEncoder(w).Encode(body); err != nil {
			t.Error(err)
		}
	}
	refuse := func(w http.ResponseWriter, err *apierrors.StatusError) {
		err.ErrStatus.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
		answer(w, int(err.ErrStatus.Code), err.ErrStatus)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version := metav1.GroupVersionForDiscovery{GroupVersion: v1alpha1.GroupVersion.Group + "/" + installed, Version: installed}
		rest, object := strings.CutPrefix(r.URL.Path, group+"/"+ours+"/namespaces/")
		switch {
		case r.Method != http.MethodGet:
			t.Errorf("%s %s: the command only reads", r.Method, r.URL)
		case installed == elsewhere:
			http.NotFound(w, r)
		case r.URL.Path == "/api":
			answer(w, http.StatusOK, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}})
		case r.URL.Path == "/apis":
			groups := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
			if installed != nothing {
				groups.Groups = []metav1.APIGroup{{Name: v1alpha1.GroupVersion.Group, Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version}}
			}
			answer(w, http.StatusOK, groups)
		case installed != nothing && r.URL.Path == group+"/"+version.Version:
			answer(w, http.StatusOK, metav1.APIResourceList{
				TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: version.GroupVersion,
				APIResources: []metav1.APIResource{{Name: "taskroles", SingularName: "taskrole", Namespaced: true, Kind: "TaskRole", Verbs: metav1.Verbs{"get"}}},
			})
		case installed == ours && object:
			namespace, name, _ := strings.Cut(rest, "/taskroles/")
			if namespace == "secret" {
				refuse(w, apierrors.NewForbidden(resource, name, nil))
				return
			}
			for _, tr := range taskRoles {
				if tr.Namespace == namespace && tr.Name == name {
					answer(w, http.StatusOK, tr)
					return
				}
			}
			refuse(w, apierrors.NewNotFound(resource, name))
		default:
			refuse(w, apierrors.NewNotFound(resource, ""))
		}
	}))
	t.Cleanup(server.Close)
	config := clientcmdapi.NewConfig()
	config.Clusters["c"] = &clientcmdapi.Cluster{Server: server.URL}
	config.Contexts["c"] = &clientcmdapi.Context{Cluster: "c", Namespace: "shop"}
	config.CurrentContext = "c"
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", path)
}
