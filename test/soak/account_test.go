package soak

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
	"github.com/taskrole/ecs-taskrole-controller/test/ground"
)

const (
	clusterID = "soak"
	home      = "100000000000" // the manager's own AWS account
	tenant    = "tenant"       // label of the namespaces that may use the class
)

// anyPolicy permits something that nobody declared.
const anyPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

// trustOf is a trust policy for one service, such as ecs-tasks.amazonaws.com.
func trustOf(service string) string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"` + service + `"},"Action":"sts:AssumeRole"}]}`
}

// account is an AWS account with a class of its own, and what others have there.
type account struct {
	*soak
	*ground.Account // whose admin and pipeline the storm does not strike
	className       string
	managed         []string // ARNs of what TaskRoles may attach
	boundaries      []string // and of what they may name as boundary; the first is none
	foreign         string   // ARN of what nobody declares
	legacy          string   // ARN of a role that a pipeline has used before
	spaces          []string // the namespaces
	neighbours      neighbours
	made            int // roles and policies of others

	mu   sync.Mutex
	tags v1alpha1.Tags // the class's by now
}

// newAccount fills an account with what is there before any TaskRole, and makes
// its class and its namespaces.
func newAccount(s *soak, n int) *account {
	s.Helper()
	in, err := s.world.Admit(s.ctx, fmt.Sprintf("2%011d", n+1), home)
	s.must(err)
	// There is the manager's role already.
	a := &account{soak: s, Account: in, className: fmt.Sprintf("class-%d", n+1), boundaries: []string{""}, made: 1}
	a.legacy = a.makeRole("orders-old", "/legacy/", trustOf("ecs-tasks.amazonaws.com"))
	for i := range 4 {
		a.managed = append(a.managed, a.makePolicy(fmt.Sprintf("managed-%d", i), "/"))
	}
	for i := range 2 {
		a.boundaries = append(a.boundaries, a.makePolicy(fmt.Sprintf("boundary-%d", i), "/"))
	}
	a.foreign = a.makePolicy("foreign", "/")
	// Of another cluster, whose id begins as this one's.
	near := "/taskrole/" + clusterID + "-2/shop/"
	a.makeRole(clusterID+"-2.shop.api", near, trustOf("ecs-tasks.amazonaws.com"))
	a.makePolicy(clusterID+"-2.shop.api", near+"api/")
	a.mustRegister(`{"family":"others","containerDefinitions":[{"name":"app","image":"other","memory":64}]}`)
	_, err = a.Pipeline.ECS.CreateCluster(s.ctx, &ecs.CreateClusterInput{ClusterName: aws.String("shop")})
	s.must(err)

	s.must(s.world.Kube.Create(s.ctx, a.class()))
	for i := range 2 {
		name := fmt.Sprintf("shop-%d-%d", n+1, i+1)
		a.spaces = append(a.spaces, name)
		s.must(s.world.Kube.Create(s.ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{tenant: "yes"}}}))
	}
	a.meet()
	return a
}

// meet notes what others have, as soon as all of it can be read.
func (a *account) meet() {
	a.Helper()
	err := wait.PollUntilContextTimeout(a.ctx, 50*time.Millisecond, ground.Deadline+world.pace.stale, true, func(ctx context.Context) (bool, error) {
		roles, policies, err := a.everything(ctx)
		if err != nil {
			return false, err
		}
		a.neighbours, err = a.others(roles, policies)
		return len(a.neighbours.Roles)+len(a.neighbours.Policies) == a.made && len(a.neighbours.Families) == 1, err
	})
	a.must(err)
}

// class is one that allows what is declared here.
func (a *account) class() *v1alpha1.TaskRoleClass {
	return a.Class(a.className, func(class *v1alpha1.TaskRoleClass) {
		class.Spec.NamespaceSelector = &metav1.LabelSelector{MatchLabels: map[string]string{tenant: "yes"}}
		for _, arn := range a.managed {
			class.Spec.AllowedManagedPolicyARNs = append(class.Spec.AllowedManagedPolicyARNs, v1alpha1.PolicyARN(arn))
		}
	})
}

// ready complains until the manager has reached the account.
func (a *account) ready() error {
	var class v1alpha1.TaskRoleClass
	if err := a.world.Kube.Get(a.ctx, client.ObjectKey{Name: a.className}, &class); err != nil {
		return err
	}
	if !meta.IsStatusConditionTrue(class.Status.Conditions, v1alpha1.ConditionReady) {
		return fmt.Errorf("class %s is not Ready: %s", a.className, said(class.Status.Conditions))
	}
	return nil
}

// retag changes the tags that the class puts on every role.
func (a *account) retag(tags v1alpha1.Tags) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var class v1alpha1.TaskRoleClass
	if err := a.world.Kube.Get(a.ctx, client.ObjectKey{Name: a.className}, &class); err != nil {
		return err
	}
	base := class.DeepCopy()
	class.Spec.Tags = tags
	if err := a.world.Kube.Patch(a.ctx, &class, client.MergeFrom(base)); err != nil {
		return err
	}
	a.tags = tags
	return nil
}

// label says whether a namespace may use the class.
func (a *account) label(namespace, value string) error {
	patch := fmt.Sprintf(`{"metadata":{"labels":{%q:%q}}}`, tenant, value)
	return a.world.Kube.Patch(a.ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}},
		client.RawPatch("application/merge-patch+json", []byte(patch)))
}

func (a *account) makePolicy(name, path string) (arn string) {
	a.Helper()
	out, err := a.Admin.IAM.CreatePolicy(a.ctx, &iam.CreatePolicyInput{PolicyName: aws.String(name), Path: aws.String(path), PolicyDocument: aws.String(anyPolicy)})
	a.must(err)
	a.made++
	return aws.ToString(out.Policy.Arn)
}

func (a *account) makeRole(name, path, trust string) (arn string) {
	a.Helper()
	out, err := a.Admin.IAM.CreateRole(a.ctx, &iam.CreateRoleInput{
		RoleName: aws.String(name), Path: aws.String(path), AssumeRolePolicyDocument: aws.String(trust),
		Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("somebody")}},
	})
	a.must(err)
	a.made++
	return aws.ToString(out.Role.Arn)
}

// neighbours are what others have in the account, in a form that compares:
// nothing of it may change.
type neighbours struct {
	Roles, Policies map[string]string // by ARN
	Families        []string          // ACTIVE revisions of other families
}

// everything is all roles and customer-managed policies of the account.
func (a *account) everything(ctx context.Context) (roles []types.RoleDetail, policies []types.ManagedPolicyDetail, err error) {
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(a.Admin.IAM, &iam.GetAccountAuthorizationDetailsInput{
		Filter: []types.EntityType{types.EntityTypeRole, types.EntityTypeLocalManagedPolicy},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, err
		}
		roles, policies = append(roles, page.RoleDetailList...), append(policies, page.Policies...)
	}
	return roles, policies, nil
}

// own says whether a path is one in which the cluster's TaskRoles have their
// roles and policies.
func own(path *string) bool {
	return strings.HasPrefix(aws.ToString(path), "/taskrole/"+clusterID+"/")
}

func (a *account) others(roles []types.RoleDetail, policies []types.ManagedPolicyDetail) (neighbours, error) {
	out := neighbours{Roles: map[string]string{}, Policies: map[string]string{}}
	for _, r := range roles {
		if !own(r.Path) {
			out.Roles[aws.ToString(r.Arn)] = fmt.Sprint(aws.ToString(r.RoleId), aws.ToString(r.AssumeRolePolicyDocument), tagsOf(r.Tags), attached(r), len(r.RolePolicyList), r.PermissionsBoundary)
		}
	}
	for _, p := range policies {
		if !own(p.Path) {
			out.Policies[aws.ToString(p.Arn)] = fmt.Sprint(aws.ToString(p.PolicyId), aws.ToString(p.DefaultVersionId), len(p.PolicyVersionList))
		}
	}
	var err error
	out.Families, err = a.Pipeline.Active(a.ctx, "others")
	return out, err
}

func tagsOf(list []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range list {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// attached are the ARNs of a role's managed policies, sorted.
func attached(r types.RoleDetail) []string {
	var out []string
	for _, p := range r.AttachedManagedPolicies {
		out = append(out, aws.ToString(p.PolicyArn))
	}
	slices.Sort(out)
	return out
}

// code is AWS's, empty where there is no error, or one of somebody else.
func code(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}
	return ""
}

// withTags are the tags of the class besides those of a TaskRole, which they
// outdo.
func (a *account) withTags(tags v1alpha1.Tags) map[string]string {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := map[string]string{}
	all := maps.Clone(tags)
	if all == nil {
		all = v1alpha1.Tags{}
	}
	maps.Copy(all, a.tags)
	for key, value := range all {
		out[key] = string(value)
	}
	return out
}
