package ground

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/taskrole/ecs-taskrole-controller/api/v1alpha1"
)

// Roles that everything has, and what one of them asks for.
const (
	Controller = "taskrole-controller" // the manager's, in every account
	Deployer   = "deployer"            // a pipeline's
	externalID = "proving-ground"
)

// Account is an AWS account into which a manager may come.
type Account struct {
	ID       string
	Admin    *Caller
	Pipeline *Caller // a session of Deployer
	ground   *Ground
}

// Admit makes an account with the role by which a manager at home in another comes
// in. One that exists already is as good.
func (g *Ground) Admit(ctx context.Context, id, home string) (*Account, error) {
	a := &Account{
		ID: id, ground: g,
		Admin: g.Caller(g.AWS.User(id, "admin")), Pipeline: g.Caller(g.AWS.Session(id, Deployer, "run-1")),
	}
	trust := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},`+
		`"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":%q}}}]}`, home, externalID)
	name := Controller
	_, err := a.Admin.IAM.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust})
	if exists := new(types.EntityAlreadyExistsException); errors.As(err, &exists) {
		err = nil
	}
	return a, err
}

// Session is a session of a role of the account.
func (a *Account) Session(role, session string) *Caller {
	return a.ground.Caller(a.ground.AWS.Session(a.ID, role, session))
}

// RoleARN is that of a role with a path such as /x/.
func (a *Account) RoleARN(path, name string) string {
	return "arn:aws:iam::" + a.ID + ":role" + path + name
}

// Class is one of the account that allows everything, but for what change forbids.
func (a *Account) Class(name string, change ...func(*v1alpha1.TaskRoleClass)) *v1alpha1.TaskRoleClass {
	class := &v1alpha1.TaskRoleClass{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: v1alpha1.TaskRoleClassSpec{
			AccountID: a.ID, Region: Region, AssumeRoleARN: a.RoleARN("/", Controller), ExternalID: externalID,
			Unbounded:          true,
			TrustedRegistrants: []string{"arn:aws:sts::" + a.ID + ":assumed-role/" + Deployer + "/*"},
			NamespaceSelector:  &metav1.LabelSelector{},
			Families:           []v1alpha1.NamePattern{"*"},
			AllowRoleNames:     []v1alpha1.NamePattern{"*"},
			AllowedTagKeys:     []string{"team"},
			AllowStatements:    true,
			AllowedActions:     []v1alpha1.ActionPattern{"*"},
			AllowedResources:   []v1alpha1.ResourcePattern{"*"},
		},
	}
	for _, c := range change {
		c(class)
	}
	return class
}
