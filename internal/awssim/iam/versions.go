package iam

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// maxVersions is the quota of a managed policy (IAM and STS quotas).
const maxVersions = 5

type versionResult struct {
	PolicyVersion versionAnswer
}

// add makes the request's document a new version.
func (p *policy) add(r *request, isDefault bool) version {
	p.lastVersion++
	added := version{
		id:       fmt.Sprintf("v%d", p.lastVersion),
		document: r.form.Get("PolicyDocument"), created: r.now,
	}
	p.versions = append(p.versions, added)
	if isDefault {
		p.setDefault(added.id)
		added.isDefault = true
	}
	return added
}

func (p *policy) setDefault(id string) {
	for i := range p.versions {
		p.versions[i].isDefault = p.versions[i].id == id
	}
}

func (v version) answer() versionAnswer {
	return versionAnswer{VersionID: v.id, IsDefaultVersion: v.isDefault, CreateDate: timestamp(v.created)}
}

func createPolicyVersion(r *request) (any, error) {
	policy, err := r.ownPolicy()
	if err != nil {
		return nil, err
	}
	if err := checkManaged(r.form.Get("PolicyDocument")); err != nil {
		return nil, err
	}
	if len(policy.versions) >= maxVersions {
		return nil, wire.Refuse(http.StatusConflict, "LimitExceeded",
			"A managed policy can have up to %d versions. Before you create a new version, you must delete an existing version.", maxVersions)
	}
	added := policy.add(r, r.form.Get("SetAsDefault") == "true")
	policy.updated = r.now
	return versionResult{added.answer()}, nil
}

func getPolicyVersion(r *request) (any, error) {
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	at, err := policy.versionAt(r.form.Get("VersionId"))
	if err != nil {
		return nil, err
	}
	answer := policy.versions[at].answer()
	answer.Document = document(policy.versions[at].document)
	return versionResult{answer}, nil
}

func (p *policy) versionAt(id string) (int, error) {
	at := slices.IndexFunc(p.versions, func(v version) bool { return v.id == id })
	if at < 0 {
		return 0, wire.Refuse(http.StatusNotFound, "NoSuchEntity",
			"Policy %s version %s does not exist or is not attachable.", p.arn, id)
	}
	return at, nil
}

type versionsResult struct {
	Versions list[versionAnswer]
	page
}

// listPolicyVersions tells the newest first, as AWS does.
func listPolicyVersions(r *request) (any, error) {
	policy, err := r.policy()
	if err != nil {
		return nil, err
	}
	var answers []versionAnswer
	for _, v := range slices.Backward(policy.versions) {
		answers = append(answers, v.answer())
	}
	some, more, err := paged(r, "ListPolicyVersions", answers)
	return versionsResult{list[versionAnswer]{some}, more}, err
}

func setDefaultPolicyVersion(r *request) (any, error) {
	policy, err := r.ownPolicy()
	if err != nil {
		return nil, err
	}
	if _, err := policy.versionAt(r.form.Get("VersionId")); err != nil {
		return nil, err
	}
	policy.setDefault(r.form.Get("VersionId"))
	policy.updated = r.now
	return nil, nil
}

func deletePolicyVersion(r *request) (any, error) {
	policy, err := r.ownPolicy()
	if err != nil {
		return nil, err
	}
	at, err := policy.versionAt(r.form.Get("VersionId"))
	if err != nil {
		return nil, err
	}
	if policy.versions[at].isDefault {
		return nil, wire.Refuse(http.StatusConflict, "DeleteConflict", "Cannot delete the default version of a policy.")
	}
	policy.versions = slices.Delete(policy.versions, at, at+1)
	return nil, nil
}
