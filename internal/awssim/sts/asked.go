package sts

import (
	"fmt"
	"net/url"

	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/access"
	"github.com/taskrole/ecs-taskrole-controller/internal/awssim/wire"
)

// Asked says what a request needs leave for (Actions, resources, and condition
// keys for AWS Security Token Service). GetCallerIdentity needs none: "No
// permissions are required to perform this operation".
func (s *Service) Asked(caller wire.Caller, operation string, form url.Values) []access.Ask {
	if operation != "AssumeRole" {
		return nil
	}
	arn := form.Get("RoleArn")
	ask := access.New("sts:AssumeRole", arn)
	ask.Set("sts:ExternalId", form.Get("ExternalId"))
	ask.Set("sts:RoleSessionName", form.Get("RoleSessionName"))
	ask.Set("sts:SourceIdentity", form.Get("SourceIdentity"))
	var tags []access.Tag
	for i := 1; form.Has(fmt.Sprintf("Tags.member.%d.Key", i)); i++ {
		at := fmt.Sprintf("Tags.member.%d.", i)
		tags = append(tags, access.Tag{Key: form.Get(at + "Key"), Value: form.Get(at + "Value")})
	}
	ask.SetRequested(tags)
	if role, found := s.roles.Assumable(arn); found && accountOf(arn) == caller.Account {
		_, ask.Granted = trusts(role.Trust, caller, form.Get("ExternalId"))
	}
	asks := []access.Ask{ask}
	if len(tags) > 0 {
		asks = append(asks, ask.Also("sts:TagSession"))
	}
	if form.Get("SourceIdentity") != "" {
		asks = append(asks, ask.Also("sts:SetSourceIdentity"))
	}
	return asks
}
