package model

import "strings"

// Keys of the tags that name the owner of a role or policy. All of them are set
// in the very call that creates it, so that no crash leaves something nameless.
const (
	TagPrefix    = "ecs.taskrole.dev/"
	TagClusterID = TagPrefix + "cluster-id"
	TagNamespace = TagPrefix + "namespace"
	TagName      = TagPrefix + "name"
	TagFamily    = TagPrefix + "family"
	// TagClusterUID keeps the UID of the cluster's namespace kube-system beside the
	// cluster id, which is only a flag: two clusters may be given the same.
	TagClusterUID = TagPrefix + "cluster-uid"
	// TagAdopt is put on a role by whoever may tag it, and not by the controller: it
	// names the TaskRole, as NAMESPACE/NAME, that may take the role over. It is on
	// the role only.
	TagAdopt = TagPrefix + "adopt"
	// TagPreviousRole keeps the role that the family carried before, for the day
	// when the TaskRole is deleted. It is on the role only.
	TagPreviousRole = TagPrefix + "previous-role"
	// TagClass keeps the class that was resolved for a TaskRole that names none.
	// It is on the role only.
	TagClass = TagPrefix + "class"
)

// PathRoot is where the paths of all controllers' roles and policies begin.
const PathRoot = "/taskrole/"

// Owner is what owns a role: one TaskRole of one cluster, and its family. The
// object's uid is no part of it, so that a recreated object finds its own again.
type Owner struct {
	ClusterID string
	Namespace string
	Name      string
	Family    string
	// ClusterUID is the UID of the cluster's namespace kube-system; empty where it
	// is not known. It tells apart what has the same name: see Same.
	ClusterUID string
}

// Same says whether two owners have the same name, whatever cluster bears it.
func (o Owner) Same(other Owner) bool {
	o.ClusterUID, other.ClusterUID = "", ""
	return o == other
}

// Path is the IAM path of the owner's role: /taskrole/CLUSTER/NAMESPACE/.
func (o Owner) Path() string {
	return PathRoot + o.ClusterID + "/" + o.Namespace + "/"
}

// PolicyPath is the IAM path of the owner's policies, one level below the
// role's: a listing by path finds each of them, attached or not, and nobody
// else's.
func (o Owner) PolicyPath() string {
	return o.Path() + o.Name + "/"
}

// Tags are the tags that name the owner.
func (o Owner) Tags() map[string]string {
	tags := map[string]string{
		TagClusterID: o.ClusterID, TagNamespace: o.Namespace, TagName: o.Name, TagFamily: o.Family,
	}
	if o.ClusterUID != "" {
		tags[TagClusterUID] = o.ClusterUID
	}
	return tags
}

// OwnerOf reads the owner from tags. An owner whose tags are incomplete has
// empty fields.
func OwnerOf(tags map[string]string) Owner {
	return Owner{
		ClusterID: tags[TagClusterID], Namespace: tags[TagNamespace], Name: tags[TagName], Family: tags[TagFamily],
		ClusterUID: tags[TagClusterUID],
	}
}

// String is how messages name an owner.
func (o Owner) String() string {
	if o.Same(Owner{}) {
		return "nobody (it has no owner tags)"
	}
	return "TaskRole " + o.Namespace + "/" + o.Name + " (family " + o.Family + ") of cluster " + o.ClusterID
}

// Managed says whether a role's ARN lies in the paths that controllers of this
// kind write to, whoever's it is.
func Managed(roleARN string) bool {
	_, resource, found := strings.Cut(roleARN, ":role")
	return found && strings.HasPrefix(resource, PathRoot)
}
