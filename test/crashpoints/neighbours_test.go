package crashpoints

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// anyPolicy permits something that nobody declared.
const anyPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

// taskTrust lets ECS assume a role.
const taskTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// neighbours are what others have in the account, in a form that compares: no
// scenario may change anything of it.
type neighbours struct {
	Roles    map[string]string // by ARN
	Policies map[string]string // by ARN
	Families []string          // ACTIVE revisions of other families
}

func (s *stage) legacyARN() string {
	return "arn:aws:iam::" + s.account + ":role/legacy/orders-old"
}

// settle fills the account: the family as a pipeline registered it with a role
// of its own, policies to attach, and others who have nothing to do with the
// TaskRole: a role of another cluster among them, whose names are as like to
// the TaskRole's as can be.
func (s *stage) settle() {
	s.Helper()
	for _, name := range []string{"managed-1", "managed-2", "boundary-1", "boundary-2"} {
		s.makePolicy(name, "/")
	}
	s.makeRole("orders-old", "/legacy/")
	near := "/taskrole/" + s.lane.name + "-2/" + s.namespace + "/"
	s.makeRole(s.roleName()+"-2", near)
	s.makePolicy(s.roleName()+"-2", near+declared+"/")
	s.makePolicy(s.roleName()+"-3", s.path()+declared+"-2/")
	_, err := s.admin.AttachRolePolicy(s.ctx, &iam.AttachRolePolicyInput{RoleName: aws.String(s.roleName() + "-2"), PolicyArn: aws.String(string(s.policyARN("managed-1")))})
	s.must(err)
	_, err = s.pipeline.Register(s.ctx, `{"family":"orders-2","containerDefinitions":[{"name":"app","image":"other","memory":64}]}`)
	s.must(err)
	s.ship()
	s.stand()
	s.neighbours, err = s.others()
	s.must(err)
}

// stand puts a service of the pipeline on its own revision, so that who looks
// for what stands on a role has something to look through.
func (s *stage) stand() {
	s.Helper()
	_, err := s.pipeline.ECS.CreateCluster(s.ctx, &ecs.CreateClusterInput{ClusterName: aws.String("shop")})
	s.must(err)
	_, err = s.pipeline.Raw(s.ctx, "CreateService", fmt.Sprintf(`{"cluster":"shop","serviceName":"web","taskDefinition":%q,"desiredCount":1,"launchType":"FARGATE",
		"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-0123456789abcdef0"]}}}`, s.shippedByNow()[0].Text("taskDefinitionArn")))
	s.must(err)
}

func (s *stage) makePolicy(name, path string) {
	s.Helper()
	_, err := s.admin.CreatePolicy(s.ctx, &iam.CreatePolicyInput{PolicyName: aws.String(name), Path: aws.String(path), PolicyDocument: aws.String(anyPolicy)})
	s.must(err)
}

func (s *stage) makeRole(name, path string) {
	s.Helper()
	_, err := s.admin.CreateRole(s.ctx, &iam.CreateRoleInput{
		RoleName: aws.String(name), Path: aws.String(path), AssumeRolePolicyDocument: aws.String(taskTrust),
		Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("somebody")}},
	})
	s.must(err)
}

// everything is all roles and customer-managed policies of the account.
func (s *stage) everything() (roles []types.RoleDetail, policies []types.ManagedPolicyDetail, err error) {
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(s.admin, &iam.GetAccountAuthorizationDetailsInput{
		Filter: []types.EntityType{types.EntityTypeRole, types.EntityTypeLocalManagedPolicy},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.ctx)
		if err != nil {
			return nil, nil, err
		}
		roles, policies = append(roles, page.RoleDetailList...), append(policies, page.Policies...)
	}
	return roles, policies, nil
}

// own says whether a path is one that the TaskRole's role or policies lie in.
func (s *stage) own(path *string) bool {
	return aws.ToString(path) == s.path() || aws.ToString(path) == s.path()+declared+"/"
}

// ours says whether a role is the TaskRole's, or lies where it should.
func (s *stage) ours(r types.RoleDetail) bool {
	return s.own(r.Path) || s.adopted != "" && aws.ToString(r.RoleName) == legacy
}

// others reads what others have.
func (s *stage) others() (neighbours, error) {
	out := neighbours{Roles: map[string]string{}, Policies: map[string]string{}}
	roles, policies, err := s.everything()
	if err != nil {
		return out, err
	}
	for _, r := range roles {
		if !s.ours(r) {
			out.Roles[aws.ToString(r.Arn)] = fmt.Sprint(aws.ToString(r.RoleId), aws.ToString(r.AssumeRolePolicyDocument), tags(r.Tags), attached(r), len(r.RolePolicyList), r.PermissionsBoundary)
		}
	}
	for _, p := range policies {
		if !s.own(p.Path) {
			out.Policies[aws.ToString(p.Arn)] = fmt.Sprint(aws.ToString(p.PolicyId), aws.ToString(p.DefaultVersionId), len(p.PolicyVersionList))
		}
	}
	out.Families, err = s.pipeline.Active(s.ctx, "orders-2")
	return out, err
}

func tags(list []types.Tag) map[string]string {
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
	slices.SortFunc(out, strings.Compare)
	return out
}
